"""Which configuration a process started with: a start with another one than before is a change that charts mark."""

import hashlib
from collections.abc import Mapping
from pathlib import Path

from core import codec
from core.db.engine import Database
from core.db.queries import sql

MOST_FILES = 500


class ConfigStart:
    """A duty that is done once. `folder` is the configuration that the process read."""

    def __init__(self, database: Database, process: str, folder: Path) -> None:
        self._database, self._process = database, process
        self._files = hashes(folder)
        self._is_noted = False

    def step(self, now: float) -> int:
        """Note the start where its configuration is not the last one's. Raises DatabaseUnavailable."""
        if self._is_noted:
            return 0
        noted = note(self._database, self._process, self._files, now)
        self._is_noted = True
        return int(noted)


def hashes(folder: Path) -> dict[str, str]:
    """SHA-256 of each TOML and YAML file below a folder, by its relative name."""
    found = sorted(path for pattern in ("*.toml", "*.yml", "*.yaml") for path in folder.rglob(pattern))
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in found[:MOST_FILES]}


def changed(before: Mapping[str, str], after: Mapping[str, str]) -> list[str]:
    """The files that came, went, or have another content; pure."""
    return sorted(name for name in {*before, *after} if before.get(name) != after.get(name))


def note(database: Database, process: str, files: Mapping[str, str], now: float) -> bool:
    """Store a start; False where the configuration is that of the last one."""
    encoded = codec.encode(dict(sorted(files.items()))).decode()
    whole = hashlib.sha256(encoded.encode()).hexdigest()
    with database.raw() as connection, connection.cursor() as cursor:
        cursor.execute(sql("deploys.one_start"), (process,))
        cursor.execute(sql("deploys.newest_start"), (process,))
        last = cursor.fetchone()
        if last is not None and last[0] == whole:
            return False
        names = changed(last[1], files) if last is not None else []
        values = {"now": now, "process": process, "hash": whole, "files": encoded, "changed": names}
        cursor.execute(sql("deploys.started"), values)
    return True
