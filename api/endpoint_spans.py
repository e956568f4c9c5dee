"""Where a range of endpoints, or of queries, is read: whole days from days, whole hours from hours, the rest from
minutes. Pure but for `spans`.

What is not summed up yet, or not anew since a late row, is read from what it is made of. So every answer is the sum of
the minutes, and ninety days are as few rows as there are days.
"""

from collections.abc import Set
from functools import cache
from typing import NamedTuple

from core.db.engine import Connection, TextClause, text
from core.db.queries import query, sql

MINUTE, HOUR, DAY = 1, 60, 1440  # minutes
TABLES = {
    "endpoints": {MINUTE: "endpoint_minutes", HOUR: "endpoint_hours", DAY: "endpoint_days"},
    "queries": {MINUTE: "query_minutes", HOUR: "query_hours", DAY: "query_days"},
}
STEPS = (1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720, 1440, 2880, 4320, 10_080, 20_160)


class Span(NamedTuple):
    """Minutes of the epoch [first, after), and of how many minutes the rows are in which they are read."""

    width: int
    first: int
    after: int

    def values(self) -> dict[str, int]:
        """Its ends in seconds, for queries."""
        return {"start": self.first * 60, "end": self.after * 60}


@cache
def statement(name: str, width: int, topic: str = "endpoints") -> TextClause:
    """A named query of a topic (a key of TABLES) that reads rows of so many minutes."""
    tables = TABLES[topic]
    return text(sql(f"{topic}.{name}").replace(tables[MINUTE], tables[width]))


def step_for(length: int, bins: int) -> int:
    """The smallest step by which so many minutes are at most so many bins."""
    return next((step for step in STEPS if length <= bins * step), STEPS[-1])


def widened(first: int, after: int, step: int) -> tuple[int, int]:
    """The range in whole bins."""
    return first // step * step, -(-after // step) * step


def spans(connection: Connection, first: int, after: int, widest: int = DAY, topic: str = "endpoints") -> list[Span]:
    """Where a range is read; no row is of more than `widest` minutes.

    The transaction has to see one state of everything: begin it with `one_state`.
    """
    return chosen(first, after, *stale(connection, first, after, topic), widest)


def stale(connection: Connection, first: int, after: int, topic: str = "endpoints") -> tuple[set[int], set[int]]:
    """Hours and days of a range, by their first minutes, whose sums are not what their minutes say."""
    values = {"start": first // DAY * DAY * 60, "end": after * 60}
    found: dict[int, set[int]] = {HOUR: set(), DAY: set()}
    for seconds, start in connection.execute(query(f"{topic}.stale"), values):
        found[seconds // 60].add(start // 60)
    return found[HOUR], found[DAY]


def one_state(connection: Connection) -> None:
    """All further reads of this transaction see the same state."""
    connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")


def chosen(first: int, after: int, hours: Set[int], days: Set[int], widest: int = DAY) -> list[Span]:
    """The same from the stale hours and days by their first minutes."""
    not_days = days | {hour // DAY * DAY for hour in hours}
    found: list[Span] = []
    at = first
    while at < after:
        if widest >= DAY and at % DAY == 0 and at + DAY <= after and at not in not_days:
            width, to = DAY, at + DAY
        elif widest >= HOUR and at % HOUR == 0 and at + HOUR <= after and at not in hours:
            width, to = HOUR, at + HOUR
        else:
            width, to = MINUTE, min(after, at // HOUR * HOUR + HOUR)
        if found and found[-1].width == width:
            found[-1] = found[-1]._replace(after=to)
        else:
            found.append(Span(width, at, to))
        at = to
    return found
