"""Predictions by decision over a span of hours, from the sums (`sql/queries/analytics/decisions.sql`)."""

from collections.abc import Iterable
from typing import Any

from core.analytics.periods import Span
from core.analytics.rates import Decided
from core.db.engine import Connection
from core.db.queries import query


def totals(connection: Connection, span: Span) -> Decided:
    """How many were decided, and how."""
    return _decided(connection.execute(query("decisions.totals"), span.given))


def bins(connection: Connection, span: Span, step: int) -> dict[int, Decided]:
    """The same by bins of `step` seconds, by their begin; those without a prediction are left out."""
    found: dict[int, list[Any]] = {}
    for row in connection.execute(query("decisions.bins"), {**span.given, "step": step}):
        found.setdefault(row.at, []).append(row)
    return {at: _decided(rows) for at, rows in sorted(found.items())}


def replayed(connection: Connection, span: Span) -> int:
    """How many replayed predictions there are, which no other figure counts."""
    return int(connection.execute(query("decisions.replayed"), span.given).scalar_one())


def oldest(connection: Connection) -> float | None:
    """The first hour of which anything is known, epoch seconds."""
    found = connection.execute(query("decisions.oldest")).scalar_one()
    return None if found is None else float(found)


def _decided(rows: Iterable[Any]) -> Decided:
    known = list(rows)
    counts = {row.decision.lower(): row.predictions for row in known}
    return Decided(**counts, held=sum(row.held for row in known))
