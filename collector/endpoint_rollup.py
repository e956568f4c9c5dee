"""Hours and days of endpoints, summed up of their minutes once they are over, and again when a late row came.

`endpoint_stale` names what is to be summed up. A note is written with the minute that it is about, so whoever sees the
note sees the minute, and takes away only notes seen before the minutes are read. One collector sums up at a time.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import numpy as np

from core.clock import to_datetime
from core.db.engine import Database, execute_values
from core.db.queries import sql
from core.endpoints import histogram
from core.events.endpoint_series import MOST_NANO

HOUR, DAY = 3600, 86_400
GRACE = 150  # seconds after its end that what is over is summed up: by then its last events are here
AT_ONCE = 48  # hours, or days, of one round
ROWS = 4_000  # histograms that are added up at a time


@dataclass(slots=True)
class _Sum:
    """A series over an hour or a day."""

    hits: int = 0
    total: int = 0
    least: int = MOST_NANO
    most: int = 0
    counts: histogram.Counts = field(default_factory=lambda: np.zeros(histogram.BUCKETS, np.int64))


def run(database: Database, now: float) -> int:
    """Sum up what is stale and over; how many hours and days that were. Raises DatabaseUnavailable."""
    done = 0
    for width in (HOUR, DAY):
        with database.raw() as connection, connection.cursor() as cursor:
            cursor.execute(sql("endpoint_rollup.only_one"))
            if not cursor.fetchone()[0]:
                return done
            cursor.execute(sql("endpoint_rollup.forget_repeated"))
            cursor.execute(sql("endpoint_rollup.stale"), {"width": width, "before": now - GRACE, "most": AT_ONCE})
            starts = [start for (start,) in cursor.fetchall()]
        for start in starts:
            done += _sum_up(database, width, start)
    return done


def _sum_up(database: Database, width: int, start: datetime) -> bool:
    """One hour or day, in a transaction; False where another collector is at it."""
    with database.raw() as connection, connection.cursor() as cursor:
        cursor.execute(sql("endpoint_rollup.only_one"))
        if not cursor.fetchone()[0]:
            return False
        cursor.execute(sql("endpoint_rollup.take"), {"width": width, "start": start})
        name = "minutes_of_hour" if width == HOUR else "hours_of_day"
        cursor.execute(sql(f"endpoint_rollup.{name}"), {"start": start, "end": start + timedelta(seconds=width)})
        rows = [
            (start, number, one.hits, min(one.total, MOST_NANO), one.least, one.most, histogram.of_row(one.counts))
            for number, one in sorted(_sums(cursor).items())
        ]
        if rows:
            put = sql(f"endpoint_rollup.put_{'hours' if width == HOUR else 'days'}")
            execute_values(cursor, put, rows, page_size=500)
        if width == HOUR:
            day = to_datetime(start.timestamp() // DAY * DAY)
            cursor.execute(sql("endpoint_rollup.note_day"), {"day": day})
    return True


def _sums(cursor: Any) -> dict[int, _Sum]:
    found: dict[int, _Sum] = defaultdict(_Sum)
    while rows := cursor.fetchmany(ROWS):
        for (number, hits, total, least, most, _), counts in zip(
            rows, histogram.rows([bytes(row[-1]) for row in rows]), strict=True
        ):
            one = found[number]
            one.hits += hits
            one.total += total
            one.least, one.most = min(one.least, least), max(one.most, most)
            one.counts += counts
    return found
