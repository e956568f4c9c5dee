"""Backtests: asked for by people, jobs of the queue, run by an alert worker (A13).

`spec` and `result`: alerts/backtest/spec.py.
"""

from datetime import datetime
from typing import Any, NamedTuple

from core import codec
from core.audit.chain import Audit
from core.clock import to_datetime
from core.db.engine import Connection
from core.db.jobs import queue
from core.db.queries import query
from core.errors import BadInput

JOB = queue.Kind("backtest", abandoned="the alert worker crashed {attempts} times while running the backtest")


class Backtest(NamedTuple):
    """A row; `state` is queued, running, done or failed, and `message` says why it failed."""

    id: int
    requested_at: datetime
    requested_by: str
    spec: dict[str, Any]
    state: str
    message: str
    finished_at: datetime | None
    result: dict[str, Any] | None = None


def request(connection: Connection, audit: Audit, spec: dict[str, Any], actor: str, now: float) -> int:
    """Ask for a backtest; returns its number. The worker says what is wrong with a spec."""
    job = queue.enqueue(connection, JOB)
    values = {"job": job.id, "spec": codec.encode(spec).decode(), "actor": actor, "at": to_datetime(now)}
    number = int(connection.execute(query("backtests.insert"), values).scalar_one())
    after = {"rule": spec.get("rule"), "from": spec.get("from"), "to": spec.get("to")}
    audit.append(connection, actor, "backtest.request", f"backtest:{number}", None, after)
    return number


def get(connection: Connection, number: int) -> Backtest:
    """One backtest with its result. Raises BadInput when there is none."""
    row = connection.execute(query("backtests.one"), {"id": number}).mappings().one_or_none()
    if row is None:
        raise BadInput("$.id", f"there is no backtest {number}")
    return Backtest(**row)


def newest(connection: Connection, most: int = 30) -> list[Backtest]:
    """The newest, without their results and own series."""
    return [Backtest(**row) for row in connection.execute(query("backtests.newest"), {"most": most}).mappings()]


def of_job(connection: Connection, job: int) -> Backtest:
    """The backtest of a claimed job. Raises Lost when there is none any more."""
    row = connection.execute(query("backtests.of_job"), {"job": job}).mappings().one_or_none()
    if row is None:
        raise queue.Lost(f"job {job} has no backtest")
    return Backtest(**row)


def answer(connection: Connection, number: int, result: Any) -> None:
    """The JSON-able result of a backtest, in the transaction that ends its job."""
    values = {"id": number, "result": codec.encode(result).decode()}
    connection.execute(query("backtests.answer"), values)


def drop(connection: Connection, before: float) -> int:
    """Let go of old ones; returns how many."""
    return queue.drop(connection, JOB, before)
