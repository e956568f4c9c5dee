"""Data quality by feature, over time, by score, and its log, against values of raw rows judged by hand."""

from typing import Any

from core.analytics import feature_quality as quality
from core.analytics.periods import Span
from core.db.engine import Connection
from tests.analytics_figure import Figure

VERSION = 1
# What the model of `tests/quality_world.py` was trained on, not read from what is kept of it.
VALUES = """
    SELECT p.timestamp, p.transaction_id, u.place, u.value, CASE
        WHEN value = 'NaN' THEN 'missing'
        WHEN place = 1 AND (value < 5 OR value > 100) OR place = 2 AND (value < 1 OR value > 4) THEN 'out_of_range'
        WHEN place = 3 AND value <> 0 AND value <> 1 THEN 'wrong_type'
        WHEN place = 4 AND value = 1.5 THEN 'unseen'
        WHEN place = 4 AND value NOT IN (0, 1, 2) THEN 'wrong_type' ELSE '' END AS problem
    FROM fraud_predictions p, unnest(p.features) WITH ORDINALITY AS u (value, place)
    WHERE timestamp >= :start AND timestamp < :end AND model_version = 1 AND NOT coalesce(extra ? 'replayed', false)
"""
COUNTS = "count(*), " + ", ".join(
    f"count(*) FILTER (WHERE problem = '{name}')" for name in ("missing", "wrong_type", "out_of_range", "unseen")
)


def features(connection: Connection, span: Span) -> list[tuple[Any, ...]]:
    return [
        (one.place, one.feature, *one.counts, one.low, one.high, None if one.mean is None else round(one.mean, 6))
        for one in quality.features(connection, span, VERSION)
    ]


def bins(connection: Connection, span: Span) -> list[tuple[Any, ...]]:
    return sorted(quality.bins(connection, span, VERSION).items())


def trend(connection: Connection, span: Span) -> list[tuple[Any, ...]]:
    found = quality.trend(connection, span, VERSION, 3 * 3600)
    return [(at, place, *counts) for at, places in found.items() for place, counts in places.items()]


def log(connection: Connection, span: Span) -> list[tuple[Any, ...]]:
    found = quality.anomalies(connection, span, VERSION, 50, "amount")
    return [(round(one.at, 4), one.transaction_id, one.feature, one.problem, one.value) for one in found]


FIGURES = (
    Figure(
        "predictions by model with features",
        lambda connection, span: quality.models(connection, span),
        f"WITH v AS ({VALUES}) SELECT 1, count(*) FROM v WHERE place = 1 HAVING count(*) > 0",
    ),
    Figure(
        "problems, bounds and mean by feature",
        features,
        f"WITH v AS ({VALUES}) SELECT place, (ARRAY['amount', 'tickets', 'new_device', 'payment'])[place], {COUNTS},"
        " min(value) FILTER (WHERE value <> 'NaN'), max(value) FILTER (WHERE value <> 'NaN'),"
        " round(avg(value::float8) FILTER (WHERE value <> 'NaN')::numeric, 6)::float8 FROM v GROUP BY place ORDER BY 1",
    ),
    Figure(
        "values by bin of training",
        bins,
        f"WITH v AS ({VALUES}), e (place, edges) AS (VALUES (1, ARRAY[10, 20, 40, 60, 80]::float8[]),"
        " (2, ARRAY[1.5, 2.5, 3.5]), (3, ARRAY[0.5]), (4, ARRAY[0.5, 1.25, 1.75]))"
        " SELECT place, (SELECT array_agg((SELECT count(*) FROM v WHERE v.place = e.place AND value <> 'NaN'"
        "  AND (i = 0 OR value >= edges[i]) AND (i = cardinality(edges) OR value < edges[i + 1])) ORDER BY i)"
        "  FROM generate_series(0, cardinality(edges)) i)"
        " || (SELECT count(*) FROM v WHERE v.place = e.place AND value = 'NaN')"
        " FROM e WHERE EXISTS (SELECT FROM v) ORDER BY 1",
    ),
    Figure(
        "problems over time",
        trend,
        f"WITH v AS ({VALUES}) SELECT (floor(extract(epoch FROM timestamp) / 10800) * 10800)::bigint, place, {COUNTS}"
        " FROM v GROUP BY 1, 2 ORDER BY 1, 2",
    ),
    Figure(
        "predictions by data quality score",
        lambda connection, span: quality.scores(connection, span, VERSION),
        f"WITH v AS ({VALUES}), "
        " r AS (SELECT transaction_id, count(*) FILTER (WHERE problem = '') AS good FROM v GROUP BY 1)"
        " SELECT CASE WHEN good IS NULL THEN -1 ELSE good * 250 END, count(*) FROM fraud_predictions p"
        " LEFT JOIN r USING (transaction_id) WHERE timestamp >= :start AND timestamp < :end AND model_version = 1"
        " AND NOT coalesce(extra ? 'replayed', false) GROUP BY 1 ORDER BY 1",
    ),
    Figure(
        "newest anomalies of a feature",
        log,
        f"WITH v AS ({VALUES}), r AS (SELECT *, row_number() OVER (PARTITION BY date_trunc('hour', timestamp), problem"
        "  ORDER BY timestamp DESC, transaction_id) AS rank FROM v WHERE place = 1 AND problem NOT IN ('', 'missing'))"
        " SELECT round(extract(epoch FROM timestamp), 4)::float8, transaction_id, 'amount', problem,"
        " value::text::float8"
        " FROM r WHERE rank <= 20 ORDER BY timestamp DESC, transaction_id LIMIT 50",
    ),
)
