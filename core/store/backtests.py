"""Backtests as rows: asked for by people, run by a worker (A13). `spec` and `result`: alerts/backtest/spec.py."""

from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection

from core import codec
from core.clock import to_datetime
from core.errors import BadInput
from core.store.audit import Audit
from core.store.queries import query


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
    values = {"spec": codec.encode(spec).decode(), "actor": actor, "at": to_datetime(now)}
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


def claim(connection: Connection, now: float, seconds: float) -> tuple[int, dict[str, Any]] | None:
    """(number, spec) of one to run, this worker's for `seconds`."""
    values = {"now": to_datetime(now), "until": to_datetime(now + seconds)}
    row = connection.execute(query("backtests.claim"), values).one_or_none()
    return None if row is None else (row.id, row.spec)


def drop(connection: Connection, before: float) -> int:
    """Let go of old ones; returns how many."""
    return connection.execute(query("backtests.drop"), {"before": to_datetime(before)}).rowcount


def finish(connection: Connection, number: int, now: float, result: Any, message: str = "") -> None:
    """Done with a JSON-able result, or failed with a message (`result` None)."""
    values = {
        "id": number,
        "at": to_datetime(now),
        "state": "failed" if result is None else "done",
        "message": message[:2000],
        "result": None if result is None else codec.encode(result).decode(),
    }
    connection.execute(query("backtests.finish"), values)
