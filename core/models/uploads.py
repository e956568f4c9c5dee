"""Files that people gave to train on, in PostgreSQL: stored in chunks, looked at by a training worker, let go in time.

A file is there whole or not at all. The look at it is a job of the queue (`core.db.jobs`).
"""

import hashlib
from collections.abc import Iterator
from datetime import datetime
from typing import IO, Any, Literal

import msgspec

from core import codec
from core.audit.chain import Audit
from core.db.engine import Connection, Database
from core.db.jobs import queue
from core.db.queries import query, sql
from core.errors import BadInput
from core.models.file_preview import FilePreview

CHUNK = 1_048_576
JOB = queue.Kind(
    "look",
    abandoned=(
        "the training worker crashed {attempts} times while reading the file: the file may be too large for its memory"
    ),
)


class Upload(msgspec.Struct, frozen=True):
    """A file. `refused`: it cannot be read, and `message` says where and why."""

    id: int
    name: str
    size: int
    sha256: str
    uploaded_by: str
    uploaded_at: datetime
    expires_at: datetime
    state: Literal["waiting", "looking", "looked", "refused"]
    message: str
    look: FilePreview | None


def store(
    database: Database, audit: Audit, name: str, content: IO[bytes], actor: str, now: float, *,
    most_bytes: int, keep_seconds: float, most_files: int,
) -> int:  # fmt: skip
    """Keep a file, a chunk in memory at a time; returns its number.

    Raises BadInput when it is empty, larger than `most_bytes`, or when `most_files` are kept already: asked before the
    work, and once more under a lock that others wait for only while this one ends.
    """
    digest, size = hashlib.sha256(), 0
    with database.transaction() as connection:
        _check_room(connection, most_files, own=0)
        job = queue.enqueue(connection, JOB)
        values = {"job": job.id, "name": name, "actor": actor, "now": now, "keep": keep_seconds}
        made = int(connection.execute(query("uploads.insert"), values).scalar_one())
        for number, chunk in enumerate(iter(lambda: content.read(CHUNK), b"")):
            size += len(chunk)
            if size > most_bytes:
                limit = f"{most_bytes / 1048576:,.0f} MiB"
                raise BadInput("file", f"the file {name} is larger than {limit}; train from the command line instead")
            digest.update(chunk)
            connection.execute(query("uploads.put_chunk"), {"upload": made, "number": number, "body": chunk})
        if not size:
            raise BadInput("file", f"the file {name} is empty")
        connection.execute(query("uploads.lock"))
        _check_room(connection, most_files, own=1)
        done = {"id": made, "size": size, "sha256": digest.hexdigest()}
        connection.execute(query("uploads.complete"), done)
        audit.append(connection, actor, "training.upload", f"upload:{made}", None, {"name": name, **done})
    return made


def one(database: Database, upload: int) -> Upload | None:
    """A file without its content, or None when there is none of that number any more."""
    with database.transaction() as connection:
        row = connection.execute(query("uploads.one"), {"id": upload}).mappings().first()
    return _upload(dict(row)) if row else None


def listed(database: Database) -> list[Upload]:
    """Files that are kept, newest first, without what was seen in them."""
    with database.transaction() as connection:
        return [_upload(dict(row)) for row in connection.execute(query("uploads.listed")).mappings()]


def content(database: Database, upload: int) -> bytes:
    """The whole file. Raises BadInput when it is not kept any more."""
    parts = list(chunks(database, upload))
    if not parts:
        raise _gone()
    return b"".join(parts)


def chunks(database: Database, upload: int) -> Iterator[bytes]:
    """The file in its order, a chunk at a time."""
    with database.raw() as connection, connection.cursor(name="chunks") as cursor:
        cursor.itersize = 4
        cursor.execute(sql("uploads.chunks"), (upload,))
        for (body,) in cursor:
            yield bytes(body)


def of_job(database: Database, job: int) -> Upload:
    """The file of a claimed job, without its content. Raises BadInput when it is not kept any more."""
    with database.transaction() as connection:
        row = connection.execute(query("uploads.of_job"), {"job": job}).mappings().first()
    if row is None:
        raise _gone()
    return _upload(dict(row))


def looked(connection: Connection, upload: int, found: FilePreview) -> None:
    """What was seen in a file, in the transaction that ends the job."""
    values = {"id": upload, "look": codec.encode(msgspec.to_builtins(found)).decode()}
    connection.execute(query("uploads.looked"), values)


def hold(connection: Connection, upload: int) -> None:
    """Keep a file until the caller's transaction ends. Raises BadInput when it is not kept any more."""
    if connection.execute(query("uploads.hold"), {"id": upload}).first() is None:
        raise _gone()


def discard(connection: Connection, audit: Audit, upload: int, actor: str) -> bool:
    """Let a file go; False when there is none. Raises BadInput while a run waits for it or reads it."""
    if connection.execute(query("uploads.in_use"), {"id": upload}).first():
        raise BadInput("file", "a training run uses it; cancel the run first")
    gone = connection.execute(query("uploads.delete"), {"id": upload}).first() is not None
    if gone:
        audit.append(connection, actor, "training.discard", f"upload:{upload}", None, None)
    return gone


def drop_expired(database: Database, now: float) -> int:
    """Let go of files whose time is over and that no run needs; returns how many."""
    with database.transaction() as connection:
        return connection.execute(query("uploads.drop_expired"), {"now": now}).rowcount


def _check_room(connection: Connection, most: int, own: int) -> None:
    """Raises BadInput when `most` files are kept beside the `own` ones of this transaction."""
    if int(connection.execute(query("uploads.count")).scalar_one()) - own >= most:
        raise BadInput("file", f"{most} files are stored already; delete one first")


def _gone() -> BadInput:
    return BadInput("file", "the file has been deleted; upload it again")


def _upload(row: dict[str, Any]) -> Upload:
    return msgspec.convert(row, Upload)
