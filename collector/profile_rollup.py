"""Hours of profiles, made of minutes that are old enough; what comes late is added to its hour later.

Minutes are taken away and added to their hour in one transaction, so whoever reads both tables finds each sample once.
"""

from collections import Counter, defaultdict
from datetime import datetime
from typing import Any

from core.db.engine import Database, execute_values
from core.db.queries import sql
from core.endpoints import stacks

HOUR = 3600
AT_ONCE = 24  # hours of a round
MOST_STACKS = 5_000  # of a series in an hour


def run(database: Database, minute_hours: int, now: float) -> int:
    """Make hours of minutes older than `minute_hours`; how many hours that were. Raises DatabaseUnavailable."""
    before = (now - minute_hours * HOUR) // HOUR * HOUR
    with database.raw() as connection, connection.cursor() as cursor:
        cursor.execute(sql("profile_rollup.old_hours"), {"before": before, "most": AT_ONCE})
        starts = [start for (start,) in cursor.fetchall()]
    return sum(_make(database, start) for start in starts)


def _make(database: Database, start: datetime) -> bool:
    """One hour, in a transaction; False where another collector is at it."""
    with database.raw() as connection, connection.cursor() as cursor:
        cursor.execute(sql("profile_rollup.only_one"))
        if not cursor.fetchone()[0]:
            return False
        found: dict[int, Counter[int]] = defaultdict(Counter)
        cursor.execute(sql("profile_rollup.take"), {"start": start})
        _add(found, cursor)
        cursor.execute(sql("profile_rollup.known"), {"start": start, "ids": list(found)})
        _add(found, cursor)
        rows = [
            (start, number, samples.total(), stacks.encode(samples, MOST_STACKS))
            for number, samples in sorted(found.items())
        ]
        if rows:
            execute_values(cursor, sql("profile_rollup.put"), rows, page_size=200)
    return True


def _add(found: dict[int, Counter[int]], cursor: Any) -> None:
    for number, _, packed in cursor.fetchall():
        found[number].update(stacks.decode(bytes(packed)))
