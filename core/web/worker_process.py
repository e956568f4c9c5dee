"""A worker process (collector, alert worker, judge of statuses, trainer) from its first task to its last."""

import signal
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any

from core import log, revision, tasks
from core.pipeline.publisher import EventPublisher
from core.settings import Settings
from core.tasks import Task
from core.web import sidecar
from core.web.health import Check
from core.web.metrics import Metrics
from core.web.process_reporter import ProcessReporter
from core.web.query_recorder import QueryRecorder

PATIENCE = 10.0
FOLD_SECONDS = 1.0
REPORT_SECONDS = 5.0  # how often it is looked whether a report is due


def run(
    known: Settings,
    name: str,
    duties: list[Task],
    metrics: Metrics,
    checks: Mapping[str, Check],
    failed: Callable[[str], None],
    *,
    port: str = "",
    publisher: EventPublisher | None = None,
    patience: float = PATIENCE,
    daemon: bool = False,
    **facts: Any,
) -> None:
    """Do the tasks until SIGTERM or SIGINT, then let them finish what is in hand, for `patience` seconds together.

    With a `publisher` the process reports itself, and what its queries take.
    Metrics and health are served at the `port` of the settings, which is called as the process unless it is given;
    `failed` and `daemon` are those of `tasks.start`; `facts` are logged. Raises OSError when the port is taken.
    """
    own: list[Task] = []
    ends: list[Callable[[], None]] = []
    if publisher is not None:
        queries = QueryRecorder(name, publisher.publish, metrics)
        reporter = ProcessReporter(
            name, revision.of(known.source), publisher.publish, metrics, known.data_dir, publisher.published
        )  # fmt: skip
        own = [Task("query times", FOLD_SECONDS, queries.step), Task("process", REPORT_SECONDS, reporter)]
        ends = [queries.flush, reporter.close]
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _number, _frame: stop.set())
    server = sidecar.serve(known.host, known.ports[port or name], metrics, checks, known.config.limits)
    threads = tasks.start([*duties, *own], stop, failed, daemon)
    log.get(name).info("started", **facts)
    stop.wait()
    latest = time.monotonic() + patience
    for thread in threads:
        thread.join(timeout=max(0.0, latest - time.monotonic()))
    for end in ends:
        end()
    server.shutdown()
