"""The job that writes rows of a kind before a day to compressed CSV files below GATEHOUSE_DATA; it deletes nothing."""

import gzip
import hashlib
import os
import socket
from pathlib import Path
from typing import Any, NamedTuple

from alerts.jobs._hands import JobContext
from core import clock
from core.clock import to_datetime
from core.db import stored_kinds
from core.db.engine import Connection
from core.db.jobs.runner import Done, Failed, Work
from core.db.queries import query
from core.endpoints.storage_jobs import ARCHIVE, FOLDER

KIND = ARCHIVE


class _Written(NamedTuple):
    file: str
    rows: int
    bytes: int
    sha256: str


class _Hashed:
    """A file that is written through a digest."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("wb")
        self.digest = hashlib.sha256()
        self.size = 0

    def write(self, data: bytes) -> int:
        """Write and digest."""
        self.digest.update(data)
        self.size += len(data)
        return self._file.write(data)

    def flush(self) -> None:
        """Hand over what is buffered."""
        self._file.flush()

    def close(self) -> None:
        """End the file, on the disk."""
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()


def run(hands: JobContext, work: Work) -> Done:
    """One file for each table of the kind. Raises Failed where they cannot be written."""
    asked = work.job.payload
    kind = stored_kinds.BY_NAME[asked["kind"]]
    before, now = float(asked["before"]), clock.now()
    folder = hands.settings.data_dir / FOLDER
    stamp = f"before-{to_datetime(before):%Y-%m-%d}-{work.job.id}"
    written: list[_Written] = []
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for place, table in enumerate(kind.tables):
            work.tell(place / len(kind.tables), f"writing {table}")
            written.append(_write(hands, table, before, folder / f"{table}-{stamp}.csv.gz"))
    except OSError as error:
        raise Failed(f"cannot write to {folder}: {error.strerror or error}") from error

    def keep(connection: Connection) -> None:
        for one in written:
            values: dict[str, Any] = {**one._asdict(), "kind": kind.name, "before": before, "now": now}
            values |= {"host": socket.gethostname()[:100], "actor": str(asked["actor"])}
            connection.execute(query("storage.put_archive"), values)

    rows = sum(one.rows for one in written)
    return Done(f"{rows:,} rows in {sum(one.bytes for one in written):,} bytes", keep)


def _write(hands: JobContext, table: str, before: float, path: Path) -> _Written:
    """Rows of a table before a time as CSV with a head, whole or not at all."""
    part = path.with_suffix(".part")
    sink = _Hashed(part)
    try:
        with (
            gzip.GzipFile(fileobj=sink, mode="wb", compresslevel=6, mtime=0) as packed,
            hands.stores.database.raw() as connection,
            connection.cursor() as cursor,
        ):
            query_of = f"SELECT * FROM {table} WHERE timestamp < %s"  # nosec B608: `table` is one of stored_kinds
            rows = cursor.mogrify(query_of, (to_datetime(before),)).decode()
            cursor.copy_expert(f"COPY ({rows}) TO STDOUT WITH (FORMAT csv, HEADER)", packed)
            count = max(0, cursor.rowcount)
        sink.close()
        part.replace(path)
    except BaseException:
        sink.close()
        part.unlink(missing_ok=True)
        raise
    return _Written(path.name, count, sink.size, sink.digest.hexdigest())
