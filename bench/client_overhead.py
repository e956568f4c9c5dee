"""What `gatehouse_client` adds to a request: bound applications against bare ones, in batches taken in turn.

No server answers, whose cost would hide the difference. A batch's CPU is that of all threads, the reporting one too,
which sends to a server in another process; the cheapest batch counts, so that other work on the machine does not. The
peer is OpenTelemetry's SDK with a batch exporter that sends to the same server: a server span of the attributes of the
HTTP conventions.
"""

import asyncio
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bench._trace_sink import SINK_URL, exporting_provider, sink
from bench.harness import report
from core.settings import ROOT

KINDS = ("flask", "flask bound", "flask otel", "django", "django bound", "fastapi", "fastapi bound")
BATCHES, CALLS, RUNS = 60, 200, 5


def main() -> int:
    """Run the kinds in turn; 0 when every goal is met."""
    found: dict[str, list[float]] = {kind: [] for kind in KINDS}
    threads = 0
    with sink() as url:
        environ = {
            **os.environ,
            "PYTHONPATH": f"{ROOT}:{ROOT / 'client'}",
            "GATEHOUSE_URL": url,
            "GATEHOUSE_TOKEN": "gate_bench",
            SINK_URL: url,
        }
        for _ in range(RUNS):
            command = [sys.executable, "-m", "bench.client_overhead"]
            answer = subprocess.run(command, env=environ, check=True, capture_output=True, cwd=Path(ROOT))
            told = json.loads(answer.stdout.splitlines()[-1])
            threads = max(threads, told.pop("threads"))
            for kind, microseconds in told.items():
                found[kind].append(microseconds)
    middle = {kind: statistics.median(values) for kind, values in found.items()}
    added = {kind: middle[kind] - middle[kind.split()[0]] for kind in KINDS if " " in kind}
    shown = {"added_us": {kind: round(value, 2) for kind, value in added.items()}, "bare_us": middle, "runs": found}
    met = [
        report(
            "CPU added, OpenTelemetry SDK / client", added["flask otel"] / max(0.01, added["flask bound"]), 3, shown
        ),
        report("threads of three bound applications (at most 1)", 1 / max(1, threads), 1, {"threads": threads}),
    ]
    return 0 if all(met) else 1


def run() -> None:
    """Answer batches of each kind in turn and print what a request of each cost, microseconds."""
    import threading

    before = threading.active_count()
    made = {kind: _made(kind) for kind in KINDS if not kind.endswith("otel")}
    best = dict.fromkeys(made, float("inf"))
    _batches(made, best)
    threads = threading.active_count() - before
    otel = {"flask otel": _made("flask otel")}
    best["flask otel"] = float("inf")
    _batches(otel, best)
    print(json.dumps({**best, "threads": threads}), flush=True)
    os._exit(0)


def _batches(made: dict[str, Callable[[int], None]], best: dict[str, float]) -> None:
    for _ in range(BATCHES):
        for kind, call in made.items():
            start = time.process_time()
            call(CALLS)
            best[kind] = min(best[kind], (time.process_time() - start) / CALLS * 1e6)


def _made(kind: str) -> Callable[[int], None]:
    framework, _, how = kind.partition(" ")
    app = {"flask": _flask, "django": _django, "fastapi": _fastapi}[framework](how == "bound")
    if how == "otel":
        app = _otel(app)
    return _asgi_calls(app) if framework == "fastapi" else _wsgi_calls(app)


def _wsgi_calls(app: Any) -> Callable[[int], None]:
    from werkzeug.test import EnvironBuilder

    environ = EnvironBuilder("/hello/you").get_environ()

    def call(count: int) -> None:
        for _ in range(count):
            answer = app(dict(environ), lambda *_: None)
            for part in answer:
                assert part
            if hasattr(answer, "close"):
                answer.close()

    return call


def _asgi_calls(app: Any) -> Callable[[int], None]:
    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "GET", "path": "/hello/you",
        "raw_path": b"/hello/you", "query_string": b"", "root_path": "", "headers": [], "scheme": "http",
    }  # fmt: skip

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b""}

    async def send(message: dict[str, Any]) -> None:
        assert message

    async def calls(count: int) -> None:
        for _ in range(count):
            await app(dict(scope), receive, send)

    loop = asyncio.new_event_loop()
    return lambda count: loop.run_until_complete(calls(count))


def _bound(app: Any, wanted: bool) -> Any:
    import gatehouse_client

    return gatehouse_client.bind(app, service="bench", interval=0.5) if wanted else app


def _flask(bound: bool) -> Any:
    from flask import Flask

    app = Flask("bench")
    app.add_url_rule("/hello/<name>", "hello", lambda name: f"hello {name}")
    return _bound(app, bound)


def _django(bound: bool) -> Any:
    import django
    from django.conf import settings
    from django.core.wsgi import get_wsgi_application
    from django.http import HttpResponse
    from django.urls import path

    if not settings.configured:
        urls = (path("hello/<name>", lambda request, name: HttpResponse(f"hello {name}")),)
        settings.configure(ROOT_URLCONF=urls, ALLOWED_HOSTS=["*"], SECRET_KEY="bench", LOGGING_CONFIG=None)
        django.setup()
    return _bound(get_wsgi_application(), bound)


def _fastapi(bound: bool) -> Any:
    from fastapi import FastAPI

    app = FastAPI()

    @app.get("/hello/{name}")
    async def hello(name: str) -> str:
        return f"hello {name}"

    return _bound(app, bound)


def _otel(app: Any) -> Any:
    """A server span around each request, as an instrumentation writes it."""
    from opentelemetry.trace import SpanKind

    tracer = exporting_provider()[0].get_tracer("bench")

    def traced(environ: dict[str, Any], start_response: Callable[..., Any]) -> Any:
        told = {
            "http.request.method": environ["REQUEST_METHOD"],
            "url.path": environ["PATH_INFO"],
            "url.scheme": environ["wsgi.url_scheme"],
            "http.route": "/hello/<name>",
        }
        with tracer.start_as_current_span("GET /hello/<name>", kind=SpanKind.SERVER, attributes=told) as span:

            def started(status: str, headers: Any, *more: Any) -> Any:
                span.set_attribute("http.response.status_code", int(status[:3]))
                return start_response(status, headers, *more)

            return app(environ, started)

    return traced


if __name__ == "__main__":
    run()
