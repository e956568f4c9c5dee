"""A worker process (collector, alert worker, judge of statuses, trainer) from its first task to its last."""

import signal
import sys
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any

from core import log, revision, tasks
from core.errors import Unreachable
from core.events.types import Event
from core.settings import Settings
from core.tasks import Task
from core.web import sidecar
from core.web.exception_recorder import EVERY_SECONDS, ExceptionRecorder
from core.web.health import Check
from core.web.metrics import Metrics

PATIENCE = 10.0


def run(
    known: Settings,
    name: str,
    duties: list[Task],
    metrics: Metrics,
    checks: Mapping[str, Check],
    failed: Callable[[str], None],
    *,
    port: str = "",
    patience: float = PATIENCE,
    daemon: bool = False,
    publish: Callable[[list[Event]], None] | None = None,
    **facts: Any,
) -> None:
    """Do the tasks until SIGTERM or SIGINT, then let them finish what is in hand, for `patience` seconds together.

    Metrics and health are served at the `port` of the settings, which is called as the process unless it is given;
    `failed` and `daemon` are those of `tasks.start`; `facts` are logged. With `publish`, what a task did not expect is
    reported as an exception of this process. Raises OSError when the port is taken.
    """
    recorder = ExceptionRecorder(name, revision.of(known.source), publish, metrics) if publish else None

    def noted(task: str) -> None:
        failed(task)
        error = sys.exc_info()[1]  # it is called where the error was caught
        if recorder and error is not None and not isinstance(error, Unreachable):
            recorder.note(error, f"task {task}")

    if recorder:
        duties = [*duties, Task("exceptions", EVERY_SECONDS, recorder)]
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _number, _frame: stop.set())
    server = sidecar.serve(known.host, known.ports[port or name], metrics, checks, known.config.limits)
    threads = tasks.start(duties, stop, noted, daemon)
    log.get(name).info("started", **facts)
    stop.wait()
    latest = time.monotonic() + patience
    for thread in threads:
        thread.join(timeout=max(0.0, latest - time.monotonic()))
    if recorder:
        recorder.flush()
    server.shutdown()
