"""Drift reports that somebody asked for on a page: jobs of the queue that a training worker answers with a report."""

from datetime import datetime
from typing import Any, NamedTuple

import msgspec

from core import codec
from core.audit.chain import Audit
from core.db.engine import Connection, Database
from core.db.jobs import queue
from core.db.queries import query

JOB = queue.Kind("drift", abandoned="the training worker crashed {attempts} times while making the report")


class Wanted(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is asked for: stored predictions from `start` to `end` (epoch seconds) of a model against its data.

    `version` None is the champion; `threshold` None the configured share of drifted features.
    """

    start: float
    end: float
    version: int | None = None
    threshold: float | None = None


class DriftRequest(NamedTuple):
    """A row; `state` is queued, running, done or failed, `message` says why it failed, `report` is its answer."""

    id: int
    requested_by: str
    requested_at: datetime
    spec: Wanted
    state: str
    message: str
    finished_at: datetime | None
    report: int | None


def request(connection: Connection, audit: Audit, wanted: Wanted, actor: str) -> int:
    """Ask for a report; returns the request's number."""
    spec = msgspec.to_builtins(wanted)
    job = queue.enqueue(connection, JOB)
    values = {"job": job.id, "spec": codec.encode(spec).decode(), "actor": actor}
    number = int(connection.execute(query("drift_requests.insert"), values).scalar_one())
    audit.append(connection, actor, "drift.request", f"drift-request:{number}", None, spec)
    return number


def of_job(database: Database, job: int) -> DriftRequest:
    """The request of a claimed job. Raises Lost when there is none any more."""
    with database.transaction() as connection:
        row = connection.execute(query("drift_requests.read"), {"job": job, "most": 1}).mappings().first()
    if row is None:
        raise queue.Lost(f"job {job} has no drift request")
    return _one(dict(row))


def answer(connection: Connection, number: int, report: int) -> None:
    """The report that a request asked for, in the transaction that ends its job."""
    connection.execute(query("drift_requests.answer"), {"id": number, "report": report})


def newest(connection: Connection, most: int = 10) -> list[DriftRequest]:
    """The newest requests."""
    values = {"job": None, "most": most}
    return [_one(dict(row)) for row in connection.execute(query("drift_requests.read"), values).mappings()]


def _one(row: dict[str, Any]) -> DriftRequest:
    return DriftRequest(**{**row, "spec": msgspec.convert(row["spec"], Wanted)})
