"""Where the local stack keeps everything: one directory only its owner may enter, its secrets, and who holds it now.

Layout: `postgres/`, `redis/` (data), `logs/` (one file a process), `data/` (generated data sets), `secrets` (random,
made once), `addresses` (where the running stack answers), `lock` (held while a stack runs; holds its pid), `children`
(pids to wait for after a killed supervisor).
"""

import fcntl
import os
import secrets
from pathlib import Path
from typing import Any

import psutil
from argon2 import PasswordHasher

from core import codec, process_tokens
from stack.failure import StackError
from stack.files import write_whole

LOG_LIMIT = 5_000_000
LEFTOVER_SECONDS = 15.0


class Home:
    """The directory at `path`, made on first use with mode 0700. Methods raise OSError or StackError."""

    def __init__(self, path: Path) -> None:
        self.path = path.resolve()
        self._lock: int | None = None

    def open(self) -> None:
        """Makes the directory and takes its lock for the life of this process. Raises StackError when it is taken."""
        for folder in (self.path, self.path / "logs", self.path / "data"):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.path.chmod(0o700)
        lock = os.open(self.path / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.read(lock, 20).decode().strip() or "unknown"
            os.close(lock)
            raise StackError(
                f"A Gatehouse stack is already running from {self.path} (process {holder}); stop it first with Ctrl-C."
            ) from None
        os.ftruncate(lock, 0)
        os.write(lock, str(os.getpid()).encode())
        self._lock = lock

    def holder(self) -> int | None:
        """The pid of the stack that runs from here, if one does."""
        try:
            with (self.path / "lock").open() as lock:
                try:
                    fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
                except BlockingIOError:
                    return int(lock.read() or 0) or None
        except FileNotFoundError:
            pass
        return None

    def secrets(self) -> dict[str, str]:
        """The stack's own random secrets, made at the first start."""
        known = self._read_secrets()
        missing = {
            "postgres_password",
            "redis_password",
            "secret_key",
            "receivers_seed",
            *(f"{name}_token" for name in process_tokens.SCOPES),
        } - known.keys()
        if missing:
            known |= {name: secrets.token_urlsafe(32) for name in missing}
            self._write_secrets(known)
        return known

    def new_password(self) -> str:
        """Sets a new random password for the administrator and returns it; only its argon2id hash is kept."""
        password = secrets.token_urlsafe(12)
        self._write_secrets(self._read_secrets() | {"admin_password_hash": PasswordHasher().hash(password)})
        return password

    def log(self, name: str) -> Path:
        """The log file of a process; a large one from earlier runs is set aside first."""
        path = self.path / "logs" / f"{name}.log"
        if path.exists() and path.stat().st_size > LOG_LIMIT:
            path.replace(path.with_suffix(".log.1"))
        return path

    def publish(self, addresses: dict[str, str]) -> None:
        """Keeps the addresses of the stack that runs, credentials included, for commands of other terminals."""
        write_whole(self.path / "addresses", codec.encode(addresses))

    def addresses(self) -> dict[str, str]:
        """What `publish` kept. Raises StackError when no stack was ever started here."""
        try:
            return dict(codec.decode((self.path / "addresses").read_bytes()))
        except FileNotFoundError:
            raise StackError(f"There is no stack in {self.path} yet. Run `make run` to create one.") from None

    def has(self, mark: str) -> bool:
        """True when `note(mark)` was ever called."""
        return (self.path / mark).exists()

    def note(self, mark: str) -> None:
        """Remembers that something is done."""
        (self.path / mark).touch(mode=0o600)

    def remember(self, pids: list[int]) -> None:
        """Keeps the children's pids with their start times, for `wait_for_leftovers` of a later start."""
        alive: dict[str, float] = {}
        for pid in pids:
            try:
                alive[str(pid)] = psutil.Process(pid).create_time()
            except psutil.Error:
                continue
        write_whole(self.path / "children", codec.encode(alive))

    def wait_for_leftovers(self) -> None:
        """Waits for the children of a supervisor that was killed, which are on their way out, and kills stuck ones."""
        leftovers = [process for process in map(_same_process, *self._children()) if process is not None]
        _, stuck = psutil.wait_procs(leftovers, timeout=LEFTOVER_SECONDS)
        for process in stuck:
            process.kill()
        psutil.wait_procs(stuck, timeout=5)

    def _children(self) -> tuple[list[int], list[float]]:
        try:
            known: dict[str, float] = codec.decode((self.path / "children").read_bytes())
        except (FileNotFoundError, ValueError):
            return [], []
        return [int(pid) for pid in known], list(known.values())

    def _read_secrets(self) -> dict[str, str]:
        try:
            found: Any = codec.decode((self.path / "secrets").read_bytes())
        except FileNotFoundError:
            return {}
        except ValueError as error:
            raise StackError(
                f"{self.path / 'secrets'} is not readable JSON; restore it or remove {self.path}."
            ) from error
        return dict(found)

    def _write_secrets(self, values: dict[str, str]) -> None:
        write_whole(self.path / "secrets", codec.encode(values))


def _same_process(pid: int, started: float) -> psutil.Process | None:
    try:
        process = psutil.Process(pid)
        return process if abs(process.create_time() - started) < 1.0 else None
    except psutil.Error:
        return None
