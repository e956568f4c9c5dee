"""The one clock. Functions that judge take the time as a value; edges ask here."""

import time
from datetime import UTC, datetime

YEARS = (1970, 2999)  # of what people and programs write


def now() -> float:
    """Epoch seconds, UTC."""
    return time.time()


def to_datetime(seconds: float) -> datetime:
    """An aware UTC datetime for epoch seconds."""
    return datetime.fromtimestamp(seconds, UTC)


def moment(text: str) -> datetime:
    """What a person or a program wrote as a time (ISO 8601), in UTC, which it is without an offset.

    Raises ValueError, also outside the years 1970 to 2999: nothing of ours is there, and at the ends of the calendar
    arithmetic stops.
    """
    found = datetime.fromisoformat(text)
    if not YEARS[0] <= found.year <= YEARS[1]:
        raise ValueError(f"{text[:40]!r} is not within the years {YEARS[0]} to {YEARS[1]}")
    return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)


def day(text: str) -> datetime:
    """A day as YYYY-MM-DD, at its beginning in UTC. Raises ValueError as `moment` does."""
    if len(text) != len("YYYY-MM-DD"):
        raise ValueError(f"{text[:40]!r} is not a date")
    return moment(text)


def iso(seconds: float) -> str:
    """ISO 8601 in UTC with milliseconds and `Z`."""
    return to_datetime(seconds).isoformat(timespec="milliseconds").replace("+00:00", "Z")
