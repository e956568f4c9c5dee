"""From a clean start to down and up again: each chapter does what an operator would, and says how long it took."""

import re
import secrets
import shutil
import threading
import time
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from core.errors import HttpAway
from core.http import HttpClient
from tests.containers.compose import LONG_RUNNING, Compose, wait
from tests.people import Authenticator, come_in

FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
PREFIX = "/admin/monitoring"
READY_SECONDS, HEALED_SECONDS = 600.0, 90.0
Tell = Callable[[str, float], None]


class Story:
    """One run over one project. `tell(what, seconds)` hears of every chapter; pictures go to `pictures`."""

    def __init__(self, compose: Compose, tell: Tell, pictures: Path | None = None) -> None:
        self.compose = compose
        self._tell = tell
        self._pictures = pictures
        self._phone = Authenticator()
        self._password = ""
        self.acknowledged: set[str] = set()
        self._base = f"http://127.0.0.1:{compose.ports['CONSOLE']}"

    def run(self) -> None:
        """All chapters. Raises what went wrong; the caller takes the project down."""
        self.come_up()
        self.look("first")
        self.lose_each_container()
        self.disturb()
        self.targets()
        self.go_and_return()

    def come_up(self) -> None:
        """Build and start; ready is when every process is healthy."""
        began = time.monotonic()
        self.compose.run("build")
        self._tell("built", time.monotonic() - began)
        began = time.monotonic()
        self.compose.run("up", "-d")
        wait(READY_SECONDS, self._all_well)
        self._tell("up and healthy", time.monotonic() - began)
        said = re.search(r"password (\S+)", self.compose.run("logs", "--no-color", "secrets"))
        assert said, "no first password was printed"
        self._password = said.group(1)

    def look(self, name: str) -> None:
        """Log in as a person does and see the page move."""
        began = time.monotonic()
        with sync_playwright() as driver:
            browser = driver.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
            page = browser.new_page(viewport={"width": 1600, "height": 1000})
            page.goto(self._base + PREFIX)
            come_in(page, self._phone, "admin", self._password)
            page.wait_for_selector("text=High-risk transactions", timeout=30_000)
            self._moves(page)
            if self._pictures:
                page.screenshot(path=self._pictures / f"compose-{name}.png")
            browser.close()
        self._tell("logged in, and the page moved", time.monotonic() - began)

    def lose_each_container(self) -> None:
        """Kill one after another under load; every event that was acknowledged is stored once."""
        stop = threading.Event()
        load = threading.Thread(target=self._send, args=(stop,))
        load.start()
        try:
            for service in self._services():
                self.compose.kill(service)
                took = wait(HEALED_SECONDS, self._all_well)
                self._tell(f"{service} killed, all healthy again", took)
        finally:
            stop.set()
            load.join(60)
        assert self.acknowledged, "nothing was acknowledged"
        wait(60, lambda: self.acknowledged <= set(self._stored()))
        stored = self._stored()
        assert len(stored) == len(set(stored)), "an event was stored twice"
        self._tell(f"{len(self.acknowledged)} events acknowledged, each stored once", 0.0)

    def disturb(self) -> None:
        """A scenario in its container; the page's own figures show it."""
        before = int(self.compose.sql("SELECT count(*) FROM fraud_predictions WHERE decision = 'BLOCKED'"))
        began = time.monotonic()
        self.compose.run(
            "exec", "-T", "simulator", "python3", "-m", "simulator", "scenario", "fraud-spike", "--minutes", "1"
        )
        after = int(self.compose.sql("SELECT count(*) FROM fraud_predictions WHERE decision = 'BLOCKED'"))
        assert after > before, (before, after)
        self._tell(f"fraud-spike: {after - before} more transactions blocked", time.monotonic() - began)

    def targets(self) -> None:
        """Prometheus reaches every process."""
        client = HttpClient(f"http://127.0.0.1:{self.compose.ports['PROMETHEUS']}", timeout=5)

        def all_up() -> bool:
            active = client.get_json("/api/v1/targets", {"state": "active"})["data"]["activeTargets"]
            return bool(active) and all(target["health"] == "up" for target in active)

        self._tell("every target of Prometheus up", wait(60, all_up))

    def go_and_return(self) -> None:
        """Down and up again: what was stored is there, and the same login opens the door."""
        before = set(self._stored())
        began = time.monotonic()
        self.compose.run("down")
        self.compose.run("up", "-d")
        wait(READY_SECONDS, self._all_well)
        assert set(self._stored()) == before
        self._tell("down and up again, data kept", time.monotonic() - began)
        self.look("again")

    def _services(self) -> list[str]:
        known = self.compose.run("config", "--services").split()
        return [name for name in LONG_RUNNING if name in known]

    def _all_well(self) -> bool:
        return all(self.compose.is_well(name) for name in self._services())

    def _moves(self, page: Page) -> None:
        first = page.inner_text("#kpis")
        page.wait_for_function(
            "before => document.querySelector('#kpis').innerText !== before", arg=first, timeout=60_000
        )

    def _send(self, stop: threading.Event) -> None:
        token = self.compose.secret("internal_token")
        api = HttpClient(f"http://127.0.0.1:{self.compose.ports['API']}", timeout=5, token=token)
        run = secrets.token_hex(3)
        for number in range(100_000):
            if stop.is_set():
                return
            name = f"compose-{run}-{number}"
            event = {"kind": "transaction", "transaction_id": name, "type": "transfer", "amount": 1}
            while not stop.is_set():
                try:
                    if api.post_json("/api/v1/events", event).status == 202:
                        self.acknowledged.add(name)
                        break
                except HttpAway:
                    pass
                time.sleep(0.2)
            time.sleep(0.05)

    def _stored(self) -> list[str]:
        return self.compose.sql("SELECT transaction_id FROM transactions WHERE transaction_id LIKE 'compose-%'").split()
