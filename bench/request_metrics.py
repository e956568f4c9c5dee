"""Request metrics: CPU that ours add to a request, against prometheus-flask-exporter, OpenTelemetry's instrumentation
of Flask with its batch exporter, and Flask-MonitoringDashboard.

Every kind answers the same view in-process, without a server whose cost would hide the difference, in batches taken in
turn; a batch's CPU is that of all threads until everything that follows its requests is done, and the cheapest batch
counts, so that other work on the machine does not. The dashboard and OpenTelemetry, whose threads would disturb the
others, have a process of their own, and so has `everything`, which times calls for its whole process. `ours` counts,
folds, and shares the snapshot between workers; `ours with events` also makes, encodes and stores the request events in
a real Redis, and `ours with endpoints` besides adds up what endpoints did and stores that, more often than a process
does. `everything` is what an application of ours records by the request, as often as it does: request events,
endpoints, and how long its statements and commands take. `unrecorded` is our application, with all that it refuses and
looks at, but without recording: what recording costs is the difference.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

from flask import Flask

from bench._trace_sink import SINK_URL, exporting_provider, sink
from bench.harness import report, servers

LIGHT = ("bare", "unrecorded", "ours", "ours with events", "ours with endpoints", "exporter")
HEAVY, TRACED = ("dashboard",), ("opentelemetry",)
WHOLE = ("plain", "everything")  # the first is `unrecorded`, in the same process
BATCH = {"dashboard": 20}
BATCHES = 40
RUNS = 5
MOST = 7.0  # microseconds that all of it may add to a request
Finish = Callable[[], None]


def main() -> int:
    """Run each group in turn; 0 when every goal is met."""
    found: dict[str, list[dict[str, float]]] = {kind: [] for kind in LIGHT + HEAVY + TRACED + WHOLE}
    with servers() as (database_url, redis_url), sink() as told:
        environ = {**os.environ, "DATABASE_URL": database_url, "REDIS_URL": redis_url, SINK_URL: told}
        for _ in range(RUNS):
            for group in (LIGHT, HEAVY, TRACED, WHOLE):
                answer = subprocess.run(
                    [sys.executable, "-m", "bench.request_metrics", *group],
                    env=environ,
                    check=True,
                    capture_output=True,
                    cwd=Path(__file__).parent.parent,
                )
                for kind, measured in json.loads(answer.stdout.splitlines()[-1]).items():
                    found[kind].append(measured)
    cpu = {kind: [run["cpu_us"] for run in runs] for kind, runs in found.items()}
    middle = {kind: statistics.median(values) for kind, values in cpu.items()}
    added = {kind: max(0.01, value - middle["bare"]) for kind, value in middle.items()}
    recorded = max(0.01, middle["ours with endpoints"] - middle["unrecorded"])
    whole = max(0.01, statistics.median(
        all_of_it - plain for plain, all_of_it in zip(cpu["plain"], cpu["everything"], strict=True)
    ))  # fmt: skip
    rate = statistics.median(
        bare["wall_us"] / ours["wall_us"] for bare, ours in zip(found["bare"], found["ours"], strict=True)
    )
    threads = max(run["threads"] for run in found["bare"])  # ours were alive while bare answered
    met = [
        report(
            "CPU added, exporter / ours",
            added["exporter"] / added["ours"],
            4,
            {"cpu_us_a_request": {kind: [round(value, 1) for value in values] for kind, values in cpu.items()}},
        ),
        report("CPU added, exporter / ours with events", added["exporter"] / added["ours with events"], 1, {}),
        report("CPU added, exporter / ours with endpoints", added["exporter"] / added["ours with endpoints"], 1, {}),
        report("CPU added, dashboard level 1 / ours", added["dashboard"] / added["ours"], 300, {}),
        report(
            "CPU of recording alone, 7 us / ours with endpoints", MOST / recorded, 1, {"added_us": round(recorded, 2)}
        ),
        report("CPU of recording alone, exporter / ours with endpoints", added["exporter"] / recorded, 3, {}),
        report(
            "CPU of recording alone, 7 us / everything",
            MOST / whole,
            1,
            {
                "recording_us": round(whole, 2),
                "added_us": {kind: round(value, 2) for kind, value in added.items() if kind != "bare"},
            },
        ),
        report("CPU of recording alone, exporter / everything", added["exporter"] / whole, 3, {}),
        report("CPU of recording alone, OpenTelemetry / everything", added["opentelemetry"] / whole, 20, {}),
        report("CPU of recording alone, dashboard level 1 / everything", added["dashboard"] / whole, 250, {}),
        report("throughput, ours / bare", rate, 0.9, {}),
        report("threads of our applications together (at most 5)", 5 / max(1, threads), 1, {"threads": threads}),
    ]
    return 0 if all(met) else 1


def run(kinds: list[str]) -> None:
    """Answer batches of these kinds in turn and print what a request of each cost, microseconds."""
    with tempfile.TemporaryDirectory() as folder:
        made = {kind: _app(kind, Path(folder) / kind.replace(" ", "_")) for kind in kinds}
        environ = (
            Flask("bench").test_request_context("/hello/you", environ_base={"REMOTE_ADDR": "192.0.2.1"}).request.environ
        )
        measured = {kind: {"cpu_us": float("inf"), "wall_us": float("inf"), "threads": 0.0} for kind in kinds}
        for _ in range(BATCHES):
            for kind, (app, finish) in made.items():
                cpu, wall = _batch(app, finish, environ, BATCH.get(kind, 200))
                best = measured[kind]
                best["cpu_us"], best["wall_us"] = min(best["cpu_us"], cpu), min(best["wall_us"], wall)
                best["threads"] = max(best["threads"], threading.active_count() - 1)
        print(json.dumps(measured), flush=True)
        os._exit(0)


def _batch(app: Flask, finish: Finish, environ: dict[str, object], count: int) -> tuple[float, float]:
    cpu, wall = time.process_time(), time.perf_counter()
    for _ in range(count):
        for part in app(dict(environ), lambda *_: None):
            assert part
    wall = time.perf_counter() - wall
    finish()
    return (time.process_time() - cpu) / count * 1e6, wall / count * 1e6


def _app(kind: str, folder: Path) -> tuple[Flask, Finish]:
    if kind in ("unrecorded", "plain"):
        return _unrecorded(folder), lambda: None
    if kind == "everything":
        return _everything(folder)
    if kind.startswith("ours"):
        return _ours(folder, events=kind != "ours", endpoints=kind == "ours with endpoints")
    app = _with_view(Flask("bench"))
    if kind == "exporter":
        return _exporter(app)
    if kind == "dashboard":
        return _dashboard(app, folder)
    if kind == "opentelemetry":
        return _opentelemetry(app)
    return app, lambda: None


def _with_view(app: Flask) -> Flask:
    app.add_url_rule("/hello/<name>", "hello", lambda name: f"hello {name}")
    return app


def _ours(folder: Path, events: bool, endpoints: bool) -> tuple[Flask, Finish]:
    from core import settings
    from core.stores import assemble
    from core.web.app import App
    from core.web.endpoint_recorder import EndpointRecorder
    from core.web.metric_files import MetricFiles
    from core.web.metrics import Metrics
    from core.web.recorder import RequestRecorder
    from core.web.traffic import Traffic

    recorder = RequestRecorder(Metrics(), MetricFiles(folder))
    if events:
        stores = assemble(settings.load())
        recorder.listeners.append(Traffic("bench", stores.publisher.publish, recorder.metrics))
    if endpoints:
        told = EndpointRecorder("bench", "1", stores.publisher.publish, recorder.metrics)
        recorder.listeners += [told, lambda _: told.flush()]
    return _with_view(App("bench", recorder)), recorder.tick


def _everything(folder: Path) -> tuple[Flask, Finish]:
    from core import settings
    from core.stores import assemble
    from core.web.app import App
    from core.web.endpoint_recorder import EndpointRecorder
    from core.web.metric_files import MetricFiles
    from core.web.metrics import Metrics
    from core.web.query_recorder import QueryRecorder
    from core.web.recorder import RequestRecorder
    from core.web.traffic import Traffic

    recorder, publish = RequestRecorder(Metrics(), MetricFiles(folder)), assemble(settings.load()).publisher.publish
    queries = QueryRecorder("bench", publish, recorder.metrics)
    recorder.listeners += [
        Traffic("bench", publish, recorder.metrics),
        EndpointRecorder("bench", "1", publish, recorder.metrics),
        queries,
    ]
    return _with_view(App("bench", recorder)), recorder.tick


def _unrecorded(folder: Path) -> Flask:
    from core.web.app import App
    from core.web.metric_files import MetricFiles
    from core.web.metrics import Metrics
    from core.web.recorder import RequestRecorder

    class Unrecorded(App):
        full_dispatch_request = Flask.full_dispatch_request  # type: ignore[assignment]

    return _with_view(Unrecorded("bench", RequestRecorder(Metrics(), MetricFiles(folder))))


def _exporter(app: Flask) -> tuple[Flask, Finish]:
    from prometheus_flask_exporter import PrometheusMetrics

    PrometheusMetrics(app)
    return app, lambda: None


def _opentelemetry(app: Flask) -> tuple[Flask, Finish]:
    from opentelemetry.instrumentation.flask import FlaskInstrumentor

    provider, taken = exporting_provider()
    FlaskInstrumentor().instrument_app(app, tracer_provider=provider)
    before = 0

    def finish() -> None:
        nonlocal before
        provider.force_flush()
        assert taken() == before + 200, "spans were not taken"
        before = taken()

    return app, finish


def _dashboard(app: Flask, folder: Path) -> tuple[Flask, Finish]:
    import flask_monitoringdashboard as dashboard

    app.secret_key = "bench"
    folder.mkdir(parents=True)
    dashboard.config.database_name = f"sqlite:///{folder}/dashboard.db"
    dashboard.config.monitor_level = 1
    dashboard.bind(app)

    def finish() -> None:
        for thread in threading.enumerate():
            if thread is not threading.current_thread() and not thread.daemon:
                thread.join(60)

    return app, finish


if __name__ == "__main__":
    run(sys.argv[1:])
