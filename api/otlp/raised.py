"""Exceptions that server spans recorded, folded into events of kind `exception`: one for each bug and endpoint.

A body may hold many: so many different ones are read, and what is beyond is counted as `(other)` of its service. Pure.
"""

from hashlib import blake2b

from api.otlp import spans
from api.otlp.spans import Recorded, Span
from core.endpoints import fingerprint
from core.events.endpoint_series import NANO, EndpointKey
from core.events.performance.exception import MOST_USERS, OTHER, ExceptionReport, line

MOST_READ = 2_000  # different exceptions whose stacks are read
MOST = 100  # events


class RaisedFold:
    """The exceptions of the spans of one body."""

    def __init__(self) -> None:
        self._reports: dict[tuple[str, ...], ExceptionReport] = {}
        self._marks: dict[bytes, tuple[str, str]] = {}

    def add(self, span: Span, key: EndpointKey) -> None:
        """Add what a span recorded; `key` is its series."""
        user = next((found for name in spans.USERS if isinstance(found := span.attributes.get(name), str)), "")
        for one in span.recorded:
            self._add(one, span.end / NANO, key, line(user, 200))

    def events(self, key: str) -> list[ExceptionReport]:
        """The events of everything; their ids begin with `key`, so that the same body again counts once."""
        for number, report in enumerate(self._reports.values()):
            report.id = f"{key}:x{number}"
        return list(self._reports.values())

    def _add(self, one: Recorded, at: float, key: EndpointKey, user: str) -> None:
        mark, message, read = self._read(one, key.service)
        place: tuple[str, ...] = (key.service, key.version, key.route, key.method, mark)
        if mark == fingerprint.REST or (place not in self._reports and len(self._reports) >= MOST):
            place, mark = (key.service, OTHER), fingerprint.REST
            if place not in self._reports and len(self._reports) >= 2 * MOST:
                place = (OTHER, OTHER)
        report = self._reports.get(place)
        if report is None:
            if mark == fingerprint.REST:
                report = ExceptionReport(service=place[0], type=OTHER)
            else:
                report = read or complete(one, key.service)
                report.version, report.route, report.method = key.version, key.route, key.method
            report.count = 0
            self._reports[place] = report
        elif at >= float(report.timestamp or 0) and mark != fingerprint.REST:
            report.message = message
        report.timestamp = max(at, float(report.timestamp or 0))
        report.count += 1
        if user and (user in report.users or len(report.users) < MOST_USERS):
            report.users[user] = report.users.get(user, 0) + 1

    def _read(self, one: Recorded, service: str) -> tuple[str, str, ExceptionReport | None]:
        """Fingerprint and message of what was recorded, and the report where it was read now; beyond the limit the
        rest.
        """
        digest = blake2b("\x1f".join(one).encode("utf-8", "replace"), digest_size=16).digest()
        if (found := self._marks.get(digest)) is not None:
            return *found, None
        if len(self._marks) >= MOST_READ:
            return fingerprint.REST, "", None
        report = complete(one, service)
        found = self._marks[digest] = fingerprint.of(report), report.message
        return *found, report


def complete(one: Recorded, service: str) -> ExceptionReport:
    """What a span recorded as a report without a place and a time."""
    report = ExceptionReport(service=service, type=one.type, message=one.message, stacktrace=one.stacktrace)
    report.complete()
    return report
