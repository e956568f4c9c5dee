"""Pages of Analytics open for eight hours: what the browser holds stays the same. An accelerated run of as many ticks.

`python -m bench pages_open`. A tick is what the page does by itself every 30 seconds: it asks the console for itself as
it is now and puts in place what differs; here one follows the other at once, in real Chromium, over a real console, API
and PostgreSQL, while predictions come in and are summed up, so that figures and charts change. After garbage was
collected, the heap, the nodes and the listeners of the last quarter are at most 1.1 times those of the first, which
begins when the page is warm. `BENCH_TICKS` takes fewer ticks, `BENCH_PAGES` only pages whose path has this in it.
"""

import itertools
import json
import os
import random
import statistics
import sys
import time
from collections.abc import Callable

from playwright.sync_api import CDPSession, Page

from bench import harness
from bench._analytics_data import OPTIONS, fill
from bench._console import opened
from bench.analytics_pages import paths
from collector import analytics_rollup
from console.analytics_parts import EVERY
from core import clock, settings
from core.config import RetentionConfig
from core.db.engine import Database
from core.events.types import Event, Prediction
from core.pipeline.writer import Writer
from core.policy import Policy, decide

ROWS, DAYS = 50_000, 8
TICKS = int(os.environ.get("BENCH_TICKS", round(8 * 3600 / EVERY)))
WARM, SAMPLES = 30, 16
PER_TICK, SUM_UP = 5, 10  # predictions that come in at each tick, and ticks between two sums
MOST = 1.1
FIGURES = ("JSHeapUsedSize", "Nodes", "JSEventListeners")
TICK = "() => window.gh.askNow(true)"


def main() -> int:
    """Run each page's ticks; 0 when nothing grows."""
    with harness.servers(OPTIONS) as (url, redis_url):
        keep = settings.load({"DATABASE_URL": url, "REDIS_URL": redis_url}).config.retention
        database = Database(url)
        fill(database, ROWS, DAYS, clock.now(), keep)
        arrive = _arrivals(database, keep)
        with opened(url, redis_url) as (page, address):
            met = [_opened(page, address, path, arrive) for path in paths()]
        database.close()
    return 0 if all(met) else 1


def _arrivals(database: Database, keep: RetentionConfig) -> Callable[[int], None]:
    """Stores what comes in at a tick and, seldom, sums it up, as a collector does at these times."""
    writer, dice, names = Writer(database, normal_block_from=0.7), random.Random(1), itertools.count()
    policy = Policy(version=1, profile="normal", fraud_threshold=0.6, review_from=0.4, block_from=0.7)

    def arrive(tick: int) -> None:
        now, found = clock.now(), list[Event]()
        for name in itertools.islice(names, PER_TICK):
            score, amount = round(dice.random() ** 2, 5), round(dice.lognormvariate(4, 1), 2)
            found.append(Prediction(
                id=f"open-{name}", transaction_id=f"open-{name}", timestamp=now - dice.uniform(0, 7200), score=score,
                decision=decide(score, policy), threshold=0.6, latency_ms=5.0, amount=amount,
            ))  # fmt: skip
        writer.store(found, now)
        if tick % SUM_UP == 0:
            analytics_rollup.run(database, keep, now + 60 * tick)  # the pause between two sums of an hour is over

    return arrive


def _opened(page: Page, address: str, path: str, arrive: Callable[[int], None]) -> bool:
    """One page's ticks; whether what the browser holds stayed the same."""
    page.goto(address + path)
    page.wait_for_selector("main h1 >> visible=true")
    page.wait_for_load_state("networkidle")
    tools = page.context.new_cdp_session(page)
    tools.send("Performance.enable")
    found: dict[str, list[float]] = {name: [] for name in FIGURES}
    began = time.perf_counter()
    for tick in range(WARM + TICKS):
        arrive(tick)
        page.evaluate(TICK)
        if tick >= WARM and (tick - WARM) % max(1, TICKS // SAMPLES) == 0:
            for name, value in _held(tools).items():
                found[name].append(value)
    tools.detach()
    quarter = max(1, len(found["Nodes"]) // 4)
    first, last = (
        {name: statistics.median(values[part]) for name, values in found.items()}
        for part in (slice(None, quarter), slice(-quarter, None))
    )
    ratios = {name: last[name] / first[name] for name in FIGURES}
    detail = {name: [round(first[name]), round(last[name])] for name in FIGURES}
    met = max(ratios.values()) <= MOST
    told = ", ".join(f"{name} {ratio:.3f}" for name, ratio in ratios.items())
    print(
        f"{path}, {TICKS} ticks in {time.perf_counter() - began:.0f} s: {told} (goal {MOST:g} at most)"
        f" {'met' if met else 'NOT MET'}  {json.dumps(detail)}",
        flush=True,
    )
    return met


def _held(tools: CDPSession) -> dict[str, float]:
    """What the page holds once garbage is collected."""
    for _ in range(2):
        tools.send("HeapProfiler.collectGarbage")
    metrics = {one["name"]: one["value"] for one in tools.send("Performance.getMetrics")["metrics"]}
    return {name: metrics[name] for name in FIGURES}


if __name__ == "__main__":
    sys.exit(main())
