"""Hours and days, summed up of minutes once they are over, and again when a late row came: of endpoints, of queries.

A table of notes names what is to be summed up. A note is written with the minute that it is about, so whoever sees the
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
    """A series over an hour or a day; `added` are further columns that add up."""

    hits: int = 0
    added: list[int] = field(default_factory=list)
    total: int = 0
    least: int = MOST_NANO
    most: int = 0
    counts: histogram.Counts = field(default_factory=lambda: np.zeros(histogram.BUCKETS, np.int64))


def run(database: Database, now: float, topic: str) -> int:
    """Sum up what is stale and over, by the named queries of a topic; how many hours and days that were.

    Raises DatabaseUnavailable.
    """
    done = 0
    for width in (HOUR, DAY):
        with database.raw() as connection, connection.cursor() as cursor:
            cursor.execute(sql(f"{topic}.only_one"))
            if not cursor.fetchone()[0]:
                return done
            cursor.execute(sql(f"{topic}.forget_repeated"))
            cursor.execute(sql(f"{topic}.stale"), {"width": width, "before": now - GRACE, "most": AT_ONCE})
            starts = [start for (start,) in cursor.fetchall()]
        for start in starts:
            done += _sum_up(database, topic, width, start)
    return done


def _sum_up(database: Database, topic: str, width: int, start: datetime) -> bool:
    """One hour or day, in a transaction; False where another collector is at it."""
    with database.raw() as connection, connection.cursor() as cursor:
        cursor.execute(sql(f"{topic}.only_one"))
        if not cursor.fetchone()[0]:
            return False
        cursor.execute(sql(f"{topic}.take"), {"width": width, "start": start})
        name = "minutes_of_hour" if width == HOUR else "hours_of_day"
        cursor.execute(sql(f"{topic}.{name}"), {"start": start, "end": start + timedelta(seconds=width)})
        rows = [
            (
                start, number, one.hits, *one.added, min(one.total, MOST_NANO), one.least, one.most,
                histogram.of_row(one.counts),
            )
            for number, one in sorted(_sums(cursor).items())
        ]  # fmt: skip
        if rows:
            put = sql(f"{topic}.put_{'hours' if width == HOUR else 'days'}")
            execute_values(cursor, put, rows, page_size=500)
        if width == HOUR:
            day = to_datetime(start.timestamp() // DAY * DAY)
            cursor.execute(sql(f"{topic}.note_day"), {"day": day})
    return True


def _sums(cursor: Any) -> dict[int, _Sum]:
    found: dict[int, _Sum] = defaultdict(_Sum)
    while rows := cursor.fetchmany(ROWS):
        for (number, hits, *added, total, least, most, _), counts in zip(
            rows, histogram.rows([bytes(row[-1]) for row in rows]), strict=True
        ):
            one = found[number]
            one.hits += hits
            one.added = [sum(pair) for pair in zip(one.added or [0] * len(added), added, strict=True)]
            one.total += total
            one.least, one.most = min(one.least, least), max(one.most, most)
            one.counts += counts
    return found
