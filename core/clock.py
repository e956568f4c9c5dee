"""The one clock. Functions that judge take the time as a value; edges ask here."""

import time
from datetime import UTC, datetime


def now() -> float:
    """Epoch seconds, UTC."""
    return time.time()


def to_datetime(seconds: float) -> datetime:
    """An aware UTC datetime for epoch seconds."""
    return datetime.fromtimestamp(seconds, UTC)


def iso(seconds: float) -> str:
    """ISO 8601 in UTC with milliseconds and `Z`."""
    return to_datetime(seconds).isoformat(timespec="milliseconds").replace("+00:00", "Z")
