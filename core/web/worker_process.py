"""A worker process (collector, alert worker, judge of statuses, trainer) from its first task to its last."""

import signal
import sys
import threading
import time
from collections.abc import Callable, Mapping

from core import log, revision, tasks
from core.errors import Unreachable
from core.pipeline.publisher import EventPublisher
from core.settings import Settings
from core.tasks import Task
from core.web import sidecar
from core.web.exception_recorder import ExceptionRecorder
from core.web.metrics import Metrics
from core.web.process_reporter import ProcessReporter
from core.web.query_recorder import QueryRecorder
from core.web.readiness import Check

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
    **facts: str | int | float | None,
) -> None:
    """Do the tasks until SIGTERM or SIGINT, then let them finish what is in hand, for `patience` seconds together.

    With a `publisher` the process reports itself, what its queries take, and what a task did not expect.
    Metrics and health are served at the `port` of the settings, which is called as the process unless it is given;
    `failed` and `daemon` are those of `tasks.start`; `facts` are logged. Raises OSError when the port is taken.
    """
    own: list[Task] = []
    ends: list[Callable[[], None]] = []
    told = failed
    if publisher is not None:
        queries = QueryRecorder(name, publisher.publish, metrics)
        reporter = ProcessReporter(
            name, revision.of(known.source), publisher.publish, metrics, known.data_dir, publisher.published
        )  # fmt: skip
        exceptions = ExceptionRecorder(name, revision.of(known.source), publisher.publish, metrics)
        own = [
            Task("query times", FOLD_SECONDS, queries.step), Task("process", REPORT_SECONDS, reporter),
            Task("exceptions", REPORT_SECONDS, exceptions),
        ]  # fmt: skip
        ends = [queries.flush, exceptions.flush, reporter.close]
        told = _noting(failed, exceptions)
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _number, _frame: stop.set())
    server = sidecar.serve(known.host, known.ports[port or name], metrics, checks, known.config.limits)
    threads = tasks.start([*duties, *own], stop, told, daemon)
    log.get(name).info("started", **facts)
    stop.wait()
    latest = time.monotonic() + patience
    for thread in threads:
        thread.join(timeout=max(0.0, latest - time.monotonic()))
    for end in ends:
        end()
    server.shutdown()


def _noting(failed: Callable[[str], None], exceptions: ExceptionRecorder) -> Callable[[str], None]:
    """`failed`, which is called where the error was caught, and the error recorded; an absent store is no bug."""

    def told(task: str) -> None:
        failed(task)
        error = sys.exc_info()[1]
        if error is not None and not isinstance(error, Unreachable):
            exceptions.note(error, f"task {task}")

    return told
