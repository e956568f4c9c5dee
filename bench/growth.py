"""The live page's parts with 10 million stored predictions against 100,000, and a month dropped under writers.

Goals: each part at most 1.3 times its time at 100,000, and retention that holds no writer up by more than what a single
insert may take anyway. Both sides are databases in one server, read in turn: the larger is a copy of the smaller that
grew on, so the last day is the same. A time is the best of its runs. Pages that show rows of history, and reads that
count a whole span, are printed beside it. `BENCH_ROWS` takes fewer.
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
from api.context import ProcessCache
from api.resource_registry import Reads
from api.window import rolling
from bench import _grown_data, _history_pages, harness
from core import settings
from core.db import partitions
from core.discovery import discover
from core.stores import Stores, assemble
from core.transactions.review import ReviewConfig
from simulator import config as simulator_config

SMALL, LARGE = 100_000, int(os.environ.get("BENCH_ROWS", "10000000"))
RUNS, GOAL = 15, 1.3
PAUSES = (0.0, 2.0, 5.0, 10.0)
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
        met = compare(known, few, many)
        met = retention(many) and met
        few.close()
        many.close()
    return 0 if met else 1


def compare(known: settings.Settings, few: Stores, many: Stores) -> bool:
    """Time everything on both sides in turn and print it; whether every part keeps its goal."""
    config, of_review = known.section("monitoring", MonitoringConfig), known.section("review", ReviewConfig)
    fresh = [lambda stores=stores: Reads(known, stores, config, ProcessCache()) for stores in (few, many)]
    readers = [make() for make in fresh]
    met, live = True, live_parts()
    everything = [parts(reads) for reads in readers]
    judged = [{name: work for name, work in side.items() if name in live} for side in everything]
    others = [{name: work for name, work in side.items() if name not in live} for side in everything]
    for name, (small, large) in timed(judged, RUNS, PAUSES).items():
        word = "met" if ratio(small, large) <= GOAL else "NOT MET"
        shown(name, small, large, f"(goal {GOAL:g} at most) {word}")
        met = met and ratio(small, large) <= GOAL
    pages = [_history_pages.pages(stores, reads, of_review) for stores, reads in zip((few, many), readers, strict=True)]
    spans = [_history_pages.spans(stores, make) for stores, make in zip((few, many), fresh, strict=True)]
    for sides, runs in ((pages, RUNS), (others, 3), (spans, 3)):
        for name, (small, large) in timed(sides, runs).items():
            shown(name, small, large, "(not judged)")
    return met


def live_parts() -> set[str]:
    """The parts that the panels of the live page draw; the others are those of pages that look back."""
    panels = discover("console.panels", "PANEL").values()
    return {name for panel in panels for name in (*panel.parts, *panel.extras)}


def timed(
    sides: list[dict[str, Callable[[], object]]], runs: int, pauses: tuple[float, ...] = (0.0,)
) -> dict[str, tuple[float, float]]:
    """Best seconds of each read on both sides, after one that warms up.

    One that seems to have grown is timed again after the next of `pauses` (seconds), both sides alike: somebody else's
    load goes away, and growth does not.
    """
    found: dict[str, tuple[float, float]] = {}
    for name in sides[0]:
        kept: tuple[list[float], list[float]] = ([], [])
        for pause in pauses:
            time.sleep(pause)
            for times, more in zip(kept, harness.alternate(runs + 1, *(side[name] for side in sides)), strict=True):
                times += more[1:]
            found[name] = (min(kept[0]), min(kept[1]))
            if ratio(*found[name]) <= GOAL:
                break
    return found


def ratio(small: float, large: float) -> float:
    """How many times longer the larger side takes."""
    return max(large, FLOOR_S) / max(small, FLOOR_S)


def shown(name: str, small: float, large: float, verdict: str) -> None:
    """One line."""
    detail = f"{small * 1e3:.2f} ms -> {large * 1e3:.2f} ms"
    print(f"{name}: {ratio(small, large):.2f} of its time at {SMALL:,} {verdict}  {detail}", flush=True)


def parts(reads: Reads) -> dict[str, Callable[[], object]]:
    """A fresh read of each part of the live page, by name."""

    def read(name: str) -> Callable[[], object]:
        def fresh() -> object:
            context = reads.context()
            return reads.modules[name].read(context, rolling("1h", context.now))

        return fresh

    return {name: read(name) for name in reads.modules}


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
