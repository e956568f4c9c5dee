"""Scores by bin and label, vintages, overrides and swap sets: Scorecard."""

from typing import Any

from console.analytics.scorecard import read
from core.analytics.periods import DAY, Span
from core.clock import to_datetime
from core.db.engine import Connection
from core.db.queries import query
from tests.analytics_figure import Figure

DECIDED = "p.timestamp >= :start AND p.timestamp < :end AND NOT coalesce(p.extra ? 'replayed', false)"
DAYS = "p.timestamp >= date_trunc('day', :start, 'UTC') AND p.timestamp < date_trunc('day', :end, 'UTC')"
LABELLED = "fraud_predictions p LEFT JOIN effective_labels e USING (transaction_id)"
AMOUNT = "exact_amount(p.amount_usd, p.amount)"


def _bins(connection: Connection, span: Span) -> list[tuple[Any, ...]]:
    found = read.score_counts(connection, 0, span)
    return [
        (label, place, int(n)) for label in read.LABELS for place, n in enumerate(found[label].tolist()) if n
    ]  # fmt: skip


def _days(connection: Connection, span: Span) -> list[tuple[Any, ...]]:
    first, after = (to_datetime(at // DAY * DAY).date() for at in span)
    days = read.score_days(connection, 0, first, after)
    arrays = (days.rows, days.frauds, days.legit)
    return [
        (
            day,
            *(int(array[n].sum()) for array in arrays),
            round(days.amounts[n].sum(), 2),
            round(days.squares[n].sum(), 2),
        )
        for n, day in enumerate(days.days)
    ]


def _weeks(connection: Connection, span: Span) -> list[tuple[Any, ...]]:
    rows = connection.execute(query("vintages.weeks"), span.given)
    return sorted((row.week, row.known_week, row.frauds) for row in rows)


def _labelled(connection: Connection, span: Span) -> list[tuple[Any, ...]]:
    return [tuple(row) for row in connection.execute(query("vintages.predictions"), span.given)]


def _said(connection: Connection, span: Span) -> list[tuple[Any, ...]]:
    return sorted(read.said(connection, 0, span), key=lambda cell: (cell[0], cell[1], cell[2] is None, bool(cell[2])))


FIGURES = (
    Figure(
        "scores by label and bin",
        _bins,
        f"SELECT coalesce(e.label::text, ''), width_bucket(p.fraud_score, score_edges()), count(*) FROM {LABELLED}"
        f" WHERE {DECIDED} AND p.model_version IS NULL GROUP BY 1, 2 ORDER BY 1, 2",
    ),
    Figure(
        "scores, frauds and their amounts by day",
        _days,
        "SELECT (p.timestamp AT TIME ZONE 'UTC')::date, count(*), count(*) FILTER (WHERE e.label = 'fraud'),"
        " count(*) FILTER (WHERE e.label = 'legit'),"
        f" round(coalesce(sum({AMOUNT}) FILTER (WHERE e.label = 'fraud'), 0), 2)::float8,"
        f" round(coalesce(sum({AMOUNT} ^ 2) FILTER (WHERE e.label = 'fraud'), 0), 2)::float8"
        f" FROM {LABELLED} WHERE {DAYS} AND p.model_version IS NULL AND NOT coalesce(p.extra ? 'replayed', false)"
        " GROUP BY 1 ORDER BY 1",
    ),
    Figure(
        "frauds by week and by the week in which they became known",
        _weeks,
        "SELECT date_trunc('week', p.timestamp AT TIME ZONE 'UTC')::date, date_trunc('week', greatest((SELECT"
        " min(l.labelled_at) FROM labels l WHERE l.transaction_id = p.transaction_id AND l.label = 'fraud'),"
        f" p.timestamp) AT TIME ZONE 'UTC')::date, count(*) FROM {LABELLED} WHERE {DECIDED} AND e.label = 'fraud'"
        " GROUP BY 1, 2 ORDER BY 1, 2",
    ),
    Figure(
        "predictions and labelled ones by week",
        _labelled,
        "SELECT date_trunc('week', p.timestamp AT TIME ZONE 'UTC')::date, count(*), count(e.label)"
        f" FROM {LABELLED} WHERE {DAYS} AND NOT coalesce(p.extra ? 'replayed', false)"
        " GROUP BY 1 ORDER BY 1",
    ),
    Figure(
        "what analysts said of flagged and other predictions, and the truth",
        _said,
        "SELECT p.flagged, l.label = 'fraud', CASE WHEN e.source <> 'analyst' THEN e.label = 'fraud' END,"
        f" count(*) FROM {LABELLED} JOIN labels l ON l.transaction_id = p.transaction_id AND l.source = 'analyst'"
        f" WHERE {DECIDED} AND l.label <> 'unsure' GROUP BY 1, 2, 3 ORDER BY 1, 2, 3",
    ),
)
