"""Predictions by decision over a span of hours, from the sums (`sql/queries/analytics/decisions.sql`)."""

from core.analytics.periods import Span
from core.analytics.rates import Decided
from core.db.engine import Connection
from core.db.queries import query


def totals(connection: Connection, span: Span) -> Decided:
    """How many were decided, and how."""
    rows = list(connection.execute(query("decisions.totals"), span.given))
    counts = {row.decision.lower(): row.predictions for row in rows}
    return Decided(**counts, held=sum(row.held for row in rows))


def replayed(connection: Connection, span: Span) -> int:
    """How many replayed predictions there are, which no other figure counts."""
    return int(connection.execute(query("decisions.replayed"), span.given).scalar_one())


def oldest(connection: Connection) -> float | None:
    """The first hour of which anything is known, epoch seconds."""
    found = connection.execute(query("decisions.oldest")).scalar_one()
    return None if found is None else float(found)
