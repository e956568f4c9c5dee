"""Exceptions that our own processes did not expect, as `exception` events: each bug once every few seconds, counted.

`note` is called where an exception was caught, and costs microseconds for one that is known by its code: a flood of
errors makes nothing slower. A process keeps so many different ones until it has told; what is beyond is counted as
`(other)`. What cannot be published waits with the id it has, so that it counts once; the oldest go, and are counted.
"""

import os
import secrets
import threading
import time
from collections.abc import Callable, Hashable, Iterable, Sequence

from core import clock, log
from core.events.endpoint_series import METHODS, OTHER_METHOD
from core.events.performance.exception import MOST_USERS, NAME, OTHER, ExceptionReport, line
from core.events.types import Event
from core.web import raised
from core.web.metrics import Metrics
from core.web.waiting_events import WaitingEvents

EVERY_SECONDS = 5.0
MOST = 50  # different exceptions between two reports, by endpoint
KEEP = 500  # events that wait
SHORTEST = 6  # characters of a client's value that is taken out of messages
_log = log.get(__name__)


class ExceptionRecorder:
    """Counts what a process raised and publishes it; a listener of its request recorder, or ticked by a worker."""

    def __init__(
        self, service: str, version: str, publish: Callable[[list[Event]], None], metrics: Metrics
    ) -> None:  # fmt: skip
        self._service = service
        self._version = version
        self._reports: dict[tuple[Hashable, ...], ExceptionReport] = {}
        self._lock = threading.Lock()
        self._process = os.getpid()
        self._next = time.monotonic() + EVERY_SECONDS
        self._noted = metrics.counter("gatehouse_exceptions_total", "Unexpected exceptions of this process.")
        self._beyond = metrics.counter(
            "gatehouse_exceptions_beyond_limit_total", "Exceptions counted under (other): too many different ones."
        )
        dropped = metrics.counter(
            "gatehouse_exception_events_dropped_total", "Exception events that could not be stored."
        )
        self._waiting = WaitingEvents("exception events", KEEP, publish, dropped)

    def note(
        self,
        error: BaseException,
        route: str = "",
        method: str = "",
        user: str | None = None,
        given: Iterable[str] = (),
    ) -> None:
        """Count an exception, without the values that a client has `given`, which messages like to repeat.

        It never raises: whoever caught one has enough to do with it.
        """
        try:
            self._note(error, route, method, user, [one for one in given if len(one) >= SHORTEST])
        except Exception as failure:
            _log.warning("an exception could not be recorded", detail=type(failure).__name__)

    def __call__(self, _: object = None) -> None:
        """Publish when it is time."""
        self._forked()
        with self._lock:
            if time.monotonic() >= self._next:
                self._tell()

    def flush(self) -> None:
        """Publish what there is."""
        with self._lock:
            self._tell()

    def _note(self, error: BaseException, route: str, method: str, user: str | None, given: list[str]) -> None:
        self._noted.inc()
        now = clock.now()
        chain = raised.chain_of(error)
        codes = tuple((type(one), *(code for code, *_ in raised.places(one.__traceback__)[0])) for one in chain)
        key: tuple[Hashable, ...] = (int(now) // 60, route, method, codes)
        self._forked()
        with self._lock:
            if key not in self._reports and len(self._reports) >= MOST:
                self._beyond.inc()
                key = (int(now) // 60, OTHER)
            report = self._reports.get(key)
            if report is None:
                report = self._reports[key] = self._report(None if OTHER in key else error, route, method, given)
            elif report.type != OTHER:
                report.message = raised.message_of(error, given)  # the newest
            report.timestamp = now
            report.count += 1
            if user and (user in report.users or len(report.users) < MOST_USERS):
                report.users[user] = report.users.get(user, 0) + 1

    def _report(
        self, error: BaseException | None, route: str, method: str, given: Sequence[str]
    ) -> ExceptionReport:  # fmt: skip
        """A report that counts none yet; None is what is beyond the limit."""
        if error is None:
            report = ExceptionReport(service=self._service, version=self._version, type=OTHER)
        else:
            report = raised.report_of(error, self._service, self._version, given=given)
            report.route, report.method = line(route, NAME), method if method in METHODS else method and OTHER_METHOD
        report.id, report.count = secrets.token_hex(12), 0
        return report

    def _forked(self) -> None:
        """What a forked process knows is its parent's to tell."""
        if self._process != os.getpid():
            self._process, self._lock, self._reports = os.getpid(), threading.Lock(), {}
            self._waiting.forget()

    def _tell(self) -> None:
        self._next = time.monotonic() + EVERY_SECONDS
        reports, self._reports = self._reports, {}
        for report in reports.values():
            report.complete()
        self._waiting.put(list(reports.values()))
