"""The data of the benchmark of Analytics: days of predictions with their sales, labels and answers, made inside
PostgreSQL, and summed up by what the collector sums up with.
"""

import time

from collector import analytics_rollup
from core import clock
from core.config import RetentionConfig
from core.db import partitions
from core.db.engine import Database

DAY, HOUR = 86_400, 3600
LABELLED = 0.02
# Room to write in, as on a server that is filled on purpose.
OPTIONS = {
    "max_wal_size": "8GB", "checkpoint_timeout": "30min", "shared_buffers": "1GB", "work_mem": "32MB",
    "synchronous_commit": "off",
}  # fmt: skip
POLICIES = (("normal", 0.6, 0.4, 0.7, 1000), ("strict", 0.5, 0.4, 0.6, 5), ("normal", 0.6, 0.4, 0.7, 4))  # days ago


def fill(database: Database, count: int, days: int, now: float, keep: RetentionConfig) -> None:
    """Make `count` predictions of so many days and everything that is summed up of them."""
    began = time.perf_counter()
    partitions.ensure(database, behind=5)
    with database.raw() as connection, connection.cursor() as cursor:
        cursor.execute(
            "SELECT indexrelid::regclass::text FROM pg_index WHERE indrelid::regclass::text = ANY(%s)"
            " AND NOT indisunique AND indexrelid::regclass::text !~ '(timestamp|transaction)$'",
            (["fraud_predictions", "transactions"],),
        )
        for (name,) in cursor.fetchall():
            cursor.execute(f"DROP INDEX {name}")  # nosec B608: the name is PostgreSQL's own
        for profile, fraud, review, block, ago in POLICIES:
            cursor.execute(
                "INSERT INTO policy_versions (created_at, profile, fraud_threshold, review_from, block_from, actor)"
                " VALUES (to_timestamp(%s), %s, %s, %s, %s, 'bench')",
                (now - ago * DAY, profile, fraud, review, block),
            )
    for day in range(days):
        _day(database, count // days, now - (days - day) * DAY, day, 1 + (day >= days // 2))
    _answers(database, days, now)
    with database.raw() as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute("VACUUM (ANALYZE) fraud_predictions, transactions, effective_labels, labels, endpoint_hours")
        connection.autocommit = False
    made = time.perf_counter() - began
    began, hours = time.perf_counter(), 0
    while done := analytics_rollup.fill(database, keep, now, seconds=60.0):
        hours += done
    print(f"{count:,} predictions made in {made:.0f} s; {hours:,} sums of an hour in {_since(began):.0f} s", flush=True)
    with database.raw() as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")
        connection.autocommit = False


def _since(began: float) -> float:
    return time.perf_counter() - began


def _day(database: Database, count: int, start: float, day: int, model: int) -> None:
    """A day of predictions, evenly over it; scores and amounts by chance, no features."""
    given = {"n": count, "start": start, "step": DAY / count, "model": model, "name": f"b{day}-"}
    with database.raw() as connection, connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO fraud_predictions (timestamp, fraud_score, decision, flagged, transaction_id, model_version,"
            " latency_ms, amount, amount_usd) SELECT at, score,"
            " (CASE WHEN score >= 0.7 THEN 'BLOCKED' WHEN score >= 0.4 THEN 'REVIEW' ELSE 'APPROVED' END)::decision,"
            " score >= 0.6, name, %(model)s, exp(1.2 + spread)::real, usd::real, usd FROM ("
            "  SELECT to_timestamp(%(start)s + i * %(step)s) AS at, greatest(power(random(), 8), 1e-6)::real AS score,"
            "  %(name)s || i AS name, (random() + random() + random() - 1.5) * 1.6 AS spread,"
            "  CASE WHEN i %% 50 = 0 THEN NULL WHEN i %% 40 = 0 THEN 0"
            "  ELSE round(exp(4 + (random() + random() + random() - 1.5) * 2)::numeric, 2) END AS usd"
            "  FROM generate_series(0, %(n)s - 1) i) made",
            given,
        )
        span = (clock.to_datetime(start), clock.to_datetime(start + DAY))
        cursor.execute(
            "INSERT INTO transactions (timestamp, amount, platform_fee, type, transaction_id, event_id)"
            " SELECT timestamp, coalesce(amount_usd, 1), round(coalesce(amount_usd, 1) * 0.05, 2),"
            " (CASE WHEN random() < 0.9 THEN 'purchase' ELSE 'transfer' END)::transaction_type, transaction_id,"
            " 'event-' || floor(power(random(), 2) * 60)::int FROM fraud_predictions"
            " WHERE timestamp >= %s AND timestamp < %s AND decision = 'APPROVED'",
            span,
        )
        cursor.execute(
            "WITH said AS (INSERT INTO labels (transaction_id, source, label, labelled_at, actor)"
            " SELECT transaction_id, 'analyst',"
            " (CASE WHEN random() < fraud_score THEN 'fraud' ELSE 'legit' END)::label,"
            " timestamp + interval '1 day', 'bench' FROM fraud_predictions"
            " WHERE timestamp >= %s AND timestamp < %s AND random() < %s RETURNING *)"
            " INSERT INTO effective_labels (transaction_id, label, source, labelled_at)"
            " SELECT transaction_id, label, source, labelled_at FROM said",
            (*span, LABELLED),
        )


def _answers(database: Database, days: int, now: float) -> None:
    """Hours of the scoring service's endpoints, and of fifty others."""
    last = int(now // HOUR * HOUR) - HOUR
    with database.raw() as connection, connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO endpoint_series (service, route, method, status, version, error_type, seen)"
            " SELECT 'shop', '/route/' || n, 'GET', 200, 'v1', '', current_date FROM generate_series(1, 50) n"
            " UNION ALL SELECT 'scoring', '/api/v1/ml/predict/fraud', 'POST', status, 'v1', '', current_date"
            " FROM unnest(ARRAY[200, 401, 422, 503]) status"
        )
        cursor.execute(
            "INSERT INTO endpoint_hours (timestamp, series_id, hits, sum_ns, min_ns, max_ns, sketch)"
            " SELECT at, id, 1 + (random() * 1000)::int, 1000000, 1000, 1000, '\\x00'"
            " FROM generate_series(to_timestamp(%s), to_timestamp(%s), interval '1 hour') at"
            " CROSS JOIN endpoint_series",
            (last - days * DAY, last),
        )
