"""What our own endpoints do, as `endpoint` events: hits and durations by the minute, every few seconds.

A recorder's listener. A process has a bounded number of series; what is beyond counts under the route `(other)`. What
cannot be published waits with the id it has, so that it counts once; the oldest go, and are counted.
"""

import os
import threading
import time
from collections.abc import Callable, Sequence

from core import log
from core.events.endpoint_series import NANO, OTHER, OTHER_METHOD
from core.events.performance.endpoint import Endpoint
from core.events.types import Event
from core.web.event_ids import event_id
from core.web.metrics import Metrics
from core.web.outliers.usual import Usual
from core.web.request_batch import Durations, RequestRecord, groups
from core.web.waiting_events import WaitingEvents

EVERY_SECONDS = 5.0
SERIES = 500  # of a minute
KEEP = 5_000  # events that wait
_log = log.get(__name__)
_Key = tuple[int, str, str, int]  # minute, route, method, status


class EndpointRecorder:
    """Adds up what a process served and publishes it; `usual` learns how long its endpoints take."""

    def __init__(
        self,
        service: str,
        version: str,
        publish: Callable[[list[Event]], None],
        metrics: Metrics,
        usual: Usual | None = None,
    ) -> None:
        self._usual = usual
        self._service = service
        self._version = version
        self._tallies: dict[_Key, Durations] = {}
        self._series: dict[int, int] = {}  # of each minute
        self._lock = threading.Lock()
        self._process = os.getpid()
        self._next = time.monotonic() + EVERY_SECONDS
        self._beyond = metrics.counter(
            "gatehouse_endpoint_hits_beyond_limit_total", "Hits counted under (other): too many series in a minute."
        )
        dropped = metrics.counter(
            "gatehouse_endpoint_events_dropped_total", "Endpoint events that could not be stored."
        )
        self._waiting = WaitingEvents("endpoint events", KEEP, publish, dropped)

    def __call__(self, batch: Sequence[RequestRecord]) -> None:
        """Add a batch; publish when it is time."""
        if self._process != os.getpid():  # what is known here is its parent's to tell
            self._process, self._lock = os.getpid(), threading.Lock()
            self._tallies, self._series = {}, {}
            self._waiting.forget()
        with self._lock:
            self._add(batch)
            if time.monotonic() >= self._next:
                self._tell()

    def flush(self) -> None:
        """Publish what there is."""
        with self._lock:
            self._tell()

    def _add(self, batch: Sequence[RequestRecord]) -> None:
        for group in groups(batch):
            key = (group.minute, group.route, group.known_method, group.status)
            tally = self._tallies.get(key) or self._tally(key, len(group.requests))
            tally.merge(group.durations)

    def _tally(self, key: _Key, hits: int) -> Durations:
        minute, _, _, status = key
        if self._series.get(minute, 0) >= SERIES:
            self._beyond.inc(by=hits)
            key = (minute, OTHER, OTHER_METHOD, status)
        else:
            self._series[minute] = self._series.get(minute, 0) + 1
        return self._tallies.setdefault(key, Durations())

    def _tell(self) -> None:
        self._next = time.monotonic() + EVERY_SECONDS
        tallies, self._tallies = self._tallies, {}
        newest = max(self._series, default=0)
        self._series = {minute: count for minute, count in self._series.items() if minute == newest}
        if self._usual is not None:
            for (_, route, method, _), tally in tallies.items():
                self._usual.add(route, method, tally.buckets)
        self._waiting.put(self._event(key, tally) for key, tally in tallies.items())

    def _event(self, key: _Key, tally: Durations) -> Endpoint:
        minute, route, method, status = key
        return Endpoint(
            id=event_id(), timestamp=minute * 60.0, service=self._service, version=self._version,
            route=route[:300] or "/", method=method, status=status if 0 <= status <= 599 else 0, hits=tally.hits,
            seconds_sum=tally.total / NANO, seconds_min=tally.least / NANO, seconds_max=tally.most / NANO,
            buckets=tally.buckets,
        )  # fmt: skip
