"""The mix of decisions by amount and quarter of the day: the adjusted approval rate of the page Home."""

from core.analytics import mix
from tests.analytics_figure import Figure
from tests.integration.core.analytics.figures.decisions import DECIDED

FIGURES = (
    Figure(
        "decided and approved by amount and quarter of the day",
        lambda connection, span: [(*key, *counts) for key, counts in sorted(mix.segments(connection, span).items())],
        "SELECT CASE WHEN usd IS NULL THEN 0 WHEN usd = 0 THEN 1 WHEN usd < 25 THEN 2 WHEN usd < 50 THEN 3"
        " WHEN usd < 100 THEN 4 WHEN usd < 250 THEN 5 WHEN usd < 1000 THEN 6 ELSE 7 END, quarter, count(*),"
        " count(*) FILTER (WHERE decision = 'APPROVED')"
        " FROM (SELECT exact_amount(amount_usd, amount) AS usd, decision,"
        " (extract(epoch FROM timestamp)::bigint % 86400 / 21600)::int AS quarter"
        f" FROM fraud_predictions WHERE {DECIDED}) p GROUP BY 1, 2 ORDER BY 1, 2",
    ),
)
