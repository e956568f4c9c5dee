"""Storing predictions: our writer (keys, COPY, every roll-up) against one INSERT each and `execute_values` of 1,000.

All three write the same rows to the same table and each row once: the peers with `ON CONFLICT DO NOTHING` on the same
table of keys. Rows per second, and bytes a row of the table itself.
"""

import random
import sys
import time
from datetime import UTC, datetime

import psycopg2
from psycopg2.extras import execute_values

from bench.harness import alternate, median, report, servers
from core.db.engine import Database
from core.events.types import Prediction
from core.models import registry
from core.models.registry import ReferenceBins
from core.pipeline.writer import Writer, key_of

ROWS = 20_000
SINGLE = 1_000
BATCH = 5_000
FEATURES = [f"feature_{n}" for n in range(16)]
COLUMNS = (
    "timestamp, fraud_score, decision, top_value, model_version, latency_ms, flagged, transaction_id, top_feature, "
    "features"
)


def make(count: int, series: int) -> list[Prediction]:
    """Believable predictions of one series, so that no two series share a key."""
    rng = random.Random(series)
    now = time.time()
    found = []
    for number in range(count):
        score = round(rng.random() ** 4, 5)
        decision = "BLOCKED" if score >= 0.7 else "REVIEW" if score >= 0.4 else "APPROVED"
        identity = f"tx_{series:03d}_{number:08d}"
        found.append(
            Prediction(
                id=identity,
                transaction_id=identity,
                timestamp=now - rng.random() * 60,
                score=score,
                decision=decision,
                threshold=0.6,
                top_feature="txn_velocity_1h",
                top_value=round(rng.random() * 10, 3),
                model_version=1,
                latency_ms=round(rng.lognormvariate(1, 0.5), 3),
                feature_values=[round(rng.random() * 100, 3) for _ in FEATURES],
            )
        )
    return found


def row(event: Prediction) -> tuple:
    """The event as the peers bind it."""
    return (
        datetime.fromtimestamp(event.timestamp, UTC),
        event.score,
        event.decision,
        event.top_value,
        event.model_version,
        event.latency_ms,
        event.score >= 0.6,
        event.transaction_id,
        event.top_feature,
        event.feature_values,
    )


def main() -> int:
    """Run and report."""
    with servers() as (postgres_url, _):
        database = Database(postgres_url)
        bins = [ReferenceBins(name, [10.0 * k for k in range(1, 10)], [100] * 11) for name in FEATURES]
        registry.save(
            database,
            algorithm="bench",
            artefact=b"x",
            features=FEATURES,
            reference=bins,
            metrics={},
            fingerprint="bench",
        )
        writer = Writer(database, 0.7)
        peer = psycopg2.connect(postgres_url)
        series = iter(range(1000))

        def ours() -> None:
            events = make_now[0]
            for start in range(0, len(events), BATCH):
                writer.store(events[start : start + BATCH], time.time())

        def in_thousands() -> None:
            events = make_now[1]
            for start in range(0, len(events), 1000):
                with peer, peer.cursor() as cursor:
                    part = events[start : start + 1000]
                    execute_values(
                        cursor,
                        "INSERT INTO event_keys (key) VALUES %s ON CONFLICT DO NOTHING",
                        [(key_of(e),) for e in part],
                        page_size=1000,
                    )
                    execute_values(
                        cursor,
                        f"INSERT INTO fraud_predictions ({COLUMNS}) VALUES %s",
                        [row(e) for e in part],
                        template="(%s,%s,%s,%s,%s,%s,%s,%s,%s,%s::real[])",
                        page_size=1000,
                    )

        def one_by_one() -> None:
            for event in make_now[2]:
                with peer, peer.cursor() as cursor:
                    cursor.execute("INSERT INTO event_keys (key) VALUES (%s) ON CONFLICT DO NOTHING", (key_of(event),))
                    cursor.execute(
                        f"INSERT INTO fraud_predictions ({COLUMNS}) VALUES (%s,%s,%s,%s,%s,%s,%s,%s,%s,%s::real[])",
                        row(event),
                    )

        rates: list[list[float]] = [[], [], []]
        for _ in range(5):
            make_now = [make(ROWS, next(series)), make(ROWS, next(series)), make(SINGLE, next(series))]
            for kept, count, times in zip(
                rates, (ROWS, ROWS, SINGLE), alternate(1, ours, in_thousands, one_by_one), strict=True
            ):
                kept.append(count / times[0])
        with database.raw() as connection, connection.cursor() as cursor:
            cursor.execute(
                "SELECT sum(pg_relation_size(inhrelid)), (SELECT count(*) FROM fraud_predictions)"
                " FROM pg_inherits WHERE inhparent = 'fraud_predictions'::regclass"
            )
            size, count = cursor.fetchone()
            cursor.execute(
                "SELECT count(*) FROM fraud_predictions p LEFT JOIN event_keys k ON false WHERE p.features IS NULL"
            )
        detail = {
            name: [round(v) for v in values]
            for name, values in zip(("ours_per_s", "execute_values_per_s", "insert_per_s"), rates, strict=True)
        }
        ok = [
            report("storing predictions / one INSERT each", median(rates[0]) / median(rates[2]), 25, detail),
            report("storing predictions / execute_values of 1,000", median(rates[0]) / median(rates[1]), 2.5, detail),
            report(
                "storing predictions: 200 bytes / bytes a row",
                200 / (size / count),
                1,
                {"bytes_a_row": round(float(size / count), 1)},
            ),
        ]
        peer.close()
        database.close()
    return 0 if all(ok) else 1


if __name__ == "__main__":
    sys.exit(main())
