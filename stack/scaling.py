"""Gives the local web services as many workers as an action wants (A2): TTIN is gunicorn's signal for one more.

Works on a thread of its own, because the database may be slow to answer while the supervisor must look after processes.
What runs is reported once a second, so people and the action see both the wish and what became of it. A restarted
service begins with its usual number and is brought to the wish again.
"""

import os
import signal
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import psutil

from core import clock, log
from core.alerting import scale_targets
from core.db.engine import Database
from core.errors import DatabaseUnavailable

SERVICES = ("scoring", "api")
EVERY_SECONDS = 1.0
MOST = 16  # workers that one service gets here, whatever is wanted


@dataclass
class Level:
    """What a life of a service was told: `workers` it has or is about to have; 0 until its start is over."""

    pid: int
    seen: int = 0
    workers: int = 0


class Scaling:
    """`pids()` gives the main process of each running service by name."""

    def __init__(self, database: Database, pids: Callable[[], Mapping[str, int]]) -> None:
        self._database = database
        self._pids = pids
        self._levels: dict[str, Level] = {}
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="scaling", daemon=True)

    def start(self) -> None:
        """Look once a second from now on."""
        self._thread.start()

    def stop(self) -> None:
        """End the thread and its connections."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join(10)
        self._database.close()

    def look(self) -> None:
        """Count, report, and bring each service one step nearer to what is wanted. Raises DatabaseUnavailable."""
        for name, pid in self._pids().items():
            if name not in SERVICES:  # to anything but gunicorn these signals would mean "stop"
                continue
            running = count(pid)
            level = self._levels.get(name)
            if level is None or level.pid != pid:
                level = self._levels[name] = Level(pid)
            if not level.workers:  # its own number of workers is known when it stays the same for a second
                level.workers = running if running and running == level.seen else 0
                level.seen = running
                if not level.workers:
                    continue
            with self._database.transaction() as connection:
                scale_targets.report(connection, name, running, clock.now())
                found = scale_targets.one(connection, name)
            wanted = min(max(found.wanted, 1), MOST) if found else level.workers
            if wanted != level.workers:
                _tell(pid, signal.SIGTTIN if wanted > level.workers else signal.SIGTTOU)
                level.workers += 1 if wanted > level.workers else -1

    def _run(self) -> None:
        while not self._stop.wait(EVERY_SECONDS):
            try:
                self.look()
            except DatabaseUnavailable:
                continue
            except Exception as error:
                log.get("scaling").error("the number of workers cannot be adjusted", exc_info=error)


def count(pid: int) -> int:
    """How many workers a gunicorn main process has; 0 when it is gone."""
    try:
        return sum(child.status() != psutil.STATUS_ZOMBIE for child in psutil.Process(pid).children())
    except psutil.Error:
        return 0


def _tell(pid: int, number: int) -> None:
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return
