"""The application of `python -m bench outliers`: requests that wait or compute, and what was recorded of them."""

import tempfile
import time
from pathlib import Path
from typing import Any

from flask import Response, request

from core import codec
from core.performance_config import OutliersConfig
from core.web.app import App
from core.web.endpoint_recorder import EndpointRecorder
from core.web.in_flight import CORRELATION
from core.web.metric_files import MetricFiles
from core.web.metrics import Metrics
from core.web.outliers import machine
from core.web.outliers.recorder import OutlierRecorder
from core.web.recorder import RequestRecorder
from core.web.request_batch import RequestRecord

recorder = RequestRecorder(Metrics(), MetricFiles(Path(tempfile.mkdtemp(prefix="gatehouse-bench-"))))
app = App("bench", recorder)
app.config["MAX_CONTENT_LENGTH"] = 100_000
records: list[tuple[str, str, float]] = []  # route, correlation id, seconds
outliers: list[Any] = []
config = OutliersConfig(per_minute=10_000)
found = OutlierRecorder("bench", "1", outliers.extend, recorder.metrics, recorder.watcher, config)


def keep(batch: list[RequestRecord]) -> None:
    """Every request as it was counted."""
    records.extend((one.path, one.correlation or "", one.seconds) for one in batch)


recorder.listeners += [
    EndpointRecorder("bench", "1", lambda _: None, recorder.metrics, found.usual), found, keep,
]  # fmt: skip


@app.before_request
def name() -> None:
    """Each request has the id that the load gave it."""
    request.environ[CORRELATION] = request.headers.get("X-Correlation-ID", "")


@app.get("/metrics")
def metrics() -> str:
    """Says that the server is there."""
    return ""


@app.get("/wait/<seconds>")
def wait(seconds: str) -> str:
    """Waits, as for a database."""
    time.sleep(float(seconds))
    return "ok"


@app.get("/compute/<seconds>")
def compute(seconds: str) -> str:
    """Computes, in Python, for so much CPU time of its thread."""
    until = time.thread_time() + float(seconds)
    while time.thread_time() < until:
        sum(range(200))
    return "ok"


@app.get("/found")
def everything() -> Response:
    """What was recorded, and the CPU seconds that the watcher has used."""
    recorder.tick()
    thread = recorder.watcher._thread
    kept = [(one.correlation_id, len(one.stacks)) for one in outliers]
    cpu = machine.thread_cpu(thread.native_id) if thread else None
    return Response(codec.encode({"records": records, "outliers": kept, "watcher": cpu}))
