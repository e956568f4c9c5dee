"""The 24-hour confusion matrix over 1,000,000 predictions and 300,000 labels: our minutes against the raw SQL join.

Everything is stored by the product's writer: predictions first, then labels in random order (so nearly all are late),
then a tenth of them again by a source that outranks and sometimes contradicts. Both answers must be equal.
"""

import random
import sys
import time

from bench.harness import alternate, median, report, servers
from core.clock import to_datetime
from core.db.engine import Database
from core.db.queries import query
from core.events.types import Label, Prediction
from core.pipeline.writer import Writer

PREDICTIONS = 1_000_000
LABELS = 300_000
BATCH = 5_000
RUNS = 7
JOIN = """
SELECT count(*) FILTER (WHERE flagged AND label = 'fraud'), count(*) FILTER (WHERE NOT flagged AND label = 'fraud'),
       count(*) FILTER (WHERE flagged AND label = 'legit'), count(*) FILTER (WHERE NOT flagged AND label = 'legit'),
       count(*) FILTER (WHERE flagged AND label IS NULL)
FROM fraud_predictions LEFT JOIN effective_labels USING (transaction_id)
WHERE timestamp >= %s AND timestamp < %s
"""


def main() -> int:
    """Run and report."""
    with servers() as (postgres_url, _):
        database = Database(postgres_url)
        writer = Writer(database, 0.7)
        rng = random.Random(11)
        now = time.time()
        end = int(now // 60) * 60
        start = end - 86_400
        began = time.perf_counter()
        for first in range(0, PREDICTIONS, BATCH):
            batch = []
            for number in range(first, first + BATCH):
                score = rng.random() ** 3
                batch.append(
                    Prediction(
                        id=f"t{number}",
                        transaction_id=f"t{number}",
                        timestamp=start + rng.random() * 86_399,
                        score=score,
                        threshold=0.6,
                        decision="BLOCKED" if score >= 0.7 else "APPROVED",
                    )
                )
            writer.store(batch, now)
        labelled = rng.sample(range(PREDICTIONS), LABELS)
        events = [_label(number, "analyst", "fraud" if rng.random() < 0.1 else "legit", now) for number in labelled]
        events += [_label(number, "chargeback", "fraud", now) for number in labelled[: LABELS // 10]]
        for first in range(0, len(events), BATCH):
            writer.store(events[first : first + BATCH], now)
        stored_in = time.perf_counter() - began
        with database.raw() as connection:
            connection.rollback()
            connection.autocommit = True
            with connection.cursor() as cursor:
                cursor.execute("VACUUM ANALYZE")
            connection.autocommit = False
        answers: dict[str, list[int]] = {}

        def ours() -> None:
            with database.transaction() as connection:
                values = {"start": to_datetime(start), "end": to_datetime(end)}
                row = connection.execute(query("confusion.sum"), values).mappings().one()
            answers["ours"] = [int(row[name]) for name in ("tp", "fn", "fp", "tn", "flagged_unlabelled")]

        def join() -> None:
            with database.raw() as connection, connection.cursor() as cursor:
                cursor.execute(JOIN, (to_datetime(start), to_datetime(end)))
                answers["join"] = list(cursor.fetchone())

        ours()
        join()
        times = alternate(RUNS, ours, join)
        detail = {
            "ours_ms": [round(t * 1e3, 2) for t in times[0]],
            "join_ms": [round(t * 1e3) for t in times[1]],
            "stored_in_s": round(stored_in),
            "tp_fn_fp_tn_unlabelled": answers["ours"],
        }
        ok = [
            report("24 h confusion matrix / raw SQL join", median(times[1]) / median(times[0]), 100, detail),
            report("the two answers are equal", float(answers["ours"] == answers["join"]), 1, {}),
        ]
        database.close()
    return 0 if all(ok) else 1


def _label(number: int, source: str, label: str, now: float) -> Label:
    return Label(id=f"{source}{number}", transaction_id=f"t{number}", label=label, source=source, timestamp=now)


if __name__ == "__main__":
    sys.exit(main())
