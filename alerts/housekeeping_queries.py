"""What the alert worker looks up when it is not evaluating: who waits for an answer, which silence ends, canaries."""

from datetime import datetime
from typing import NamedTuple

from core.alerting.silences import Silence
from core.clock import to_datetime
from core.db.engine import Connection
from core.db.queries import query


class Unacknowledged(NamedTuple):
    """An open incident that people were told of, and nobody took; since when it waits."""

    id: str
    rule: str
    series: str
    severity: str
    waiting_since: datetime
    group_id: str | None


def unacknowledged(connection: Connection) -> list[Unacknowledged]:
    """Incidents that wait for somebody and were not escalated, the oldest first."""
    return [Unacknowledged(*row) for row in connection.execute(query("chores.unacknowledged"))]


def ending_silence(connection: Connection, now: float, until: float) -> Silence | None:
    """A silence in force that ends by `until` and of which nobody was warned; it counts as warned from now on."""
    values = {"now": to_datetime(now), "until": to_datetime(until)}
    row = connection.execute(query("chores.ending_silence"), values).mappings().one_or_none()
    return Silence(**row) if row else None


def last_canary(connection: Connection) -> float | None:
    """When the newest synthetic message was written."""
    at: datetime | None = connection.execute(query("chores.last_canary")).scalar()
    return None if at is None else at.timestamp()


def drop_synthetic(connection: Connection, before: datetime) -> int:
    """Let go of old canaries; returns how many."""
    return connection.execute(query("chores.drop_synthetic"), {"before": before}).rowcount


class Waiting(NamedTuple):
    """Gauges: messages that wait, the age of the oldest that is due (seconds), incidents that are open."""

    messages: int
    oldest: float
    incidents: int


def waiting(connection: Connection, now: float) -> Waiting:
    """How much waits."""
    row = connection.execute(query("chores.waiting"), {"now": to_datetime(now)}).one()
    return Waiting(row.messages, row.oldest or 0.0, row.incidents)
