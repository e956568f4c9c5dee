"""Background jobs in PostgreSQL: enqueued by anybody, claimed by one worker at a time, ended by its holder.

A claim has a number and a lease. `renew` keeps it; when its worker dies the lease runs out, and the next `claim` takes
the job up again with the next number, `most_attempts` times at most. `finish` is part of the caller's transaction and
raises unless the claim is still the newest, so that a worker that lost its lease writes nothing at all.

What a job is about is a row of its own table with the job's id, or the job's `payload`. Functions that take
a connection work in the caller's transaction; all raise DatabaseUnavailable.
"""

from typing import Any, Literal, NamedTuple

from core import codec
from core.db.engine import Connection, Database
from core.db.queries import query
from core.errors import GatehouseError

Ended = Literal["done", "failed", "cancelled"]
Cancelled = Literal["cancelled", "asked"]
LEASE_SECONDS = 60.0
MOST_ATTEMPTS = 3
MOST_LETTERS = 2000


class Lost(GatehouseError):
    """Another worker has the job by now, or it is over; nothing was written."""


class Stopped(GatehouseError):
    """Somebody stopped the job; `actor` says who."""

    def __init__(self, actor: str) -> None:
        self.actor = actor
        super().__init__(f"stopped by {actor}")


class Kind(NamedTuple):
    """A kind of job. `most_alive` limits how many of its `group` are under way at once, over all workers.

    `abandoned` and `stopped` are the messages of a job that is given up after `most_attempts` workers died at it
    (`{attempts}`), and of one that a person stopped (`{actor}`). `look_seconds`: how often a worker looks for one.
    Jobs that are `routine` come by the minute: the log does not name each.
    """

    name: str
    most_alive: int | None = None
    group: str = ""
    most_attempts: int = MOST_ATTEMPTS
    lease: float = LEASE_SECONDS
    look_seconds: float = 0.5
    abandoned: str = "failed: its worker ended {attempts} times before it was done"
    stopped: str = "stopped by {actor}"
    routine: bool = False


class Enqueued(NamedTuple):
    """The id of a job, and whether it is new: a key that is known gives the job that has it."""

    id: int
    is_new: bool


class Job(NamedTuple):
    """A claimed job. `claim` is the number of this claim; `attempts` counts this one."""

    id: int
    kind: str
    claim: int
    attempts: int
    claimed_by: str
    payload: dict[str, Any]


def enqueue(
    connection: Connection,
    kind: Kind,
    *,
    key: str | None = None,
    due_at: float | None = None,
    priority: int = 0,
    payload: dict[str, Any] | None = None,
) -> Enqueued:
    """Ask for a job, due at `due_at` (epoch seconds; None: at once), those of greater `priority` first.

    `key` makes it idempotent among jobs of this kind.
    """
    full = None if key is None else f"{kind.name}:{key}"
    known = None if full is None else connection.execute(query("jobs.by_key"), {"key": full}).scalar()
    if known is not None:  # asked for every minute; an insert in vain would use numbers up
        return Enqueued(int(known), False)
    values = {
        "kind": kind.name,
        "in_group": kind.group or kind.name,
        "key": full,
        "priority": priority,
        "due_at": due_at,
        "payload": codec.encode(payload or {}).decode(),
    }
    made = connection.execute(query("jobs.enqueue"), values).scalar()
    if made is None:
        return Enqueued(int(connection.execute(query("jobs.by_key"), {"key": full}).scalar_one()), False)
    return Enqueued(int(made), True)


def claim(database: Database, kind: Kind, worker: str, now: float, lease: float | None = None) -> Job | None:
    """The next job of a kind, now this worker's until `now + lease`; None when none is due or enough are alive."""
    abandon = {
        "kind": kind.name,
        "now": now,
        "most_attempts": kind.most_attempts,
        "abandoned": kind.abandoned,
    }
    values = {
        "kind": kind.name,
        "worker": worker,
        "now": now,
        "lease": kind.lease if lease is None else lease,
        "most_alive": kind.most_alive,
    }
    with database.transaction() as connection:
        if kind.most_alive is not None:
            connection.execute(query("jobs.lock_claims"))
        connection.execute(query("jobs.abandon"), abandon)
        row = connection.execute(query("jobs.claim"), values).mappings().first()
    return Job(**row) if row else None


def renew(database: Database, job: Job, share: float, message: str, now: float, lease: float = LEASE_SECONDS) -> None:
    """Keep a job until `now + lease` and say how far it is (0..1).

    Raises Lost when it is not this claim's any more, and Stopped, the lease renewed, when somebody asked for its end.
    """
    values = {
        "id": job.id,
        "claim": job.claim,
        "share": min(1.0, max(0.0, share)),
        "message": message[:500],
        "now": now,
        "lease": lease,
    }
    with database.transaction() as connection:
        row = connection.execute(query("jobs.renew"), values).first()
    if row is None:
        raise _lost(job)
    if row.stop_by is not None:
        raise Stopped(row.stop_by)


def finish(connection: Connection, job: Job, state: Ended, message: str, now: float) -> None:
    """End a job. Call it before anything else that the transaction writes.

    Raises Lost when it is not this claim's any more, and Stopped when it would be done though somebody stopped it.
    """
    values = {"id": job.id, "claim": job.claim, "state": state, "message": message[:MOST_LETTERS], "now": now}
    if connection.execute(query("jobs.finish"), values).first() is None:
        actor = connection.execute(query("jobs.stopped_by"), {"id": job.id, "claim": job.claim}).scalar()
        raise _lost(job) if actor is None else Stopped(actor)


def cancel(connection: Connection, job_id: int, actor: str, now: float) -> Cancelled | None:
    """End a job: `cancelled` when it had not begun or its worker is gone, `asked` when its worker ends it at its next
    step; None when it is over.
    """
    values = {"id": job_id, "actor": actor, "now": now}
    if connection.execute(query("jobs.cancel"), values).first():
        return "cancelled"
    if connection.execute(query("jobs.ask_to_stop"), {"id": job_id, "actor": actor}).first():
        return "asked"
    return None


def drop(connection: Connection, kind: Kind, before: float) -> int:
    """Let go of jobs that ended before a time (epoch seconds), and of what belongs to them; returns how many."""
    return connection.execute(query("jobs.drop"), {"kind": kind.name, "before": before}).rowcount


def _lost(job: Job) -> Lost:
    return Lost(f"claim {job.claim} of {job.kind} job {job.id} is over")
