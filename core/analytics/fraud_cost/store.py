"""Reads what is summed up for the page Fraud cost: cells for the estimates, what is counted, and events."""

from datetime import datetime
from typing import Any, NamedTuple

import numpy as np

from core.analytics.fraud_cost.cells import Cells, Flags, from_columns
from core.analytics.fraud_cost.events import EventRow
from core.analytics.periods import DAY, Period, Span
from core.clock import to_datetime
from core.db.engine import Connection
from core.db.queries import query

HISTORY = 120 * DAY  # that the estimates learn from, at least
INSIDE, BEFORE = 2, 1
_COLUMNS = 16


class Read(NamedTuple):
    """What the ledger is made of: `columns`, rows of 16 whole numbers that the query `fraud_cost.cells` gives, of the
    whole history; `events` as rows; `policies`: the profile and the beginning of each version.
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


class Counted(NamedTuple):
    """What is counted of a span, exactly: how many and their cents (see the query)."""

    stopped: int
    stopped_cents: int
    found: int
    found_cents: int
    lost: int
    lost_cents: int
    chargebacks: int
    wrong: int
    wrong_cents: int
    unknown: int
    unknown_cents: int
    reviews: int


def read(connection: Connection, period: Period) -> Read:
    """Everything of a period. Raises DatabaseUnavailable."""
    before = period.before or Span(period.span.start, period.span.start)
    first = min(before.start, period.span.end - HISTORY)
    given: dict[str, Any] = {
        **period.span.given, "now": to_datetime(period.now), "first": to_datetime(first),
        "before_start": to_datetime(before.start), "before_end": to_datetime(before.end),
        "last": to_datetime(period.span.end),
    }  # fmt: skip
    rows = connection.execute(query("fraud_cost.cells"), given).all()
    columns = np.array([tuple(row) for row in rows], np.int64).reshape(-1, _COLUMNS)
    policies = connection.execute(query("fraud_cost.policies"), {"versions": np.unique(columns[:, 4]).tolist()})
    return Read(
        columns.tobytes(),
        tuple(EventRow(*row) for row in connection.execute(query("fraud_events.by_event"), period.span.given)),
        {row.version: (row.profile, row.created_at) for row in policies},
    )


def parts(columns: bytes) -> Parts:
    """The columns of `Read` as cells."""
    week, age, part, *keys = np.frombuffer(columns, np.int64).reshape(-1, _COLUMNS).T
    cells = from_columns([week, age, *keys[:-1]])
    return Parts(cells, part == INSIDE, part == BEFORE, int(keys[-1][part == INSIDE].sum()))


def counted(connection: Connection, span: Span) -> Counted:
    """What is counted of a span. Raises DatabaseUnavailable."""
    return Counted(*connection.execute(query("fraud_cost.counted"), span.given).one())
