"""Security events (S1, S2): the last fifteen minutes, newest first, with counts; longer ranges are followed."""

from typing import Any, Literal, TypedDict

from api.context import Context, milliseconds
from api.window import Window
from core.clock import to_datetime
from core.store.queries import query

NAME = "security"
REFRESH = 5.0
MOST = 200
HOUR = 3600


class Counts(TypedDict):
    """Events by severity."""

    critical: int
    high: int
    medium: int
    low: int


class SecurityRow(TypedDict):
    """One event, at `t` (ms)."""

    t: int
    id: str
    severity: Literal["critical", "high", "medium", "low"]
    text: str
    category: str
    action: str | None
    outcome: str
    actor: str | None
    ip: str | None
    correlation_id: str | None
    source: str


Data = TypedDict("Data", {"from": int, "to": int, "counts": Counts, "events": list[SecurityRow], "total": int})


def read(context: Context, window: Window) -> dict[str, Any]:
    """Up to an hour of rolling range shows the last fifteen minutes."""
    start = window.start
    if window.live and window.seconds <= HOUR:
        start = window.end - context.config.security_minutes * 60
    span = {"start": to_datetime(start), "end": to_datetime(window.end)}
    counts = dict.fromkeys(("critical", "high", "medium", "low"), 0)
    counts.update({row[0]: row[1] for row in context.tuples(query("security.counts"), **span)})
    rows = context.rows(query("security.newest"), most=MOST, **span)
    return {
        "from": milliseconds(start),
        "to": milliseconds(window.end),
        "counts": counts,
        "events": [{"t": milliseconds(row.pop("timestamp")), **row} for row in rows],
        "total": sum(counts.values()),
    }
