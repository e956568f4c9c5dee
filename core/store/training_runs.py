"""Training runs as jobs in PostgreSQL (L8): asked for by people, the schedule or an incident, done by a worker.

A run is claimed by one worker at a time and belongs to it while its lease lasts; `progress` renews the lease. When the
worker dies, the lease runs out and the next `claim` takes the run up again from the start, `MOST_ATTEMPTS` times at
most. Nothing of a run is visible outside its row before it registers a model.
"""

from datetime import datetime
from typing import Any, Literal

import msgspec
from sqlalchemy import Connection

from core import codec
from core.store.db import Database
from core.store.queries import query

Kind = Literal["manual", "scheduled", "emergency"]
State = Literal["queued", "running", "done", "failed", "refused", "cancelled"]
Ended = Literal["done", "failed", "refused", "cancelled"]
Source = Literal["stored", "file"]
Decision = Literal["waiting", "promoted", "refused"]
LEASE_SECONDS = 60.0
MOST_ATTEMPTS = 3


class Stage(msgspec.Struct, frozen=True):
    """What a run began to do, when (ISO 8601), and how far it was by then (0..1)."""

    at: str
    share: float
    what: str


class Run(msgspec.Struct, frozen=True):
    """One run. `progress` is 0..1; `version` the model it registered; `comparison` what decided about its promotion.

    `refused` means that it went well and the new model was not better, so it was not promoted. `source` is what it
    learns from, `upload` the file while it is kept; `stop_by` asked for its end. `decision` is `waiting` while a person
    has to promote or refuse its model; `superseded_by` the later run whose model took its place before anybody had.
    """

    id: int
    key: str
    kind: Kind
    reason: str
    correlation_id: str | None
    requested_by: str
    requested_at: datetime
    due_at: datetime
    options: dict[str, Any]
    state: State
    progress: float
    message: str
    attempts: int
    claimed_by: str | None
    lease_until: datetime | None
    started_at: datetime | None
    finished_at: datetime | None
    version: int | None
    comparison: dict[str, Any] | None
    source: Source
    upload: int | None
    stages: list[Stage]
    stop_by: str | None
    decision: Decision | None
    decided_by: str | None
    decided_at: datetime | None
    superseded_by: int | None


def request(
    connection: Connection,
    kind: Kind,
    due_at: float,
    reason: str,
    key: str,
    requested_by: str,
    *,
    correlation_id: str | None = None,
    options: dict[str, Any] | None = None,
    upload: int | None = None,
) -> int:
    """Ask for a run that is due at `due_at` (epoch seconds); returns its id, the earlier one's when `key` is known.

    An emergency starts as soon as a worker is free; its `due_at` is the latest.

    `options`: `algorithm` (boosted, forest, ensemble), `days` of stored labels, `promote` (better, ask, always, never),
    `note`; with an `upload` also `file` (its name), `mapping`, `delay_days` and `keep_known`, as `ml.table` says.
    """
    known = connection.execute(query("training_runs.by_key"), {"key": key}).scalar()
    if known is not None:  # asked for every minute; an insert in vain would use numbers up
        return int(known)
    values = {
        "key": key,
        "kind": kind,
        "due_at": due_at,
        "reason": reason,
        "requested_by": requested_by,
        "correlation_id": correlation_id,
        "options": codec.encode(options or {}).decode(),
        "source": "stored" if upload is None else "file",
        "upload": upload,
    }
    made = connection.execute(query("training_runs.request"), values).scalar()
    return int(made or connection.execute(query("training_runs.by_key"), {"key": key}).scalar_one())


def claim(database: Database, worker: str, now: float, lease: float = LEASE_SECONDS) -> Run | None:
    """The next run that is due, now this worker's until `now + lease`; None when none is, or another one is running."""
    with database.transaction() as connection:
        connection.execute(query("training_runs.lock"))
        connection.execute(query("training_runs.abandon"), {"now": now, "most_attempts": MOST_ATTEMPTS})
        values = {"worker": worker, "now": now, "lease": lease}
        found = connection.execute(query("training_runs.claim"), values).scalar()
        return None if found is None else _one(connection, int(found))


def progress(
    database: Database, run: int, worker: str, share: float, message: str, now: float, lease: float = LEASE_SECONDS
) -> bool:
    """Say how far a run is (0..1) and renew the lease; False when the run is not this worker's any more."""
    values = {"id": run, "worker": worker, "share": min(1.0, max(0.0, share)), "message": message[:500]}
    with database.transaction() as connection:
        done = connection.execute(query("training_runs.progress"), {**values, "now": now, "lease": lease})
        return bool(done.rowcount)


def finish(
    connection: Connection,
    run: int,
    worker: str,
    state: Ended,
    message: str,
    now: float,
    version: int | None = None,
    comparison: dict[str, Any] | None = None,
    decision: Literal["waiting"] | None = None,
) -> bool:
    """End a run in the caller's transaction; False when the run is not this worker's any more."""
    values = {
        "id": run,
        "worker": worker,
        "state": state,
        "message": message[:2000],
        "now": now,
        "version": version,
        "comparison": None if comparison is None else codec.encode(comparison).decode(),
        "decision": decision,
    }
    return bool(connection.execute(query("training_runs.finish"), values).rowcount)


def listed(database: Database, most: int = 50) -> list[Run]:
    """Runs, newest first."""
    with database.transaction() as connection:
        rows = connection.execute(query("training_runs.listed"), {"most": most}).mappings()
        return [_run(dict(row)) for row in rows]


def one(database: Database, run: int) -> Run | None:
    """A run by its id."""
    with database.transaction() as connection:
        return _one(connection, run)


def stop_asked(database: Database, run: int) -> str | None:
    """Who asked for the end of a run that is under way, or None."""
    with database.transaction() as connection:
        return connection.execute(query("training_runs.stop_asked"), {"id": run}).scalar()


def alike(connection: Connection, requested_by: str, options: dict[str, Any], upload: int | None) -> int | None:
    """The id of the same person's run with the same options and file that waits or is under way, or None.

    In the caller's transaction requests follow one after another, so that one of two at once sees the other.
    """
    connection.execute(query("training_runs.lock"))
    values = {"actor": requested_by, "upload": upload, "options": codec.encode(options).decode()}
    found = connection.execute(query("training_runs.alike"), values).scalar()
    return None if found is None else int(found)


def open_run(connection: Connection, kind: Kind) -> int | None:
    """The id of a run of that kind that waits or is under way, or None."""
    found = connection.execute(query("training_runs.open"), {"kind": kind}).scalar()
    return None if found is None else int(found)


def next_due(database: Database) -> float | None:
    """When (epoch seconds) the next waiting run is due; None when none waits."""
    with database.transaction() as connection:
        found = connection.execute(query("training_runs.next_due")).scalar()
    return None if found is None else float(found)


def _one(connection: Connection, run: int) -> Run | None:
    row = connection.execute(query("training_runs.one"), {"id": run}).mappings().first()
    return _run(dict(row)) if row else None


def _run(row: dict[str, Any]) -> Run:
    return msgspec.convert(row, Run)
