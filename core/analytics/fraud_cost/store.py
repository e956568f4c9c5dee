"""Reads what is summed up for the page Fraud cost: cells, by day where a whole day is in the same part, and events."""

from collections.abc import Collection, Iterator
from datetime import date, datetime, timedelta
from typing import NamedTuple

import numpy as np

from core.analytics.fraud_cost.cells import Cells, Flags, Whole, from_columns
from core.analytics.fraud_cost.events import EventRow
from core.analytics.periods import DAY, Period, Span
from core.clock import to_datetime
from core.db.engine import Connection
from core.db.queries import query

HISTORY = 120 * DAY  # that the estimates learn from, at least
INSIDE, BEFORE = 2, 1
_COLUMNS = 16
# As the table analytics_fraud_cost_days packs a cell.
PACKED = np.dtype(
    [("model", ">i4"), ("policy", ">i4"), ("decision", ">i2"), ("label", ">i2"), ("bank", ">i2"), ("held", ">i2"),
     ("band", ">i2"), ("score", ">i2"), ("delay", ">i2"), ("n", ">i4"), ("cents", ">i8"), ("reviews", ">i4"),
     ("without_amount", ">i4")]
)  # fmt: skip


class Read(NamedTuple):
    """What the ledger is made of: `columns`, rows of 16 whole numbers of the whole history (the week from Monday, UTC;
    days that a cell has had since, whole ones or, of a day, to the nearest; INSIDE, BEFORE or 0; the cell's keys and
    sums); `events` as rows; `policies`: the profile and the beginning of each version.
    """

    columns: bytes
    events: tuple[EventRow, ...]
    policies: dict[int, tuple[str, datetime]]


class Parts(NamedTuple):
    """Cells of the whole history, of which `inside` are of the period and `before` of the one before.

    `without_amount` of the period count as 0.
    """

    cells: Cells
    inside: Flags
    before: Flags
    without_amount: int


def read(connection: Connection, period: Period) -> Read:
    """Everything of a period. Raises DatabaseUnavailable."""
    before = period.before or Span(period.span.start, period.span.start)
    learnt = Span(min(before.start, period.span.end - HISTORY), period.span.end)
    whole, rest = split(learnt, (*period.span, *before))
    given = {
        **period.span.given, "before_start": to_datetime(before.start), "before_end": to_datetime(before.end),
        "now": to_datetime(period.now), "starts": [to_datetime(one.start) for one in rest],
        "ends": [to_datetime(one.end) for one in rest],
    }  # fmt: skip
    hours = [tuple(row) for row in connection.execute(query("fraud_cost.hours"), given)]
    columns = np.concatenate([np.array(hours, np.int64).reshape(-1, _COLUMNS), *_days(connection, whole, period)])
    days = period.span.whole_days.given
    given = {**period.span.given, "whole_start": days["start"], "whole_end": days["end"]}
    events = connection.execute(query("fraud_events.by_event"), given)
    policies = connection.execute(query("fraud_cost.policies"), {"versions": np.unique(columns[:, 4]).tolist()})
    return Read(
        columns.tobytes(),
        tuple(EventRow(*row) for row in events),
        {row.version: (row.profile, row.created_at) for row in policies},
    )


def split(span: Span, ends: Collection[int]) -> tuple[list[Span], list[Span]]:
    """The days (UTC) of a span that none of the `ends` lies within, and the parts of it that are in none of these."""
    cut = {end // DAY for end in (*span, *ends) if end % DAY}
    whole = [day for day in range(-(-span.start // DAY), span.end // DAY) if day not in cut]
    edges = [span.start, *(edge for day in whole for edge in (day * DAY, (day + 1) * DAY)), span.end]
    rest = [Span(start, end) for start, end in zip(edges[::2], edges[1::2], strict=True) if start < end]
    return [Span(day * DAY, (day + 1) * DAY) for day in whole], rest


def _days(connection: Connection, days: list[Span], period: Period) -> Iterator[Whole]:
    """The columns of the cells of each day."""
    wanted = {to_datetime(day.start).date(): day for day in days}
    given = {"first": min(wanted, default=date.max), "after": max(wanted, default=date.min) + timedelta(days=1)}
    for row in connection.execute(query("fraud_cost.days"), given):
        day = wanted.get(row.day)
        if day is not None:
            cells = np.frombuffer(row.cells, PACKED)
            week, age = (day.start // DAY + 3) // 7, max(0, round((period.now - day.end) / DAY))
            own = [np.full(len(cells), one, np.int64) for one in (week, age, _part(day.start, period))]
            yield np.stack([*own, *(cells[name].astype(np.int64) for name in cells.dtype.names or ())], axis=1)


def _part(at: int, period: Period) -> int:
    if period.span.start <= at < period.span.end:
        return INSIDE
    return BEFORE if period.before and period.before.start <= at < period.before.end else 0


def parts(columns: bytes) -> Parts:
    """The columns of `Read` as cells."""
    week, age, part, *keys = np.frombuffer(columns, np.int64).reshape(-1, _COLUMNS).T
    cells = from_columns([week, age, *keys[:-1]])
    return Parts(cells, part == INSIDE, part == BEFORE, int(keys[-1][part == INSIDE].sum()))
