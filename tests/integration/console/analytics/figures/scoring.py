"""How long predictions took, and the slowest of them: Scoring performance. Quantiles: `test_scoring.py`."""

from console.analytics import scoring_reads
from tests.analytics_figure import Figure

TIMED = (
    "timestamp >= :start AND timestamp < :end AND latency_ms IS NOT NULL AND NOT coalesce(extra ? 'replayed', false)"
)
DAY = 86_400

FIGURES = (
    Figure(
        "predictions timed, mean, min and max of their latency, by day and model",
        lambda connection, span: [
            (one.start, one.model, one.latency.predictions, round(one.latency.mean or 0, 6), one.latency.least,
             one.latency.most)
            for one in scoring_reads.latencies(connection, span, DAY).boxes
        ],
        "SELECT extract(epoch FROM date_bin('1 day', timestamp, '2000-01-01 00:00Z'))::bigint,"
        " coalesce(model_version, -1), count(*), round(avg(latency_ms::float8)::numeric, 6)::float8,"
        " min(latency_ms)::float8, max(latency_ms)::float8"
        f" FROM fraud_predictions WHERE {TIMED} GROUP BY 1, 2 ORDER BY 1, 2",
    ),
    Figure(
        "the ten slowest predictions",
        lambda connection, span: [tuple(one) for one in scoring_reads.slowest(connection, span)],
        "SELECT timestamp, transaction_id, latency_ms::float8, fraud_score::float8, decision::text,"
        f" coalesce(model_version, -1) FROM fraud_predictions WHERE {TIMED}"
        " ORDER BY latency_ms DESC, timestamp, transaction_id LIMIT 10",
    ),
)  # fmt: skip
