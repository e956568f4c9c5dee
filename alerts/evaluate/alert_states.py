"""What the evaluator keeps between two ticks: states, what it saw, and its rules as other processes may read them."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from core import codec
from core.clock import to_datetime
from core.db.engine import Connection
from core.db.queries import query


class StoredState(NamedTuple):
    """The state of one series as it was written: `state` is the machine's own JSON."""

    rule: str
    series: str
    state: str
    evaluated_at: float


class StateRow(NamedTuple):
    """The state of one series to write; `since` in epoch seconds, `state` JSON-able."""

    rule: str
    series: str
    phase: str
    health: str
    value: float | None
    since: float
    incident_id: str | None
    state: Any


class RuleRow(NamedTuple):
    """A rule for readers; `definition` is JSON-able: its configuration, with its calendar's and actions' names."""

    id: str
    position: int
    title: str
    severity: str
    definition: Any


def load(connection: Connection) -> list[StoredState]:
    """The state of every series."""
    rows = connection.execute(query("alert_states.all"))
    return [StoredState(row.rule, row.series, row.state, row.evaluated_at.timestamp()) for row in rows]


def put(connection: Connection, rows: Iterable[StateRow], now: float) -> None:
    """Write states as they are at `now`."""
    documents = [row._asdict() for row in rows]
    if documents:
        values = {"states": codec.encode(documents).decode(), "at": to_datetime(now)}
        connection.execute(query("alert_states.put"), values)


def forget(connection: Connection, series: Sequence[tuple[str, str]]) -> None:
    """Drop the states of (rule, series) pairs."""
    if series:
        gone = [{"rule": rule, "series": name} for rule, name in series]
        connection.execute(query("alert_states.forget"), {"gone": codec.encode(gone).decode()})


def last_tick(connection: Connection) -> float | None:
    """When the newest evaluation was; None before the first."""
    at: datetime | None = connection.execute(query("alert_states.last_tick")).scalar()
    return None if at is None else at.timestamp()


def newest_tick(connection: Connection) -> bytes:
    """The newest record."""
    return bytes(connection.execute(query("alert_states.newest_tick")).scalar_one())


def put_tick(connection: Connection, at: float, token: int, readings: bytes) -> None:
    """Record an evaluation."""
    connection.execute(query("alert_states.put_tick"), {"at": to_datetime(at), "token": token, "readings": readings})


def ticks(connection: Connection, start: float, end: float) -> list[tuple[float, bytes]]:
    """Recorded evaluations of [start, end), oldest first."""
    values = {"start": to_datetime(start), "end": to_datetime(end)}
    rows = connection.execute(query("alert_states.ticks"), values)
    return [(row.at.timestamp(), bytes(row.readings)) for row in rows]


def drop_ticks(connection: Connection, before: float) -> int:
    """Let go of old recordings; returns how many."""
    return connection.execute(query("alert_states.drop_ticks"), {"before": to_datetime(before)}).rowcount


def note_judging(connection: Connection, kept_since: float) -> None:
    """Count the minutes of each hour in which rules were judged, since the newest hour that is counted."""
    newest = connection.execute(query("alert_states.newest_judging")).scalar()
    connection.execute(query("alert_states.note_judging"), {"since": newest or to_datetime(kept_since)})


def drop_judging(connection: Connection, before: float) -> None:
    """Let go of old ones."""
    connection.execute(query("alert_states.drop_judging"), {"before": to_datetime(before)})


def publish(connection: Connection, rules: Sequence[RuleRow], now: float) -> None:
    """Say which rules there are."""
    documents = [rule._asdict() for rule in rules]
    values = {"rules": codec.encode(documents).decode(), "at": to_datetime(now)}
    connection.execute(query("alert_states.put_rules"), values)
    connection.execute(query("alert_states.drop_rules"), {"ids": [rule.id for rule in rules]})


def rules(connection: Connection) -> list[dict[str, Any]]:
    """The rules in their order."""
    return [dict(row) for row in connection.execute(query("alert_states.rules")).mappings()]
