"""Drift reports that somebody asked for on a page: rows that a training worker takes up and answers with a report."""

from datetime import datetime
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import Connection

from core import codec
from core.store.audit import Audit
from core.store.db import Database
from core.store.queries import query

CLAIM_SECONDS = 300.0
MOST_ATTEMPTS = 3


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
    values = {"spec": codec.encode(spec).decode(), "actor": actor}
    number = int(connection.execute(query("drift_requests.insert"), values).scalar_one())
    audit.append(connection, actor, "drift.request", f"drift-request:{number}", None, spec)
    return number


def claim(database: Database, now: float, seconds: float = CLAIM_SECONDS) -> DriftRequest | None:
    """A request to answer, this worker's for `seconds`; None when none waits."""
    with database.transaction() as connection:
        connection.execute(query("drift_requests.abandon"), {"now": now, "most_attempts": MOST_ATTEMPTS})
        row = connection.execute(query("drift_requests.claim"), {"now": now, "seconds": seconds}).mappings().first()
    return _one(dict(row)) if row else None


def finish(database: Database, number: int, now: float, report: int | None, message: str = "") -> None:
    """Answered by a report, or failed with a message (`report` None)."""
    values = {"id": number, "now": now, "report": report, "state": "failed" if report is None else "done"}
    with database.transaction() as connection:
        connection.execute(query("drift_requests.finish"), {**values, "message": message[:2000]})


def newest(connection: Connection, most: int = 10) -> list[DriftRequest]:
    """The newest requests."""
    return [_one(dict(row)) for row in connection.execute(query("drift_requests.newest"), {"most": most}).mappings()]


def _one(row: dict[str, Any]) -> DriftRequest:
    return DriftRequest(**{**row, "spec": msgspec.convert(row["spec"], Wanted)})
