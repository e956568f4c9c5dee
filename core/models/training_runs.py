"""Training runs (L8): asked for by people, the schedule or an incident; each is a job of the queue, done by a worker.

`core.db.jobs` claims a run, keeps its lease, takes it up again and ends it; here is what a run is about and what came
of it. Nothing of a run is visible outside its row before it registers a model.
"""

from datetime import datetime
from typing import Any, Literal

import msgspec

from core import codec
from core.db.engine import Connection, Database
from core.db.jobs import queue
from core.db.queries import query

Kind = Literal["manual", "scheduled", "emergency"]
State = Literal["queued", "running", "done", "failed", "refused", "cancelled"]
Source = Literal["stored", "file"]
Decision = Literal["waiting", "promoted", "refused"]
JOB = queue.Kind(
    "training",
    most_alive=1,
    abandoned="failed: its worker ended {attempts} times before the run was finished",
    stopped="stopped by {actor}; nothing was promoted",
)


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
    `job` is its job in the queue.
    """

    id: int
    job: int
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
    `note`; with an `upload` also `file` (its name), `mapping`, `delay_days`, `keep_known` and `split`, as
    `ml.data.table` and `ml.data.split` say.
    """
    urgent = kind == "emergency"
    job = queue.enqueue(connection, JOB, key=key, due_at=None if urgent else due_at, priority=int(urgent))
    if not job.is_new:
        return int(connection.execute(query("training_runs.by_job"), {"job": job.id}).scalar_one())
    values = {
        "job": job.id,
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
    return int(connection.execute(query("training_runs.request"), values).scalar_one())


def settle(
    connection: Connection,
    run: int,
    state: Literal["done", "refused"],
    version: int,
    comparison: dict[str, Any],
    decision: Literal["waiting"] | None = None,
) -> None:
    """What came of a run, in the transaction that ends its job."""
    values = {
        "id": run,
        "state": state,
        "version": version,
        "comparison": codec.encode(comparison).decode(),
        "decision": decision,
    }
    connection.execute(query("training_runs.settle"), values)


def listed(database: Database, most: int = 50) -> list[Run]:
    """Runs, newest first."""
    return _read(database, most=most)


def one(database: Database, run: int) -> Run | None:
    """A run by its id."""
    return next(iter(_read(database, run=run)), None)


def of_job(database: Database, job: int) -> Run:
    """The run of a claimed job. Raises Lost when there is none any more."""
    for run in _read(database, job=job):
        return run
    raise queue.Lost(f"job {job} has no training run")


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


def _read(database: Database, run: int | None = None, job: int | None = None, most: int = 1) -> list[Run]:
    values = {"id": run, "job": job, "most": most}
    with database.transaction() as connection:
        rows = connection.execute(query("training_runs.read"), values).mappings()
        return [msgspec.convert(dict(row), Run) for row in rows]
