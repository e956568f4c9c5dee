"""The anchor of the audit log outside its tables: a file that says which rows there were.

After the transaction that wrote a row is committed, its number and hash are appended as one signed line and synced. So
the anchor never runs ahead of what PostgreSQL confirmed, and lags by rows whose writer ended in between, at most; the
next row or check anchors them too. Whoever shortens, empties, replaces or puts back the tables leaves an anchor that
names rows which are not there. Each host has an anchor of its own, with what its processes wrote and verified.

The file is named after the database's address, so that two installations never share one.
"""

import fcntl
import os
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from urllib.parse import urlsplit

import orjson

from core import clock, log
from core.audit.keys import Keyring, line_mac

TAIL = 64 * 1024
LAST = 4 * 1024
CLOSE_SECONDS = 5.0  # claims so close together may stand in any order
MOST_BYTES = 16 * 1024 * 1024
_log = log.get("audit")


@dataclass(frozen=True)
class Claim:
    """That row `seq` was there with this hash at `at` (epoch seconds). `kind`: entry, verified, or restore (a backup is
    being put back: what is claimed before may be gone)."""

    seq: int
    hash: bytes
    at: float
    kind: str = "entry"


def place(folder: Path, url: str) -> Path:
    """The anchor of the database at `url`."""
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2].lower()
    name = f"{host if ':' in host else f'{host}:5432'}{parts.path}"
    return folder / f"{sha256(name.encode()).hexdigest()[:16]}.anchor"


class Anchor:
    """The anchor at `path`. `newest` remembers within the process, so a file that vanishes meanwhile is noticed."""

    def __init__(self, path: Path, keys: Keyring) -> None:
        self.path = path
        self._keys = keys
        self._newest: Claim | None = None
        self.fault = ""  # why the last line could not be written

    def claim(self, seq: int, digest: bytes, kind: str = "entry") -> None:
        """Append one claim. Never fails its caller, whose row is committed: it is logged, and the check tells of it."""
        made = Claim(seq, digest, clock.now(), kind)
        if kind == "entry":
            self._newest = made
        try:
            self._append(self._line(made))
            self.fault = ""
        except OSError as error:
            self.fault = f"{self.path} cannot be written: {error.strerror}"
            _log.error("the audit log is not anchored", path=str(self.path), why=error.strerror)

    def newest(self) -> Claim | None:
        """The newest claim of a row that this host made, None before the first."""
        found = [one for one in self._claims(self.path, LAST) if one.kind == "entry"]
        found += [self._newest] if self._newest else []
        latest = max((one.at for one in found), default=0.0)
        return max((one for one in found if one.at >= latest - CLOSE_SECONDS), key=lambda one: one.seq, default=None)

    def restoring(self) -> float:
        """When a backup was last put back from here, epoch seconds; 0 when none was."""
        return max((one.at for one in self._claims(self.path, LAST) if one.kind == "restore"), default=0.0)

    def problem(self) -> str:
        """What is wrong with the file itself: it vanished, cannot be written, or holds a line that we did not sign."""
        if self.fault:
            return self.fault
        if not self.path.exists():
            return f"the anchor {self.path} is gone" if self._newest else ""
        strange = sum(one is None for one in self._lines(self.path, TAIL))
        return f"the anchor {self.path} holds lines that are not ours" if strange else ""

    def exists(self) -> bool:
        """Whether this host has anchored the log before."""
        return self._newest is not None or self.path.exists()

    def verified(self) -> Claim | None:
        """Up to which row the log was proved whole from here."""
        return next(iter(self._claims(self._beside(), LAST)), None)

    def set_verified(self, seq: int, digest: bytes) -> None:
        """Note that the log is proved whole up to here."""
        scratch = self._beside().with_suffix(".part")
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            scratch.write_bytes(self._line(Claim(seq, digest, clock.now(), "verified")))
            scratch.replace(self._beside())
        except OSError as error:
            self.fault = f"{self._beside()} cannot be written: {error.strerror}"

    def _beside(self) -> Path:
        return self.path.with_suffix(".verified")

    def _line(self, made: Claim) -> bytes:
        """A line begins with its break, so that one torn by a crash spoils no other."""
        assert self._keys.current is not None
        text = orjson.dumps([made.kind, made.seq, made.hash.hex(), made.at])
        mac = line_mac(self._keys.current, text).hex()
        return b"\n" + orjson.dumps([text.decode(), self._keys.current.id, mac])

    def _append(self, line: bytes) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        while True:
            number = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
            try:
                fcntl.flock(number, fcntl.LOCK_EX)
                found = os.fstat(number)
                if not self.path.exists() or self.path.stat().st_ino != found.st_ino:
                    continue  # another process has just begun a new file
                if found.st_size > MOST_BYTES and self._begin_anew():
                    continue
                os.write(number, line)
                os.fsync(number)
                return
            finally:
                os.close(number)

    def _begin_anew(self) -> bool:
        """Keep the full file as `.1` and begin the next one with the newest claim; not where the file may only grow."""
        newest, scratch = self.newest(), self.path.with_suffix(".next")
        try:
            scratch.write_bytes(self._line(newest) if newest else b"")
            scratch.chmod(0o600)
            self.path.replace(self.path.with_suffix(".anchor.1"))
            scratch.replace(self.path)
        except OSError:
            return False
        return True

    def _claims(self, path: Path, size: int) -> list[Claim]:
        return [one for one in self._lines(path, size) if one is not None]

    def _lines(self, path: Path, size: int) -> list[Claim | None]:
        """The claims at the end of a file; None for a line that we did not sign. Torn lines are left out."""
        try:
            with path.open("rb") as file:
                file.seek(max(0, file.seek(0, os.SEEK_END) - size))
                cut = file.tell() > 0
                lines = file.read().split(b"\n")
        except OSError:
            return []
        return [self._read(*parts) for line in lines[1 if cut else 0 :] if (parts := _parts(line)) is not None]

    def _read(self, text: str, key_id: str, mac: str) -> Claim | None:
        try:
            if not self._keys.line_is_ours(key_id, text.encode(), bytes.fromhex(mac)):
                return None
            kind, seq, digest, at = orjson.loads(text)
            return Claim(int(seq), bytes.fromhex(digest), float(at), str(kind))
        except (ValueError, TypeError):
            return None


def _parts(line: bytes) -> tuple[str, str, str] | None:
    try:
        text, key_id, mac = orjson.loads(line)
    except (ValueError, TypeError):
        return None
    return (text, key_id, mac) if all(isinstance(one, str) for one in (text, key_id, mac)) else None
