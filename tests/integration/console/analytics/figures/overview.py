"""Volume, scores and confidence: the page Overview."""

from core.analytics import decisions
from core.analytics.periods import HOUR
from core.db.queries import query
from tests.analytics_figure import Figure
from tests.integration.console.analytics.figures.decisions import DECIDED

FIGURES = (
    Figure(
        "by three hours and decision",
        lambda connection, span: [
            (at, one.approved, one.review, one.blocked, one.held)
            for at, one in decisions.bins(connection, span, 3 * HOUR).items()
        ],
        "SELECT floor(extract(epoch FROM timestamp) / 10800)::bigint * 10800,"
        " count(*) FILTER (WHERE decision = 'APPROVED'), count(*) FILTER (WHERE decision = 'REVIEW'),"
        " count(*) FILTER (WHERE decision = 'BLOCKED'), count(*) FILTER (WHERE extra ? 'holdout')"
        f" FROM fraud_predictions WHERE {DECIDED} GROUP BY 1 ORDER BY 1",
    ),
    Figure(
        "scores by fiftieth and decision",
        lambda connection, span: [
            tuple(row) for row in connection.execute(query("score_decisions.totals"), span.given)
        ],
        "SELECT least(floor(fraud_score::numeric * 50), 49)::int, decision::text, count(*)"
        f" FROM fraud_predictions WHERE {DECIDED} GROUP BY 1, 2 ORDER BY 1, 2",
    ),
    Figure(
        "confidence by decision",
        lambda connection, span: sorted(
            tuple(row) for row in connection.execute(query("confidence.totals"), span.given)
        ),
        "SELECT coalesce(confidence, '?')::text, decision::text, count(*)"
        f" FROM fraud_predictions WHERE {DECIDED} GROUP BY 1, 2 ORDER BY 1, 2",
    ),
    Figure(
        "replayed",
        lambda connection, span: [(decisions.replayed(connection, span),)],
        "SELECT count(*) FROM fraud_predictions WHERE timestamp >= :start AND timestamp < :end AND extra ? 'replayed'",
    ),
)
