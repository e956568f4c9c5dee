"""Security events (S1, S2): the last fifteen minutes, newest first, with counts; longer ranges are followed."""

from api.context import ResourceContext, milliseconds
from api.window import Window
from core.clock import to_datetime
from core.db.queries import query
from core.monitoring.security import SecurityEvent, SecurityEvents, SeverityCounts

NAME = "security"
REFRESH = 5.0
MOST = 200
HOUR = 3600


def read(context: ResourceContext, window: Window) -> SecurityEvents:
    """Up to an hour of rolling range shows the last fifteen minutes."""
    start = window.start
    if window.live and window.seconds <= HOUR:
        start = window.end - context.config.security_minutes * 60
    span = {"start": to_datetime(start), "end": to_datetime(window.end)}
    counts = dict.fromkeys(("critical", "high", "medium", "low"), 0)
    counts.update({row[0]: row[1] for row in context.tuples(query("security.counts"), **span)})
    rows = context.rows(query("security.newest"), most=MOST, **span)
    return SecurityEvents(
        start=milliseconds(start),
        end=milliseconds(window.end),
        counts=SeverityCounts(**counts),
        events=[SecurityEvent(t=milliseconds(row.pop("timestamp")), **row) for row in rows],
        total=sum(counts.values()),
    )
