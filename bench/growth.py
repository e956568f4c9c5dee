"""The live page's parts with 10 million stored predictions against 100,000, and a month dropped under writers.

Goals: each part at most 1.3 times its time at 100,000 (the last day is the same on both sides; what grows is history),
and retention that holds no writer up by more than what a single insert may take anyway. `BENCH_ROWS` takes fewer.
"""

import os
import sys
import tempfile
import threading
import time
from pathlib import Path

from api.config import MonitoringConfig
from api.context import Memory
from api.reads import Reads
from api.window import rolling
from bench import harness
from core import clock, settings
from core.events import Event, Prediction, Transaction
from core.policy import decide
from core.store import models, partitions, policies
from core.store.assembly import Stores, assemble
from ml import config as model_config
from ml import registry, table, training
from ml.scoring import Scorer
from simulator import config as simulator_config
from simulator import dataset, growth, traffic
from simulator.config import SimulatorConfig

SMALL, LARGE = 100_000, int(os.environ.get("BENCH_ROWS", "10000000"))
DAYS = 60.0
RUNS, GOAL = 15, 1.3
FLOOR_S = 0.002  # a part that takes less than this is judged as if it took it: the clock's noise is no growth


def main() -> int:
    """Exit code 0 when every part keeps to its time and no writer waited."""
    with harness.servers() as (database_url, redis_url), tempfile.TemporaryDirectory() as folder:
        known = settings.load({"DATABASE_URL": database_url, "REDIS_URL": redis_url, "GATEHOUSE_DATA": folder})
        stores = assemble(known)
        platform = simulator_config.load(known)
        prepare(Path(folder), known, stores, platform)
        reads = Reads(known, stores, known.section("monitoring", MonitoringConfig), Memory())
        fill(stores, SMALL, platform)
        small = times(reads)
        fill(stores, LARGE, platform)
        large = times(reads)
        met = judge(small, large)
        met = retention(stores) and met
        stores.close()
    return 0 if met else 1


def prepare(folder: Path, known: settings.Settings, stores: Stores, platform: SimulatorConfig) -> None:
    """A champion, and the last day as the platform would have made it, scored by that champion."""
    data = folder / "training.csv"
    dataset.write(data, 60_000, clock.now() - 7 * 86400, platform)
    read = table.read(data, "is_fraud", "timestamp", ignore=["transaction_id"])
    artefact = training.train(read, model_config.load(known))
    version = registry.save(stores.database, artefact)
    models.promote(stores.live, stores.database, version)
    partitions.ensure(stores.database, behind=4)
    policies.ensure(stores.live, stores.database, known.config.policy)
    now = clock.now()
    day(stores, version, list(traffic.between(now - 86400, now, platform)))


def day(stores: Stores, version: int, sold: list[traffic.Transaction]) -> None:
    """Store transactions with the scores that the champion gives them."""
    scorer, profile = Scorer(models.load(stores.database, version)), policies.newest(stores.database)
    values = [scorer.encoder.values(item.features) for item in sold]
    scores = scorer.score_many(scorer.encoder.rows(values)).tolist()
    made: list[Event] = []
    for item, row, score in zip(sold, values, scores, strict=True):
        decision = decide(score, profile)
        top = scorer.encoder.names[0]
        made.append(
            Prediction(
                id=item.id, transaction_id=item.id, timestamp=item.when, score=score, decision=decision, threshold=0.6,
                top_feature=top, top_value=row[0], model_version=version, latency_ms=2.0, feature_values=list(row),
            )
        )  # fmt: skip
        sale = {"amount": item.amount, "platform_fee": item.platform_fee, "wallet": item.wallet, "ip": item.ip}
        made.append(Transaction(id=item.id, transaction_id=item.id, timestamp=item.when, type=item.type, **sale))
    for first in range(0, len(made), growth.BATCH):
        stores.writer.store(made[first : first + growth.BATCH], clock.now())


def fill(stores: Stores, count: int, platform: SimulatorConfig) -> None:
    """History up to `count` predictions in all; what is there stays."""
    began = time.perf_counter()
    new = growth.grow(stores.database, stores.writer, count, DAYS, platform.seed + count, lambda _: None)
    seconds = time.perf_counter() - began
    with stores.database.raw() as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute("VACUUM (ANALYZE) fraud_predictions")
        connection.autocommit = False
    print(f"{new:,} predictions stored in {seconds:.0f} s, {new / seconds:,.0f} a second", flush=True)


def times(reads: Reads) -> dict[str, float]:
    """Median seconds of a fresh read of each part, one after another in turn."""
    found: dict[str, list[float]] = {name: [] for name in reads.modules}
    for _ in range(RUNS):
        for name, module in reads.modules.items():
            context = reads.context()
            began = time.perf_counter()
            module.read(context, rolling("1h", context.now))
            found[name].append(time.perf_counter() - began)
    return {name: harness.median(values) for name, values in found.items()}


def judge(small: dict[str, float], large: dict[str, float]) -> bool:
    """One line a part."""
    met = True
    for name in small:
        growth_of = max(large[name], FLOOR_S) / max(small[name], FLOOR_S)
        detail = {"small_ms": round(small[name] * 1e3, 2), "large_ms": round(large[name] * 1e3, 2)}
        word = "met" if growth_of <= GOAL else "NOT MET"
        print(f"{name}: {growth_of:.2f} of its time at {SMALL:,} (goal {GOAL:g} at most) {word}  {detail}", flush=True)
        met = met and growth_of <= GOAL
    return met


def retention(stores: Stores) -> bool:
    """Drop the oldest months while single inserts go on; the slowest insert against the slowest without a drop."""
    stop = threading.Event()
    waits: list[tuple[float, float]] = []

    def write() -> None:
        while not stop.is_set():
            began = time.perf_counter()
            with stores.database.raw() as connection, connection.cursor() as cursor:
                cursor.execute(
                    "INSERT INTO fraud_predictions (timestamp, fraud_score, decision, flagged, transaction_id)"
                    " VALUES (now(), 0.1, 'APPROVED', false, 'bench')"
                )
            waits.append((began, time.perf_counter() - began))
            time.sleep(0.002)

    writer = threading.Thread(target=write)
    writer.start()
    time.sleep(5)
    began = time.perf_counter()
    dropped = partitions.drop_before(stores.database, dict.fromkeys(partitions.TABLES, 20))
    seconds = time.perf_counter() - began
    stop.set()
    writer.join()
    before = max(wait for at, wait in waits if at < began)
    during = max(wait for at, wait in waits if at >= began - 0.1)
    limit = max(before, partitions.PATIENCE_MS / 1000)
    met = any(name.startswith("fraud_predictions") for name in dropped) and during <= limit + before
    word = "met" if met else "NOT MET"
    detail = {"dropped": dropped, "seconds": round(seconds, 2), "slowest_before_ms": round(before * 1e3, 1)}
    print(f"retention: slowest insert {during * 1e3:.1f} ms while months went ({word})  {detail}", flush=True)
    return met


if __name__ == "__main__":
    sys.exit(main())
