"""A stack whose processes are replaced one after another by those of another release, behind a door, under load."""

import os
import secrets
import signal
from dataclasses import replace
from pathlib import Path

import psutil

from core import process_tokens
from core import settings as known_settings
from stack import services, spawn, start
from stack.ports import find_free
from stack.services import Service
from tests.faults.rig import TRAINING_ROWS, TRAINING_UNTIL, Rig
from tests.growth import neighbours
from tests.tree import ROOT
from tests.upgrade.releases import Release

# What reads the stream and the tables must know all that writers write: readers first, and last on the way back.
ORDER = ("collector", "statuses", "alerts", "trainer", "scoring", "api", "console")
COPIES = {"collector": 2, "scoring": 2, "api": 2}
PATIENCE = 60.0  # seconds to end: at some hours of the day an older trainer is in the middle of a training
DOORS = {"api": "API", "scoring": "SCORING"}


class Relay(Rig):
    """Two copies of what takes events in and of what stores them; the door leads only to copies that stay."""

    def __init__(self, release: Release, tree: Path) -> None:
        super().__init__()
        self.release, self.old = release, tree
        self.supervisor.env["GATEHOUSE_TRUSTED_PROXIES"] = "127.0.0.1/32"
        self.supervisor.env["GATEHOUSE_INTERNAL_TOKEN"] = secrets.token_urlsafe(32)  # all that older releases know
        self.settings = self.stack.settings = known_settings.load(self.supervisor.env)
        self._ports = {name: [find_free() for _ in range(COPIES[name])] for name in DOORS}
        Path(self.folder.name).chmod(0o755)
        self._folder = Path(self.folder.name) / "nginx"
        self._door = self._written(None)

    def start(self) -> None:
        """Everything as the older release has it: schema, model, processes."""
        self.stack.home.open()
        self.database = start.find_postgres(self.stack, print)
        self.live = start.find_redis(self.stack, print)
        self.job("migrate", (services.sys.executable, "-m", "core.store.migrate"), self.old)
        self.share_secrets()
        data = self.stack.home.path / "data" / "training.csv"
        span = ("--rows", TRAINING_ROWS, "--until", TRAINING_UNTIL)
        self.job("dataset", services.simulator("dataset", data, *span, "--seed", 7), self.old)
        train = services.ml("train", data, "--label", "is_fraud", "--time", "timestamp", "--promote")
        self.job("training", train, self.old)
        self._door.start()
        for kind in ORDER:
            if kind in self.release.processes:
                for number in range(COPIES.get(kind, 1)):
                    self._begin(kind, number, self.old)

    def close(self) -> None:
        """Stops everything and forgets the data."""
        self._door.stop()
        super().close()

    def job(self, name: str, command: tuple[str, ...], tree: Path) -> None:
        """Runs a command of a release to its end. Raises StackError when it fails."""
        self.supervisor.run_job(name, _inside(tree, command), lambda _: None)

    def forward(self) -> None:
        """Each process by that of this checkout; those that are new join."""
        for kind in ORDER:
            self.replace(kind, ROOT)

    def back(self) -> None:
        """Each process by that of the older release, in the opposite order; those that it lacks leave."""
        for kind in reversed(ORDER):
            self.replace(kind, self.old, stays=kind in self.release.processes)

    def token_each(self) -> None:
        """From now on a process that begins shows a token of its own, and knows the others' beside the shared one."""
        tokens = {name: secrets.token_urlsafe(32) for name in process_tokens.SCOPES}
        self.supervisor.env["GATEHOUSE_INTERNAL_CALLERS"] = process_tokens.listing(tokens)
        self.supervisor.own |= {
            f"{kind}-{number}": {"GATEHOUSE_OWN_TOKEN": tokens[kind]}
            for kind in ORDER if kind in tokens for number in range(COPIES.get(kind, 1))
        }  # fmt: skip

    def stop(self, kind: str) -> None:
        """Ends all copies of a process in an orderly way."""
        for number in range(COPIES.get(kind, 1)):
            self._end(f"{kind}-{number}")

    def begin(self, kind: str, tree: Path) -> None:
        """Starts all copies of a process."""
        for number in range(COPIES.get(kind, 1)):
            self._begin(kind, number, tree)

    def trees(self) -> set[Path]:
        """Whose files the processes run from."""
        return {Path(psutil.Process(pid).cwd()) for pid in self.supervisor.pids().values()}

    def replace(self, kind: str, tree: Path, stays: bool = True) -> None:
        """One copy after another: out of the door's view, ended, started from other files, back in view."""
        for number in range(COPIES.get(kind, 1)):
            name = f"{kind}-{number}"
            self._turn_away_from(name)
            self._end(name)
            if stays:
                self._begin(kind, number, tree)
            self._turn_away_from(None)
            self.wait(0.5)

    def _end(self, name: str) -> None:
        if name in self.supervisor.watched:
            watched = self.supervisor.watched.pop(name)
            assert watched.process is not None
            assert spawn.stop(watched.process, PATIENCE), f"{name} did not end when asked"

    def _begin(self, kind: str, number: int, tree: Path) -> None:
        ports = ("METRICS", "ALERTS", "STATUSES", "TRAINER")
        env = {f"GATEHOUSE_{variable}_PORT": str(find_free()) for variable in ports}
        if kind in DOORS:
            env[f"GATEHOUSE_{DOORS[kind]}_PORT"] = str(self._ports[kind][number])
        env |= {
            "GATEHOUSE_API_URL": self.settings.api_url,
            "GATEHOUSE_SCORING_URL": self.settings.scoring_url,
            "GATEHOUSE_DATA": str(Path(self.folder.name) / f"{kind}-{number}"),
        }
        own = known_settings.load(self.supervisor.env | env)
        known = [*services.entrances(own), *services.workers(own), services.console(own)]
        mine: Service = next(one for one in known if one.name == kind)
        name, command = f"{kind}-{number}", _inside(tree, mine.command)
        own = self.supervisor.own
        own[name] = own.get(kind, {}) | own.get(name, {})
        self.supervisor.start(replace(mine, name=name, title=f"{mine.title} {number}", command=command, env=env))

    def _turn_away_from(self, name: str | None) -> None:
        """The door no longer leads to that copy; returns when the last request through the old door is answered."""
        if name is not None and name.rpartition("-")[0] not in DOORS:
            return
        self._written(name)
        assert self._door.process is not None
        master = psutil.Process(self._door.process.pid)
        before = master.children()
        os.kill(master.pid, signal.SIGHUP)
        _, alive = psutil.wait_procs(before, timeout=15)
        assert not alive, "the door did not turn"

    def _written(self, without: str | None) -> neighbours.Neighbour:
        doors = {
            kind: (self.settings.ports[kind], [port for n, port in enumerate(ports) if f"{kind}-{n}" != without])
            for kind, ports in self._ports.items()
        }
        return neighbours.nginx(self._folder, doors)


def _inside(tree: Path, command: tuple[str, ...]) -> tuple[str, ...]:
    """The command run from a release's files."""
    return ("env", "-C", str(tree), *command)
