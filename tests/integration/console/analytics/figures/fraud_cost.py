"""What is counted on the page Fraud cost."""

from typing import Any

from console.analytics.fraud_cost import store
from console.analytics.fraud_cost.cells import BLOCKED, FRAUD, LEGIT, UNKNOWN
from core.analytics.periods import Period, Span
from core.db.engine import Connection
from tests.analytics_figure import Figure

ROWS = """
FROM fraud_predictions p LEFT JOIN effective_labels e USING (transaction_id),
LATERAL (SELECT coalesce(round(exact_amount(p.amount_usd, p.amount) * 100), 0)::bigint AS cents) c,
LATERAL (SELECT CASE WHEN p.decision = 'BLOCKED' AND e.label = 'fraud' THEN 'stopped'
                     WHEN p.decision = 'REVIEW' AND e.label = 'fraud' AND e.source <> 'chargeback' THEN 'found'
                     WHEN p.decision <> 'BLOCKED' AND e.label = 'fraud' THEN 'lost'
                     WHEN p.decision = 'BLOCKED' AND e.label = 'legit' THEN 'wrong'
                     WHEN p.decision = 'BLOCKED' THEN 'unknown' END AS kind) k
WHERE p.timestamp >= :start AND p.timestamp < :end AND NOT coalesce(p.extra ? 'replayed', false)
"""
KINDS = ("stopped", "found", "lost", "wrong", "unknown")
COUNTED = ", ".join(
    f"count(*) FILTER (WHERE kind = '{kind}'), coalesce(sum(cents) FILTER (WHERE kind = '{kind}'), 0)::bigint"
    for kind in KINDS
)
REVIEWED = "SELECT FROM labels a WHERE a.transaction_id = p.transaction_id AND a.source = 'analyst'"
REVIEWS = f"count(*) FILTER (WHERE EXISTS ({REVIEWED}))"


def _cells(connection: Connection, span: Span) -> list[tuple[Any, ...]]:
    """All of the cells of the period, and what the ledger counts of them."""
    cells, inside, _, without = store.parts(store.read(connection, Period("custom", span, span.end + 60.0)).columns)
    own = cells.where(inside)
    kinds = [
        own.is_blocked & (own.label == FRAUD), own.is_caught, own.is_lost, own.is_blocked & (own.label == LEGIT),
        own.is_blocked & (own.label == UNKNOWN),
    ]  # fmt: skip
    sums = [int(column[kind].sum()) for kind in kinds for column in (own.n, own.cents)]
    return [
        (int(own.n.sum()), int(own.cents.sum()), without, int(own.n[own.held].sum()), *sums, int(own.reviews.sum()))
    ]  # fmt: skip


def _events(connection: Connection, span: Span) -> list[tuple[Any, ...]]:
    rows = store.read(connection, Period("custom", span, span.end + 60.0)).events
    blocked = [row for row in rows if row.decision == BLOCKED]
    return [(sum(row.n for row in blocked), sum(row.cents for row in blocked), sum(row.reviews for row in rows))]


FIGURES = (
    Figure(
        "fraud cost, cells", _cells,
        "SELECT count(*), coalesce(sum(cents), 0)::bigint, count(*) FILTER (WHERE p.amount IS NULL),"
        f" count(*) FILTER (WHERE p.extra ? 'holdout'), {COUNTED}, {REVIEWS} {ROWS}",
    ),
    Figure(
        "fraud cost, events", _events,
        "SELECT count(*) FILTER (WHERE p.decision = 'BLOCKED'),"
        f" coalesce(sum(cents) FILTER (WHERE p.decision = 'BLOCKED'), 0)::bigint, {REVIEWS} {ROWS}",
    ),
)  # fmt: skip
