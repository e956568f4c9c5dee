"""Reads what is summed up for the page Fraud cost: cells, by day where a whole day is in the same part, and events."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, NamedTuple

import numpy as np

from console.analytics.fraud_cost.cells import Cells, Flags, Whole, from_columns
from console.analytics.fraud_cost.events import EventRow
from core.analytics.periods import DAY, Period, Span
from core.clock import to_datetime
from core.db.engine import Connection
from core.db.queries import query

HISTORY = 120 * DAY  # that the estimates learn from, at least
INSIDE, BEFORE = 2, 1
_COLUMNS = 16
# As the table analytics_fraud_cost_packed has a cell.
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
    spans = [(one, 24) for one in whole] + [(one, 1) for one in rest]
    given = {
        "starts": [to_datetime(one.start) for one, _ in spans], "ends": [to_datetime(one.end) for one, _ in spans],
        "hours": [hours for _, hours in spans],
    }  # fmt: skip
    columns = _unpacked(connection.execute(query("fraud_cost.packed"), given).all(), period, before)
    events = connection.execute(query("fraud_events.by_event"), period.span.given_by_days)
    policies = connection.execute(query("fraud_cost.policies"), {"versions": np.unique(columns[:, 4]).tolist()})
    return Read(
        columns.tobytes(),
        tuple(EventRow(*row) for row in events),
        {row.version: (row.profile, row.created_at) for row in policies},
    )


def split(span: Span, ends: Collection[int]) -> tuple[list[Span], list[Span]]:
    """The whole days (UTC) of a span that none of the `ends` lies within, neighbours together, and the rest of it."""
    cut = {end // DAY for end in (*span, *ends) if end % DAY}
    whole: list[Span] = []
    for day in range(-(-span.start // DAY), span.end // DAY):
        if day not in cut:
            start = whole.pop().start if whole and whole[-1].end == day * DAY else day * DAY
            whole.append(Span(start, (day + 1) * DAY))
    edges = [span.start, *(edge for one in whole for edge in one), span.end]
    rest = [Span(start, end) for start, end in zip(edges[::2], edges[1::2], strict=True) if start < end]
    return whole, rest


def _unpacked(rows: Sequence[Any], period: Period, before: Span) -> Whole:
    """The columns of the cells of hours and days."""
    cells = np.frombuffer(b"".join(row.cells for row in rows), PACKED)
    sizes = [len(row.cells) // PACKED.itemsize for row in rows]
    found = np.empty((len(cells), _COLUMNS), np.int64)
    own = np.array([_of(row.start, row.hours, period, before) for row in rows], np.int64).reshape(-1, 3)
    found[:, :3] = np.repeat(own, sizes, axis=0)
    for place, name in enumerate(cells.dtype.names or (), 3):
        found[:, place] = cells[name]
    return found


def _of(start: int, hours: int, period: Period, before: Span) -> tuple[int, int, int]:
    """Week, age and part of what begins at a time."""
    since = (period.now - start) / DAY - hours / 24
    part = INSIDE if _is_in(start, period.span) else BEFORE if _is_in(start, before) else 0
    return (start // DAY + 3) // 7, max(0, round(since) if hours == 24 else int(since)), part


def _is_in(at: int, span: Span) -> bool:
    return span.start <= at < span.end


def parts(columns: bytes) -> Parts:
    """The columns of `Read` as cells."""
    week, age, part, *keys = np.frombuffer(columns, np.int64).reshape(-1, _COLUMNS).T
    cells = from_columns([week, age, *keys[:-1]])
    return Parts(cells, part == INSIDE, part == BEFORE, int(keys[-1][part == INSIDE].sum()))
