"""From a clean start to down and up again: each chapter does what an operator would, and says how long it took."""

import re
import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from core.http import HttpClient
from tests.containers.compose import Compose, wait
from tests.containers.eyes import Eyes
from tests.containers.tally import settled
from tests.faults.load import Ledger, Load

READY_SECONDS, HEALED_SECONDS, SETTLED_SECONDS = 600.0, 300.0, 120.0
AWAY_SECONDS = 15.0
SERVERS = ("postgres", "redis")
OURS = ("simulator", "console", "api", "scoring", "alerts", "statuses", "trainer", "collector")
Tell = Callable[[str, float], None]


class Story:
    """One run over one project. `tell(what, seconds)` hears of every chapter; pictures go to `pictures`.

    The short form, for CI, kills the two servers and the collector only; each of the others has its own fault test.
    """

    def __init__(self, compose: Compose, tell: Tell, pictures: Path | None = None, short: bool = False) -> None:
        self.compose = compose
        self._tell = tell
        self._short = short
        self._eyes = Eyes(compose, pictures)
        self._promised: list[tuple[str, Ledger]] = []

    def run(self) -> None:
        """All chapters. Raises what went wrong; the caller takes the project down."""
        self.come_up()
        self.look("live")
        self.lose_containers()
        self.lose_servers_for_a_while()
        self.disturb()
        self.targets()
        self.grafana()
        if not self._short:
            self.go_back_to_a_backup()
        self.go_and_return()

    def come_up(self) -> None:
        """Build and start; ready is when every process is healthy."""
        with self._chapter("built"):
            self.compose.run("build")
        with self._chapter("up, and every container healthy"):
            self.compose.up()
            wait(READY_SECONDS, self.compose.all_well)
        said = re.search(r"password (\S+)", self.compose.run("logs", "--no-color", "secrets"))
        assert said, "no first password was printed"
        self._eyes.password = said.group(1)

    def look(self, name: str, shows: str = "High-risk transactions") -> None:
        """Log in as a person does and see the page move."""
        with self._chapter("logged in, and the page moved"):
            self._eyes.see_the_page_move(name, shows)

    def lose_containers(self) -> None:
        """Kill one after another under load; every event that was acknowledged is stored once."""
        with self._load():
            for service in [*SERVERS, "collector"] if self._short else self.compose.services:
                with self._chapter(f"{service} killed, all healthy again"):
                    self.compose.kill(service)
                    wait(HEALED_SECONDS, self.compose.all_well)

    def lose_servers_for_a_while(self) -> None:
        """Stop PostgreSQL, then Redis, for longer than a restart takes, under load."""
        for service in SERVERS:
            with self._load(), self._chapter(f"{service} away for {AWAY_SECONDS:g} s, all healthy again"):
                self.compose.run("stop", service)
                time.sleep(AWAY_SECONDS)
                self.compose.run("start", service)
                wait(HEALED_SECONDS, self.compose.all_well)

    def disturb(self) -> None:
        """A scenario in its container: failed one-time codes; rule A4 opens an incident, and the page shows it."""
        opened = "SELECT count(*) FROM incidents WHERE rule = 'A4'"
        before = int(self.compose.sql(opened))
        attack = ["python3", "-m", "simulator", "scenario", "mfa-attack", "--minutes", "3"]
        with self._chapter("mfa-attack: its incident of rule A4 is open"):
            self.compose.run("exec", "-d", "-T", "simulator", *attack)
            wait(HEALED_SECONDS, lambda: int(self.compose.sql(opened)) > before)
        self.look("incident", shows="Failed MFA attempts")

    def targets(self) -> None:
        """Prometheus reaches every process, and says so on its own page."""
        client = HttpClient(f"http://127.0.0.1:{self.compose.ports['PROMETHEUS']}", timeout=5)

        def all_up() -> bool:
            active = client.get_json("/api/v1/targets", {"state": "active"})["data"]["activeTargets"]
            return bool(active) and all(target["health"] == "up" for target in active)

        with self._chapter("every target of Prometheus up"):
            wait(60, all_up)
            self._eyes.see_the_targets()

    def grafana(self) -> None:
        """Where its image can be had: it has found the dashboard, and shows it to whoever is not logged in."""
        if "grafana" not in self.compose.services:
            self._tell("Grafana left out: its image cannot be had here", 0.0)
            return
        client = HttpClient(f"http://127.0.0.1:{self.compose.ports['GRAFANA']}", timeout=5)
        with self._chapter("Grafana shows the dashboard"):
            wait(60, lambda: client.get_json("/api/dashboards/uid/gatehouse")["dashboard"]["uid"] == "gatehouse")

    def go_back_to_a_backup(self) -> None:
        """As docs/operations.md says it: what came after the backup is gone, what came before is there."""
        with self._chapter("backed up"):
            self._in_postgres("pg_dump -U gatehouse -Fc gatehouse > /tmp/kept.dump")
        with self._load():
            time.sleep(3)
        later_run, _ = self._promised.pop()
        with self._chapter("restored, all healthy again"):
            self.compose.run("stop", *OURS)
            self._in_postgres(
                "createdb -U gatehouse --encoding=UTF8 --locale=C.UTF-8 --template=template0 gatehouse_new"
            )
            self._in_postgres("pg_restore -U gatehouse -d gatehouse_new --exit-on-error < /tmp/kept.dump")
            for before, after in (("gatehouse", "gatehouse_before"), ("gatehouse_new", "gatehouse")):
                self._in_postgres(f'psql -U gatehouse -d postgres -c "ALTER DATABASE {before} RENAME TO {after}"')
            self.compose.run("run", "--rm", "--no-deps", "collector", "python3", "-m", "collector", "rebuild")
            self.compose.up()
            wait(READY_SECONDS, self.compose.all_well)
        for run, ledger in self._promised:
            settled(self.compose, ledger, run, SETTLED_SECONDS)
        assert self.compose.sql(f"SELECT count(*) FROM transactions WHERE transaction_id LIKE 't-{later_run}-%'") == "0"

    def go_and_return(self) -> None:
        """Down and up again: what was stored is there, and the same login opens the door."""
        with self._chapter("down and up again, data kept"):
            self.compose.run("down")
            self.compose.up()
            wait(READY_SECONDS, self.compose.all_well)
            for run, ledger in self._promised:
                settled(self.compose, ledger, run, SETTLED_SECONDS)
        self.look("again")

    def _in_postgres(self, command: str) -> None:
        self.compose.run("exec", "-T", "postgres", "sh", "-c", command)

    @contextmanager
    def _load(self) -> Iterator[None]:
        """A steady load while the block runs; afterwards every acknowledged event must be stored once."""
        run = secrets.token_hex(3)
        urls = (f"http://127.0.0.1:{self.compose.ports[name]}" for name in ("API", "SCORING"))
        load = Load(*urls, self.compose.secret("own_token", "simulator"), run, posts=6, scores=6)
        load.start()
        try:
            yield
        finally:
            ledger = load.finish()
        began = time.monotonic()
        told = settled(self.compose, ledger, run, SETTLED_SECONDS)
        self._promised.append((run, ledger))
        self._tell(f"{told} acknowledged, each stored once; answers {dict(sorted(ledger.answers.items()))}",
                   time.monotonic() - began)  # fmt: skip

    @contextmanager
    def _chapter(self, what: str) -> Iterator[None]:
        began = time.monotonic()
        yield
        self._tell(what, time.monotonic() - began)
