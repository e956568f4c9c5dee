"""Predictions by decision: Home and Overview."""

from core.analytics import decisions
from tests.analytics_figure import Figure

DECIDED = "timestamp >= :start AND timestamp < :end AND NOT coalesce(extra ? 'replayed', false)"

FIGURES = (
    Figure(
        "decided, by decision, and held out",
        lambda connection, span: [tuple(decisions.totals(connection, span))],
        "SELECT count(*) FILTER (WHERE decision = 'APPROVED'), count(*) FILTER (WHERE decision = 'REVIEW'),"
        " count(*) FILTER (WHERE decision = 'BLOCKED'), count(*) FILTER (WHERE extra ? 'holdout')"
        f" FROM fraud_predictions WHERE {DECIDED}",
    ),
)
