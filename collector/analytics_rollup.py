"""Sums of raw rows by hour, made in PostgreSQL: a topic is one file of named queries and one table.

A topic is a file `sql/queries/analytics/<topic>.sql` with a query `put`, and a table `analytics_<topic>` with a column
`hour`. The file's first line says which rows it reads: `-- sources: predictions, transactions`. Notes of what changed
(`core/transactions/stale_hours.py`) say what is to be summed up; they are taken away before the rows are read, so
whatever comes later is noted anew. One collector sums up at a time.
"""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from time import perf_counter
from typing import Any

from core.clock import to_datetime
from core.config import RetentionConfig
from core.db import queries
from core.db.engine import Database
from core.db.queries import sql
from core.errors import ConfigError
from core.settings import ROOT

HOUR, DAY = 3600, 86_400
PAUSE = 30.0  # seconds between two sums of one hour
TIMES = 10.0  # or so many times what the last one took
AT_ONCE = 48  # hours of one round
FILLING = 2.0  # seconds of one round that history gets
KEPT_DAYS = 2.0  # that the times of sums are kept
SOURCES = ("predictions", "transactions", "requests")
_SOURCES = re.compile(r"^-- sources: ([a-z, ]+)$", re.MULTILINE)


@dataclass(frozen=True)
class Topic:
    """What is summed up by hour: its name, and which rows it reads."""

    name: str
    sources: tuple[str, ...]

    def sum_up(self, cursor: Any, hour: datetime) -> None:
        """The sums of an hour in place of what was known of it."""
        cursor.execute(
            f"DELETE FROM analytics_{self.name} WHERE hour = %s",  # nosec B608: the name is that of a file of ours
            (hour,),
        )
        cursor.execute(sql(f"{self.name}.put"), {"hour": hour, "end": hour + timedelta(hours=1)})


@cache
def topics() -> tuple[Topic, ...]:
    """Every topic. Raises ConfigError for one that does not say what it reads."""
    names = [name.partition(".")[0] for name in queries.names() if name.endswith(".put")]
    files = {name: queries.file_of(f"{name}.put") for name in names}
    return tuple(
        Topic(name, _sources(file)) for name, file in sorted(files.items()) if file.startswith("sql/queries/analytics/")
    )


def step(database: Database, keep: RetentionConfig, now: float) -> int:
    """A round of the collector: what changed, then some history; how many hours. Raises DatabaseUnavailable."""
    return run(database, keep, now) + fill(database, keep, now)


def run(database: Database, keep: RetentionConfig, now: float) -> int:
    """Sum up what changed; how many hours that were. Raises DatabaseUnavailable."""
    with database.raw() as connection, connection.cursor() as cursor:
        given = {"pause": PAUSE, "times": TIMES, "now": now, "most": AT_ONCE}
        cursor.execute(sql("analytics_rollup.stale"), given)
        found = cursor.fetchall()
        cursor.execute(sql("analytics_rollup.forget_summed"), {"before": now - KEPT_DAYS * DAY})
    return sum(_sum_up(database, keep, source, hour, now) for source, hour in found)


def _sum_up(database: Database, keep: RetentionConfig, source: str, hour: datetime, now: float) -> bool:
    """One hour, in a transaction; False where another collector is at it, or its rows are no longer kept."""
    began = perf_counter()
    with database.raw() as connection, connection.cursor() as cursor:
        cursor.execute(sql("analytics_rollup.only_one"))
        if not cursor.fetchone()[0]:
            return False
        cursor.execute(sql("analytics_rollup.take"), {"source": source, "hour": hour})
        chosen = [one for one in topics() if source in one.sources and hour.timestamp() >= oldest(one, keep, now)]
        for topic in chosen:
            topic.sum_up(cursor, hour)
        given = {"source": source, "hour": hour, "at": now, "seconds": perf_counter() - began}
        cursor.execute(sql("analytics_rollup.summed"), given)
    return bool(chosen)


def fill(database: Database, keep: RetentionConfig, now: float, seconds: float = FILLING) -> int:
    """Sum up history that was there before its topic was, the newest first, for so many seconds; how many hours.

    It goes on where it stopped, after a restart too. Raises DatabaseUnavailable.
    """
    until, done = perf_counter() + seconds, 0
    while perf_counter() < until and (step := _fill_one(database, keep, now)):
        done += step
    return done


def _fill_one(database: Database, keep: RetentionConfig, now: float) -> bool:
    """One hour of one topic; False where no history is left, or another collector is at it."""
    with database.raw() as connection, connection.cursor() as cursor:
        cursor.execute(sql("analytics_rollup.only_one"))
        if not cursor.fetchone()[0]:
            return False
        cursor.execute(sql("analytics_rollup.topics"))
        known = {name: (filled_to, done) for name, filled_to, done in cursor.fetchall()}
        topic = next((one for one in topics() if not known.get(one.name, (None, False))[1]), None)
        if topic is None:
            return False
        if topic.name not in known:
            begin = to_datetime(now // HOUR * HOUR + HOUR)
            cursor.execute(sql("analytics_rollup.begin_topic"), {"topic": topic.name, "hour": begin})
            known[topic.name] = begin, False
        hour = _hour_before(cursor, topic, known[topic.name][0], oldest(topic, keep, now))
        if hour is not None:
            topic.sum_up(cursor, hour)
        given = {"topic": topic.name, "hour": hour or known[topic.name][0], "done": hour is None}
        cursor.execute(sql("analytics_rollup.filled"), given)
    return True


def oldest(topic: Topic, keep: RetentionConfig, now: float) -> float:
    """The day from which on all rows of a topic are kept; what was summed up of older ones stays."""
    days = keep.requests_days if "requests" in topic.sources else keep.raw_days
    return now // DAY * DAY - days * DAY


def _hour_before(cursor: Any, topic: Topic, before: datetime, least: float) -> datetime | None:
    """The newest hour before another in which a topic has rows."""
    times = []
    for source in topic.sources:
        cursor.execute(sql(f"analytics_rollup.last_{source}"), {"before": before, "oldest": least})
        times += [at for (at,) in cursor.fetchall() if at is not None]
    return to_datetime(max(times).timestamp() // HOUR * HOUR) if times else None


def _sources(file: str) -> tuple[str, ...]:
    found = _SOURCES.search((ROOT / file).read_text())
    names = tuple(found[1].replace(" ", "").split(",")) if found else ()
    if not names or not set(names) <= set(SOURCES):
        raise ConfigError([f"{file} does not say which rows it reads: -- sources: {', '.join(SOURCES)}"])
    return names


def check(database: Database, now: float) -> int:
    """Note hours of the last days whose sums lack predictions, which a release before this one stored without a note
    while both ran; how many. Raises DatabaseUnavailable.
    """
    with database.raw() as connection, connection.cursor() as cursor:
        cursor.execute(sql("analytics_rollup.note_differing"), {"since": now // DAY * DAY - KEPT_DAYS * DAY})
        return int(cursor.rowcount)


def drop(database: Database, days: int) -> None:
    """Let hours go that are older than so many days, and what else a topic keeps (its query `forget`).

    Raises DatabaseUnavailable.
    """
    known = queries.names()
    for topic in topics():
        with database.raw() as connection, connection.cursor() as cursor:
            cursor.execute(
                f"DELETE FROM analytics_{topic.name} WHERE hour < now() - %s * interval '1 day'",  # nosec B608: as above
                (days,),
            )
            if f"{topic.name}.forget" in known:
                cursor.execute(sql(f"{topic.name}.forget"), {"days": days})
