"""The time that an event, a label or a query carries: ISO 8601, or epoch seconds; UTC without an offset. Pure."""

import math
from datetime import UTC, datetime

from core import clock
from core.errors import BadInput

OLDEST = 946_684_800.0  # 2000-01-01


def when(value: str | float | None, now: float, ahead: float = 300.0) -> float:
    """Epoch seconds of a timestamp; a time without an offset is UTC. Raises BadInput outside 2000 … now + `ahead`."""
    if value is None:
        return now
    if isinstance(value, str):
        try:
            parsed = datetime.fromisoformat(value)
            seconds = (parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)).timestamp()
        except (ValueError, OverflowError):
            raise BadInput("$.timestamp", f"{value[:60]!r} is not an ISO 8601 time") from None
    else:
        seconds = float(value)
    if not math.isfinite(seconds) or seconds < OLDEST:
        raise BadInput("$.timestamp", "before the year 2000 or not a time (epoch times are in seconds)")
    if seconds > now + ahead:
        latest = clock.iso(now + ahead)[:19]
        told = f"more than {ahead:g} s in the future (epoch times are in seconds): the latest time is {latest}Z"
        raise BadInput("$.timestamp", told)
    return round(seconds, 6)
