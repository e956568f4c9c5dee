"""The live page's parts with 10 million stored predictions against 100,000, and a month dropped under writers.

Goals: each part, and each page of rows, at most 1.3 times its time at 100,000, and retention that holds no writer up by
more than what a single insert may take anyway. Both sides are databases in one server, read in turn: the larger is a
copy of the smaller that grew on, so the last day is the same. Reads that count a whole span are printed beside it.
`BENCH_ROWS` takes fewer.
"""

import os
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from api.config import MonitoringConfig
from api.context import Memory
from api.reads import Reads
from api.window import rolling
from bench import _grown_data, _history_pages, harness
from core import settings
from core.store import partitions
from core.store.assembly import Stores, assemble
from core.store.review import ReviewConfig
from simulator import config as simulator_config

SMALL, LARGE = 100_000, int(os.environ.get("BENCH_ROWS", "10000000"))
RUNS, GOAL = 15, 1.3
FLOOR_S = 0.002  # a part that takes less than this is judged as if it took it: the clock's noise is no growth


def main() -> int:
    """Exit code 0 when every read keeps to its time and no writer waited."""
    with harness.servers(_grown_data.OPTIONS) as (database_url, redis_url), tempfile.TemporaryDirectory() as folder:
        known = settings.load({"DATABASE_URL": database_url, "REDIS_URL": redis_url, "GATEHOUSE_DATA": folder})
        platform = simulator_config.load(known)
        few = assemble(known)
        _grown_data.prepare(Path(folder), known, few, platform)
        _grown_data.fill(few, SMALL, platform)
        many = assemble(replace(known, database_url=_grown_data.copy_of(few, database_url)))
        _grown_data.fill(many, LARGE - SMALL, platform)
        sides = [reads_of(known, stores) for stores in (few, many)]
        found = [harness.alternate(RUNS + 1, *(side[name] for side in sides)) for name in sides[0]]
        met = judge(
            dict(zip(sides[0], ((harness.median(s[1:]), harness.median(m[1:])) for s, m in found), strict=True))
        )
        spans = [_history_pages.spans(stores, reads_on(known, stores)) for stores in (few, many)]
        for name in spans[0]:
            small, large = harness.alternate(3, *(side[name] for side in spans))
            print(f"{name}: {harness.median(large)} s, {harness.median(small)} s at {SMALL:,}", flush=True)
        met = retention(many) and met
        few.close()
        many.close()
    return 0 if met else 1


def reads_of(known: settings.Settings, stores: Stores) -> dict[str, Callable[[], object]]:
    """What is timed on one side, by name: each part of the live page, and the pages that show rows of history."""
    reads = reads_on(known, stores)
    return parts(reads) | _history_pages.pages(stores, reads, known.section("review", ReviewConfig))


def reads_on(known: settings.Settings, stores: Stores) -> Reads:
    """The monitoring API's reads on these stores."""
    return Reads(known, stores, known.section("monitoring", MonitoringConfig), Memory())


def parts(reads: Reads) -> dict[str, Callable[[], object]]:
    """A fresh read of each part of the live page, by name."""

    def read(name: str) -> Callable[[], object]:
        def fresh() -> object:
            context = reads.context()
            return reads.modules[name].read(context, rolling("1h", context.now))

        return fresh

    return {name: read(name) for name in reads.modules}


def judge(found: dict[str, tuple[float, float]]) -> bool:
    """One line a read, from its median seconds on both sides."""
    met = True
    for name, (small, large) in found.items():
        growth_of = max(large, FLOOR_S) / max(small, FLOOR_S)
        detail = {"small_ms": round(small * 1e3, 2), "large_ms": round(large * 1e3, 2)}
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
