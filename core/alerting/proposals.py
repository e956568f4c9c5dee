"""Searches for quieter settings of a rule: asked for by people, jobs of the queue, run by an alert worker (N2).

`result` is a `Proposal` of alerts/backtest/proposal.py as JSON.
"""

from datetime import datetime
from typing import Any, NamedTuple

from core import codec
from core.audit.chain import Audit
from core.clock import to_datetime
from core.db.engine import Connection
from core.db.jobs import queue
from core.db.queries import query

JOB = queue.Kind("rule-proposal", abandoned="the alert worker crashed {attempts} times while searching")


class Asked(NamedTuple):
    """A search; `state` is queued, running, done or failed, and `message` says why it failed."""

    id: int
    rule: str
    requested_by: str
    requested_at: datetime
    result: dict[str, Any] | None
    state: str
    message: str


def request(connection: Connection, audit: Audit, rule: str, actor: str, now: float) -> int:
    """Ask for a search; returns its number."""
    job = queue.enqueue(connection, JOB)
    values = {"job": job.id, "rule": rule, "actor": actor, "at": to_datetime(now)}
    number = int(connection.execute(query("quality.propose"), values).scalar_one())
    audit.append(connection, actor, "proposal.request", f"rule:{rule}", None, {"proposal": number})
    return number


def newest(connection: Connection) -> dict[str, Asked]:
    """The newest search of each rule."""
    return {row.rule: Asked(*row) for row in connection.execute(query("quality.newest"))}


def rule_of(connection: Connection, job: int) -> str:
    """The rule of a claimed job. Raises Lost when there is none any more."""
    row = connection.execute(query("quality.of_job"), {"job": job}).one_or_none()
    if row is None:
        raise queue.Lost(f"job {job} has no proposal")
    return str(row.rule)


def answer(connection: Connection, job: int, result: Any) -> None:
    """The JSON-able result, in the transaction that ends its job."""
    connection.execute(query("quality.answer"), {"job": job, "result": codec.encode(result).decode()})


def drop(connection: Connection, before: float) -> int:
    """Let go of old ones; returns how many."""
    return queue.drop(connection, JOB, before)
