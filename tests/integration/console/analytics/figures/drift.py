"""Drift: the predictions of each day with features, and the reports. Divergences: `test_drift.py`."""

from core.analytics import drift_history
from core.analytics.periods import DAY
from tests.analytics_figure import Figure

FIGURES = (
    Figure(
        "predictions of each day",
        lambda connection, span: [
            (one.at // DAY, one.n)
            for one in drift_history.days(connection, span, 1)
            if span.start <= one.at and one.at + DAY <= span.end
        ],
        "SELECT floor(extract(epoch FROM timestamp) / 86400)::int, count(*) FROM fraud_predictions"
        " WHERE features IS NOT NULL AND timestamp >= :start AND timestamp < :end"
        " AND date_trunc('day', timestamp) >= :start AND date_trunc('day', timestamp) + interval '1 day' <= :end"
        " GROUP BY 1 ORDER BY 1",
    ),
    Figure(
        "reports",
        lambda connection, span: [one[:1] for one in drift_history.reports(connection, span)],
        "SELECT id FROM drift_reports WHERE created_at >= :start AND created_at < :end ORDER BY created_at, id",
    ),
)  # fmt: skip
