"""Starts processes, watches them, starts a crashed one again with back-off, and stops all of them in order."""

import re
import signal
import subprocess
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from core.errors import HttpUnavailable
from core.http import HttpClient
from core.settings import ROOT
from stack import spawn
from stack.failure import StackError
from stack.home import Home
from stack.ports import answers
from stack.progress import notice
from stack.services import Service

READY_SECONDS = 90.0
FIRST_PAUSE = 0.5
LONGEST_PAUSE = 30.0
STEADY_SECONDS = 60.0
LOOK_SECONDS = 0.2
_EXCEPTION = re.compile(r"[\w.]+(Error|Exception|Away)\b.*: ")


class Server(Protocol):
    """An embedded PostgreSQL or Redis."""

    process: subprocess.Popen[bytes] | None

    def start(self) -> None: ...
    def stop(self) -> None: ...


@dataclass
class Watched:
    """A process under supervision. Times are monotonic seconds; `process` is None between two lives.

    `log_start` is where in the log file the words of this life begin.
    """

    service: Service
    process: subprocess.Popen[bytes] | None = None
    began: float = 0.0
    pause: float = FIRST_PAUSE
    due: float = 0.0
    log_start: int = 0


class Supervisor:
    """Everything the stack runs. Use it from the main thread only: children die with the thread that made them."""

    def __init__(self, home: Home, env: Mapping[str, str]) -> None:
        self.home = home
        self.env = dict(env)
        self.own: dict[str, dict[str, str]] = {}  # what one service or job alone gets, by its name
        self.servers: dict[str, Server] = {}
        self.watched: dict[str, Watched] = {}

    def add_server(self, name: str, server: Server) -> None:
        """Starts an embedded server and watches it from now on. Raises StackError."""
        self.servers[name] = server
        server.start()
        self._remember()

    def start(self, service: Service) -> None:
        """Starts a service and waits until it is ready. Raises StackError with its last words when it is not."""
        watched = Watched(service)
        self.watched[service.name] = watched
        self._launch(watched)
        self.wait_ready(service)

    def wait_ready(self, service: Service) -> None:
        """Returns when the service is ready. Raises StackError when it ends or takes too long."""
        deadline = time.monotonic() + READY_SECONDS
        while True:
            process = self.watched[service.name].process
            if process is None or process.poll() is not None:
                raise StackError(
                    f"The {service.title} ended while starting: {self._last_words(self.watched[service.name])}"
                )
            hindrance = _hindrance(service)
            if hindrance is None:
                return
            if time.monotonic() > deadline:
                log = self.home.log(service.name)
                raise StackError(
                    f"The {service.title} was not ready within {READY_SECONDS:.0f} s ({hindrance}); see {log}."
                )
            time.sleep(0.1)

    def run_job(self, name: str, command: tuple[str, ...], tell: Callable[[str], None]) -> None:
        """Runs a bounded job to its end, telling each line that it prints. Raises StackError when it fails."""
        log = self.home.log(name)
        with log.open("ab") as sink:
            position = sink.tell()
            process = spawn.spawn(command, env=self.env | self.own.get(name, {}), log=sink, cwd=ROOT)
        watched = Watched(Service(name, name, command), process, log_start=position)
        self.watched[name] = watched
        try:
            while process.poll() is None:
                position = _tell_new_lines(log, position, tell)
                time.sleep(LOOK_SECONDS)
            _tell_new_lines(log, position, tell)
        finally:
            if process.poll() is not None:
                del self.watched[name]
        if process.returncode != 0:
            raise StackError(f"{name} failed: {self._last_words(watched)}")

    def look(self) -> None:
        """One look at everything: starts again what has ended, when its pause is over."""
        for name, server in self.servers.items():
            if server.process is not None and server.process.poll() is not None:
                notice(f"{name} stopped ({_ending(server.process.returncode)}); restarting")
                spawn.kill(server.process)
                try:
                    server.start()
                    notice(f"{name} is running again")
                except StackError as error:
                    notice(f"{name}: {error}")
                self._remember()
        for watched in list(self.watched.values()):
            self._look_at(watched)

    def pids(self) -> dict[str, int]:
        """The main process of each service that runs, by name. Safe to ask from another thread."""
        watched = list(self.watched.items())
        return {name: one.process.pid for name, one in watched if one.process and one.process.returncode is None}

    def restart(self, name: str) -> None:
        """Stops a service and starts it at once, with the environment as it is now."""
        watched = self.watched[name]
        if watched.process is not None:
            spawn.stop(watched.process, watched.service.patience)
        self._launch(watched)

    def stop(self) -> None:
        """Stops everything: traffic, web processes, workers, then Redis and PostgreSQL. Leaves no process."""
        for rank in sorted({watched.service.stop_rank for watched in self.watched.values()}):
            group = [watched for watched in self.watched.values() if watched.service.stop_rank == rank]
            for watched in group:
                if watched.process is not None and watched.process.poll() is None:
                    watched.process.send_signal(signal.SIGTERM)
            for watched in group:
                if watched.process is not None:
                    if not spawn.stop(watched.process, watched.service.patience, first=0):
                        notice(f"the {watched.service.title} did not stop in time and was killed")
                    spawn.kill(watched.process)
        for server in reversed(self.servers.values()):
            server.stop()
        self.watched.clear()
        self.servers.clear()

    def _look_at(self, watched: Watched) -> None:
        now = time.monotonic()
        if watched.process is not None and watched.process.poll() is not None:
            ending = _ending(watched.process.returncode)
            spawn.kill(watched.process)  # Its workers, should any have outlived it.
            watched.process = None
            if now - watched.began > STEADY_SECONDS:
                watched.pause = FIRST_PAUSE
            watched.due = now + watched.pause
            notice(f"the {watched.service.title} stopped ({ending}); restarting in {watched.pause:g} s")
            watched.pause = min(watched.pause * 2, LONGEST_PAUSE)
        if watched.process is None and now >= watched.due:
            self._launch(watched)
            notice(f"the {watched.service.title} was restarted")

    def _launch(self, watched: Watched) -> None:
        with self.home.log(watched.service.name).open("ab") as log:
            watched.log_start = log.tell()
            env = self.env | self.own.get(watched.service.name, {}) | dict(watched.service.env)
            watched.process = spawn.spawn(watched.service.command, env=env, log=log, cwd=ROOT)
        watched.began = time.monotonic()
        self._remember()

    def _remember(self) -> None:
        processes = [server.process for server in self.servers.values()]
        processes += [watched.process for watched in self.watched.values()]
        self.home.remember([process.pid for process in processes if process is not None])

    def _last_words(self, watched: Watched) -> str:
        """What this life of the process said last: its exception where there is one, else its last line."""
        log = self.home.log(watched.service.name)
        with log.open("rb") as source:
            source.seek(watched.log_start)
            lines = [line.strip() for line in source.read().decode(errors="replace").splitlines() if line.strip()]
        told = [line for line in lines if _EXCEPTION.match(line)] or lines
        return f"{told[-1][:300]} (see {log})" if told else f"no output (see {log})"


def _hindrance(service: Service) -> str | None:
    """Why the service cannot serve yet; None when it can."""
    if service.ready_port and not answers(service.ready_port):
        return f"nothing listens on port {service.ready_port}"
    if service.ready_url:
        base, _, path = service.ready_url.rpartition("/")
        try:
            status = HttpClient(base, timeout=2.0).get(f"/{path}").status
        except HttpUnavailable:
            return "no answer"
        return None if status == 200 else f"it responds with {status}"
    return None


def _ending(code: int) -> str:
    return f"signal {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"


def _tell_new_lines(log: Path, position: int, tell: Callable[[str], None]) -> int:
    """Tells the complete lines after `position`; returns where the next look begins."""
    with log.open("rb") as source:
        source.seek(position)
        fresh = source.read()
    whole = fresh[: fresh.rfind(b"\n") + 1]
    for line in whole.decode(errors="replace").splitlines():
        if line.strip():
            tell(line.strip())
    return position + len(whole)
