"""A whole stack of its own for tests: free ports, its own directory, the real processes, and a loop that watches them.

It is the local stack without history and live traffic, assembled from the same pieces, so that what is broken here
is what people run.
"""

import os
import signal
import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from core import settings as known_settings
from core.db.engine import Database
from core.db.migrate import migrate
from core.db.redis_client import Live
from stack import services, start
from stack.home import Home
from stack.ports import find_free
from stack.postgres import Postgres
from stack.redis import Redis
from stack.supervisor import Supervisor
from tests.waiting import until

TRAINING_UNTIL = 1_795_600_000  # epoch seconds: at some hours these few rows have no fraud where one is needed
TRAINING_ROWS = 2_000  # too few frauds for a search among settings, which would cost as much as all the rest
PORTS = (
    "API",
    "SCORING",
    "CONSOLE",
    "METRICS",
    "ALERTS",
    "TRAINER",
    "STATUSES",
    "RECEIVERS",
    "RECEIVERS_SMTP",
    "RPC",
    "POSTGRES",
    "REDIS",
)


def environment(folder: Path) -> dict[str, str]:
    """Variables for a stack of its own: free ports, its own directory, no server from outside."""
    outside = {"DATABASE_URL", "REDIS_URL"}
    inherited = {name: value for name, value in os.environ.items() if name not in outside}
    inherited = {name: value for name, value in inherited.items() if not name.startswith("GATEHOUSE_")}
    ports = {f"GATEHOUSE_{name}_PORT": str(find_free()) for name in PORTS}
    return inherited | ports | {"GATEHOUSE_DATA": str(folder), "PYTHONUNBUFFERED": "1"}


class Rig:
    """The stack under test. Use it from the main thread: its loop starts processes again as the supervisor does."""

    def __init__(self) -> None:
        self.folder = tempfile.TemporaryDirectory(prefix="gatehouse-rig-")
        env = environment(Path(self.folder.name) / "home")
        self.settings = known_settings.load(env)
        home = Home(self.settings.data_dir)
        self.supervisor = Supervisor(home, env)
        self.stack = start.Stack(self.settings, home, self.supervisor)
        self.database: Database
        self.live: Live

    def start(self) -> None:
        """Brings everything up; a small model is trained."""
        self.stack.home.open()
        self.database = start.find_postgres(self.stack, print)
        self.live = start.find_redis(self.stack, print)
        self.prepare()
        processes = [*services.entrances(self.settings), *services.workers(self.settings)]
        for service in [*processes, services.console(self.settings)]:
            self.supervisor.start(service)

    def prepare(self) -> None:
        """Schema, secrets and a small model."""
        migrate(self.database)
        self.share_secrets()
        data = self.stack.home.path / "data" / "training.csv"
        generate = services.simulator("dataset", data, "--rows", TRAINING_ROWS, "--seed", 7, "--until", TRAINING_UNTIL)
        train = services.ml("train", data, "--label", "is_fraud", "--time", "timestamp", "--promote")
        self.supervisor.run_job("dataset", generate, print)
        self.supervisor.run_job("training", train, print)

    def share_secrets(self) -> None:
        """Each process gets its token; the tests come as the simulator does, whose token `settings` hold."""
        start.prepare_secrets(self.stack, lambda _: None)
        mine = self.supervisor.env | self.supervisor.own.get("simulator", {})
        self.settings = self.stack.settings = known_settings.load(mine)

    def close(self) -> None:
        """Stops everything and forgets the data."""
        self.supervisor.stop()
        if hasattr(self, "database"):
            self.database.close()
        if hasattr(self, "live"):
            self.live.close()
        self.folder.cleanup()

    @property
    def postgres(self) -> Postgres:
        """The stack's PostgreSQL."""
        server = self.supervisor.servers["PostgreSQL"]
        assert isinstance(server, Postgres)
        return server

    @property
    def redis(self) -> Redis:
        """The stack's Redis."""
        server = self.supervisor.servers["Redis"]
        assert isinstance(server, Redis)
        return server

    def wait(self, seconds: float) -> None:
        """Lets time pass while the supervisor watches."""
        self.wait_until(lambda: False, seconds)

    def wait_until(self, reached: Callable[[], bool], seconds: float) -> bool:
        """Watches until `reached()` is true or the time is up; says which."""
        return bool(until(reached, seconds, self.supervisor.look))

    def kill(self, name: str) -> int:
        """kill -9 to a process and its workers; returns the pid that is gone."""
        process = self.supervisor.watched[name].process
        assert process is not None
        os.killpg(process.pid, signal.SIGKILL)
        return process.pid

    def pid(self, name: str) -> int | None:
        """The pid of a service, None between two lives."""
        process = self.supervisor.watched[name].process
        return process.pid if process is not None and process.poll() is None else None

    def become_ready(self) -> None:
        """Returns when every service answers ready again. Raises StackError when one does not."""
        assert self.wait_until(lambda: all(self.pid(name) for name in self.supervisor.watched), 60.0)
        for watched in list(self.supervisor.watched.values()):
            self.supervisor.wait_ready(watched.service)

    def arm(self, name: str, failpoint: str) -> None:
        """Starts a service again with a failpoint set; `disarm` before the supervisor's next look clears it."""
        watched = self.supervisor.watched[name]
        watched.service = replace(watched.service, env={"GATEHOUSE_FAILPOINT": failpoint})
        self.supervisor.restart(name)

    def disarm(self, name: str) -> None:
        """The next life of the service is without failpoint."""
        watched = self.supervisor.watched[name]
        watched.service = replace(watched.service, env={})
