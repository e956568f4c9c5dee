"""Outliers: how many slow requests of a busy server are kept with three stacks, and what the watcher costs.

`python -m bench outliers` puts one worker with eight threads under load by six callers: most requests wait for some
milliseconds or compute for one, four in a thousand take 60 to 400 ms, half of them computing. What counts is every
request that took longer than the p99.5 of its endpoint over the whole run and than 50 ms, as the server recorded it.
"""

import http.client
import os
import random
import threading
import time
import timeit
from collections import defaultdict
from typing import Any

from bench.harness import gunicorn, report
from core import codec
from core.serving import Serving
from core.web.watcher import Watcher

CALLERS, WARM_SECONDS, SECONDS, IDLE_SECONDS = 6, 8.0, 40.0, 10.0
SLOW = 0.004
LEAST, QUANTILE, ENOUGH = 0.05, 0.995, 3


def main() -> int:
    """0 when every goal is met."""
    environ = {**os.environ, "GATEHOUSE_AUTH": "off"}
    with gunicorn("bench._slow_app:app", environ, "--threads", "8") as (port, _):
        _load(port, WARM_SECONDS, "w")
        before = _ask(port)
        began = time.perf_counter()
        _load(port, SECONDS, "m")
        busy_seconds = time.perf_counter() - began
        time.sleep(2.0)  # the watcher goes to sleep, and everything is told
        after = _ask(port)
        time.sleep(IDLE_SECONDS)
        idle = _ask(port)
    kept = {name: stacks for name, stacks in after["outliers"] if name.startswith("m")}
    wanted = _slow([one for one in after["records"] if one[1].startswith("m")])
    enough = sum(kept.get(name, 0) >= ENOUGH for name in wanted)
    seconds_of = {name: seconds for _, name, seconds in after["records"]}
    short = sorted((round(1000 * seconds_of[name]), kept.get(name)) for name in wanted if kept.get(name, 0) < ENOUGH)
    requests = len(after["records"]) - len(before["records"])
    busy = ((after["watcher"] or 0.0) - (before["watcher"] or 0.0)) / busy_seconds
    # The question itself wakes it for a second: that is not idleness.
    rest = ((idle["watcher"] or 0.0) - (after["watcher"] or 0.0)) / IDLE_SECONDS
    cost = _cost()
    met = [
        report(
            "slow requests kept with three stacks, share / 95 %", enough / max(1, len(wanted)) / 0.95, 1,
            {"slow": len(wanted), "kept": sum(name in kept for name in wanted), "with three stacks": enough,
             "the others (ms, stacks)": short[:20], "requests": requests, "a second": round(requests / busy_seconds)},
        ),
        report("CPU of an idle watcher, 0.1 % of a core / ours", 0.001 / max(rest, 1e-6), 1,
               {"percent": round(100 * rest, 4), "woken by": "one request"}),
        report("CPU of a busy watcher, 3 % of a core / ours", 0.03 / max(busy, 1e-6), 1,
               {"percent": round(100 * busy, 3)}),
        report("entering and leaving the table, 1 us / ours", 1.0 / cost, 1, {"us a request": round(cost, 3)}),
    ]  # fmt: skip
    return 0 if len(wanted) >= 50 and all(met) else 1


def _slow(records: list[Any]) -> list[str]:
    """The requests beyond their endpoint's p99.5 (nearest rank) and 50 ms, by their ids."""
    by_route: dict[str, list[tuple[float, str]]] = defaultdict(list)
    for route, name, seconds in records:
        by_route[route].append((seconds, name))
    found: list[str] = []
    for listed in by_route.values():
        listed.sort()
        limit = max(LEAST, listed[max(0, -int(-QUANTILE * len(listed) // 1) - 1)][0])
        found += [name for seconds, name in listed if seconds > limit]
    return found


def _load(port: int, seconds: float, name: str) -> None:
    end = time.monotonic() + seconds
    threads = [threading.Thread(target=_call, args=(port, end, f"{name}{number}")) for number in range(CALLERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def _call(port: int, end: float, name: str) -> None:
    dice = random.Random(name)
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    number = 0
    while time.monotonic() < end:
        number += 1
        computes = dice.random() < 0.5
        took = dice.uniform(0.06, 0.4) if dice.random() < SLOW else 0.001 if computes else dice.lognormvariate(-5, 0.4)
        path = f"/{'compute' if computes else 'wait'}/{took:.4f}"
        connection.request("GET", path, headers={"X-Correlation-ID": f"{name}-{number}"})
        connection.getresponse().read()
    connection.close()


def _ask(port: int) -> Any:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request("GET", "/found")
    body = connection.getresponse().read()
    connection.close()
    return codec.decode(body)


def _cost() -> float:
    """Microseconds that a request spends for the table."""
    watcher, environ, serving = Watcher(), {"REQUEST_METHOD": "GET"}, Serving("bench", "GET", "/a")

    def once() -> None:
        entry = watcher.enter(environ, serving, 1.0)
        if watcher.slow_seconds < 0.001:
            watcher.answered(entry, 0.001, 200)
        watcher.leave(entry)

    return min(timeit.repeat(once, number=100_000, repeat=7)) * 10
