"""Server spans folded into events of kind `endpoint`, as what the client package reports of a request. Pure.

A span without an HTTP attribute (a call of gRPC, a message) is ignored; one whose times cannot be is rejected with its
reason. A body holds at most `MOST_SERIES` series by themselves; what is beyond is the series `(other)` of its service.
"""

import re
from collections import Counter
from typing import Any

from msgspec import Struct, field

from api.otlp import spans
from api.otlp.raised import RaisedFold
from api.otlp.spans import Span
from core import nfc
from core.errors import BadInput
from core.events.endpoint_series import METHODS, NANO, OTHER_METHOD, UNMATCHED, EndpointKey, bucket
from core.events.performance.endpoint import Endpoint
from core.events.retention import Kept
from core.events.service_binding import ANY_SERVICE, ServiceBinding

MOST_SERIES = 1_000
MOST_BEYOND = 200  # series `(other)`, of services and minutes; what is beyond those is rejected
LONGEST = 1_000_000 * NANO
UNKNOWN_SERVICE = "unknown_service"  # as OpenTelemetry's SDKs call it
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


class Times(Struct, frozen=True):
    """What times a span may have: `now`, how many seconds ahead of it, and how long data are kept."""

    now: float
    ahead: float
    kept: Kept


class Tally(Struct):
    """Requests of one series and minute; times in nanoseconds."""

    hits: int = 0
    total: int = 0
    least: int = LONGEST
    most: int = 0
    buckets: Counter[int] = field(default_factory=Counter)

    def add(self, took: int) -> None:
        """Count a request."""
        self.hits += 1
        self.total += took
        self.least = min(self.least, took)
        self.most = max(self.most, took)
        self.buckets[bucket(took / NANO)] += 1


class Fold:
    """What the spans of one body come to. `ignored` are spans that are no HTTP request; `rejected` by reason; `raised`
    are the exceptions of those that were taken.
    """

    def __init__(self, times: Times, binding: ServiceBinding = ANY_SERVICE) -> None:
        self._binding = binding
        self.of_other_services = 0
        self.taken = 0
        self.ignored = 0
        self.rejected: Counter[str] = Counter()
        self.raised = RaisedFold()
        self._times = times
        self._tallies: dict[tuple[int, EndpointKey], Tally] = {}
        self._keys: dict[tuple[Any, ...], EndpointKey] = {}

    def add(self, span: Span | None) -> None:
        """Count a span; None is one of another kind."""
        if span is None or _OF_HTTP.isdisjoint(span.attributes):
            self.ignored += 1
        elif reason := self._wrong(span):
            self.rejected[reason] += 1
        elif not self._binding.allows((key := self._key(span)).service):
            self.of_other_services += 1
            self.rejected[f"has a service that {self._binding.reason(key.service)}"] += 1
        elif (tally := self._tally(span.end // NANO // 60, key)) is None:
            self.rejected["belongs to one series too many"] += 1
        else:
            self.taken += 1
            tally.add(span.end - span.start)
            if span.recorded:
                self.raised.add(span, self._key(span))

    def events(self, key: str) -> list[Endpoint]:
        """The events of everything; their ids begin with `key`, so that the same body again counts once."""
        return [
            Endpoint(
                id=f"{key}:{number}",
                timestamp=float(minute * 60),
                hits=tally.hits,
                seconds_sum=tally.total / NANO,
                seconds_min=tally.least / NANO,
                seconds_max=tally.most / NANO,
                buckets=dict(tally.buckets),
                **series._asdict(),
            )
            for number, ((minute, series), tally) in enumerate(self._tallies.items())
        ]

    def _wrong(self, span: Span) -> str:
        """What is wrong with its times; empty when nothing is."""
        if not span.start or not span.end:
            return "has no start or no end"
        if span.end < span.start:
            return "ends before it starts"
        if span.end - span.start > LONGEST:
            return "takes longer than eleven days"
        times, ended = self._times, span.end / NANO
        if ended > times.now + times.ahead:
            return f"ends more than {times.ahead:g} s in the future"
        try:
            times.kept.check("endpoint", ended, times.now)
        except BadInput:
            return "is older than data are kept"
        return ""

    def _key(self, span: Span) -> EndpointKey:
        """The series of a span; many spans say the same."""
        given = span.attributes
        said = (span.service, span.version, span.failed, span.exception, *map(given.get, _READ))
        if (known := self._keys.get(said)) is None:
            if len(self._keys) >= MOST_SERIES:
                self._keys.clear()
            known = self._keys[said] = key_of(span)
        return known

    def _tally(self, minute: int, key: EndpointKey) -> Tally | None:
        """The tally of a series; None when there is no room for it."""
        found = self._tallies.get((minute, key))
        if found is None:
            if len(self._tallies) >= MOST_SERIES:
                key = key.beyond
                if (found := self._tallies.get((minute, key))) is not None:
                    return found
                if len(self._tallies) >= MOST_SERIES + MOST_BEYOND:
                    return None
            found = self._tallies[minute, key] = Tally()
        return found


_READ = sorted(spans.OF_SPAN)
_OF_HTTP = spans.OF_SPAN - {spans.ERROR_TYPE}


def key_of(span: Span) -> EndpointKey:
    """What a span counts for."""
    given = span.attributes
    method = given.get(spans.METHOD) or given.get(spans.OLD_METHOD)
    status = _status(given.get(spans.STATUS)) or _status(given.get(spans.OLD_STATUS))
    return EndpointKey(
        _text(span.service, 100) or UNKNOWN_SERVICE,
        _text(span.version, 100),
        _text(given.get(spans.ROUTE), 300) or UNMATCHED,
        method if method in METHODS else OTHER_METHOD,
        status,
        _text(_error(span, status), 100),
    )


def _text(given: Any, most: int) -> str:
    """A name as it is stored: one line, bounded; empty for what is no text."""
    if not isinstance(given, str):
        return ""
    return _CONTROL.sub("\ufffd", nfc.text(given[: 4 * most]))[:most]


def _status(given: Any) -> int:
    """A status code; 0 for what is none."""
    if isinstance(given, str) and given.isascii() and given.isdigit() and len(given) == 3:
        given = int(given)
    return given if type(given) is int and 100 <= given <= 599 else 0


def _error(span: Span, status: int) -> str:
    """error.type where it says more than the status, else the exception of a span that failed."""
    told = span.attributes.get(spans.ERROR_TYPE)
    if isinstance(told, str) and told and told not in (str(status), "_OTHER"):
        return told
    return span.exception if span.failed or status >= 500 or not status else ""
