"""Notes which hours the sums of Analytics have to make anew (`collector/analytics_rollup.py`).

A note is written in the transaction that changes the rows of its hour, so whoever sees the note sees the rows.
"""

from collections.abc import Iterable
from typing import Any, Literal

from core.clock import to_datetime
from core.db.queries import sql

Source = Literal["predictions", "transactions", "requests"]
HOUR = 3600


def note(cursor: Any, source: Source, times: Iterable[float]) -> None:
    """Note the hours of rows that changed; `times` are those of the rows, epoch seconds."""
    if hours := sorted({int(at // HOUR) for at in times}):
        given = {"source": source, "hours": [to_datetime(hour * HOUR) for hour in hours]}
        cursor.execute(sql("analytics_rollup.note"), given)
