"""The profiler: what it costs a process that is idle and one that is busy, against cProfile and py-spy.

An application of ours answers requests in-process whose view takes about a millisecond of Python in some thirty
functions. Its CPU a request is measured without the profiler, with it as it always runs, as on demand (a hundred times
a second), and under cProfile, in batches taken in turn; the cheapest batch of each counts, so that other work on the
machine does not. Idle is the CPU of the whole process in ten seconds without requests, with its watcher asleep, less
that of the same process without the sampler; `awake` is the same with a request a second, which keeps the watcher from
its sleep. py-spy samples the same busy process from outside, at the same rate; its own CPU counts.
"""

import cProfile
import os
import resource
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

from bench.harness import report
from core.events.types import Event
from core.performance_config import ProfilerConfig
from core.web.app import App
from core.web.metrics import Metrics
from core.web.profile_sampler import ProfileSampler
from core.web.recorder import RequestRecorder

BATCH, BATCHES = 300, 12
IDLE_SECONDS = 10.0
IDLE_MOST = 0.001  # of a core
SECONDS = 8  # that py-spy samples


def main() -> int:
    """0 when every goal is met."""
    idle, awake = _idle()
    costs = {kind: min(values) for kind, values in _busy().items()}
    bare = costs["none"]
    added = {kind: max(1e-9, cost - bare) for kind, cost in costs.items()}
    shares = {kind: f"{100 * one / bare:.2f} %" for kind, one in added.items() if kind != "none"}
    met = [
        report("idle, 0.1 % of a core / ours", IDLE_MOST / max(idle, 1e-6), 1, {"percent": round(100 * idle, 4)}),
        report("CPU added to a busy worker, cProfile / always", added["cProfile"] / added["always"], 20, {
            "added": shares, "microseconds_a_request": {kind: round(1e6 * one, 1) for kind, one in costs.items()},
        }),
        report("CPU added to a busy worker, 2 % / always", 0.02 * bare / added["always"], 1, {}),
        report("awake with rare requests, 2 % of a core / ours", 0.02 / max(awake, 1e-6), 1,
               {"percent": round(100 * awake, 3)}),
    ]  # fmt: skip
    if (outside := _from_outside()) is not None:
        always = added["always"] / costs["always"]  # of a core that is busy all the time
        met.append(report("CPU a second, py-spy at 20 a second / ours", outside / max(always, 1e-6), 1, {
            "percent_of_a_core": {"py-spy": round(100 * outside, 2), "ours": round(100 * always, 2)},
        }))  # fmt: skip
    return 0 if all(met) else 1


def application(**config: object) -> tuple[App, ProfileSampler]:
    """An application with the profiler, which is on the watcher only once it is hung there."""
    recorder = RequestRecorder(Metrics())
    app = App("bench", recorder, static_folder=None)
    app.config["MAX_JSON_VALUES"] = 1000

    @app.get("/work")
    def work() -> str:
        return str(_deep(24))

    published: list[Event] = []
    given = ProfilerConfig(**config)  # type: ignore[arg-type]
    return app, ProfileSampler("bench", "", given, published.extend, recorder.metrics)


def _deep(left: int) -> int:
    if left:
        return _deep(left - 1)
    return sum(_small(number) for number in range(6000))


def _small(number: int) -> int:
    return number * number % 7


def _busy() -> dict[str, list[float]]:
    """CPU seconds of the process a request, by kind."""
    found: dict[str, list[float]] = {"none": [], "always": [], "on demand": [], "cProfile": []}
    for _ in range(BATCHES):
        for kind, costs in found.items():
            app, sampler = application()
            if kind in ("always", "on demand"):
                app.recorder.watcher.samplers.append(sampler)
                app.recorder.listeners.append(sampler.listen)
            if kind == "on demand":
                sampler.begin("bench", 100, 600.0)
            costs.append(_batch(app, traced=kind == "cProfile"))
            sampler.flush()
    return found


def _batch(app: App, traced: bool) -> float:
    client = app.test_client()
    client.get("/work")  # it starts the recorder, and the watcher with it
    profile = cProfile.Profile() if traced else None
    start = time.process_time()
    if profile:
        profile.enable()
    for _ in range(BATCH):
        client.get("/work")
    if profile:
        profile.disable()
    took = (time.process_time() - start) / BATCH
    app.recorder.stop()
    return took


def _idle() -> tuple[float, float]:
    """The share of a core that the sampler and its watcher use while nothing comes, and while a request comes just
    often enough to keep it awake.
    """
    shares: dict[str, float] = {}
    for kind in ("without", "with", "awake"):
        app, sampler = application()
        if kind != "without":
            app.recorder.watcher.samplers.append(sampler)
            app.recorder.listeners.append(sampler.listen)
        client = app.test_client()
        client.get("/work")
        time.sleep(2.5)
        ticking = _ticker(lambda client=client: client.get("/work")) if kind == "awake" else None  # type: ignore[misc]
        start, clock = time.process_time(), time.monotonic()
        time.sleep(IDLE_SECONDS)
        shares[kind] = (time.process_time() - start) / (time.monotonic() - clock)
        if ticking:
            ticking.set()
        app.recorder.stop()
    return max(0.0, shares["with"] - shares["without"]), max(0.0, shares["awake"] - shares["without"])


def _ticker(work: Callable[[], object]) -> threading.Event:
    stop = threading.Event()

    def run() -> None:
        while not stop.wait(0.9):
            work()

    threading.Thread(target=run, daemon=True).start()
    return stop


def _from_outside() -> float | None:
    """The share of a core that py-spy uses; None where it is missing or may not read another process."""
    tool = Path(sys.executable).with_name("py-spy")
    if not tool.exists():
        return None
    busy = subprocess.Popen([sys.executable, "-c", "from bench.profiler import spin; spin()"], env={**os.environ})
    try:
        time.sleep(2)
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        command = [str(tool), "record", "--nonblocking", "--pid", str(busy.pid), "--rate", "20", "--duration",
                   str(SECONDS), "--format", "raw", "--output", os.devnull]  # fmt: skip
        if subprocess.run(command, capture_output=True).returncode:
            return None
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        return used / SECONDS
    finally:
        busy.kill()
        busy.wait()


def spin() -> None:
    """A busy application, for py-spy."""
    app, _ = application()
    client = app.test_client()
    while True:
        client.get("/work")
