"""What statements and Redis commands of this process took, as `queries` events, every few seconds.

A listener of the recorder of an application, or a task of a worker. A process has a bounded number of series a minute;
what is beyond counts under the name `(other)`. What cannot be published waits with the id that it has.
"""

import os
import secrets
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from typing import cast

from core import clock
from core.db import query_times
from core.db.query_times import CONNECTING_NOW, DATABASE
from core.events.endpoint_series import METHODS, NANO, OTHER, OTHER_METHOD
from core.events.performance.queries import BACKGROUND, MOST_ROWS, Kind, Queries, QueryRow
from core.events.types import Event
from core.web.metrics import Metrics
from core.web.request_batch import Durations, RequestRecord, groups
from core.web.waiting_events import WaitingEvents

EVERY_SECONDS = 10.0
SERIES = 1_000  # of a minute
KEEP = 300  # events that wait
NAMES = 2_000  # statements whose names are kept
_Key = tuple[str, int, str, str, str, str]  # service, minute, kind, query, route, method


class _Calls(Durations):
    """One series in one minute."""

    __slots__ = ("errors", "rows")

    def __init__(self) -> None:
        super().__init__()
        self.rows = self.errors = 0


class QueryRecorder:
    """Adds up what a process called and publishes it."""

    def __init__(self, service: str, publish: Callable[[list[Event]], None], metrics: Metrics) -> None:
        self._service = service
        self._tallies: dict[_Key, _Calls] = {}
        self._series: dict[int, int] = {}  # of each minute
        self._names: dict[str, str] = {}
        self._lock = threading.Lock()
        self._process = os.getpid()
        self._next = time.monotonic() + EVERY_SECONDS
        self._beyond = metrics.counter(
            "gatehouse_query_calls_beyond_limit_total", "Calls counted under (other): too many series in a minute."
        )
        self._missed = metrics.counter(
            "gatehouse_query_calls_dropped_total", "Calls of queries that were not counted: too many at once."
        )
        dropped = metrics.counter("gatehouse_query_events_dropped_total", "Query events that could not be stored.")
        self._waiting = WaitingEvents("query events", KEEP, publish, dropped)
        query_times.start()

    def __call__(self, batch: Sequence[RequestRecord]) -> None:
        """`step`, with the requests that were answered: what none of their calls took is the code's own."""
        self.step()
        with self._lock:
            for group in groups(batch):
                key = (
                    self._service, group.minute, query_times.OWN, query_times.OWN_CODE, group.route, group.known_method
                )  # fmt: skip
                tally = self._tallies.get(key) or self._tally(key, len(group.requests))
                tally.merge(group.own)

    def step(self, _: float = 0.0) -> None:
        """Add up what was seen since; publish when it is time."""
        if self._process != os.getpid():  # what is known here is its parent's to report
            self._process, self._lock = os.getpid(), threading.Lock()
            self._tallies, self._series = {}, {}
            self._waiting.forget()
        with self._lock:
            self._fold()
            if time.monotonic() >= self._next:
                self._publish()

    def flush(self) -> None:
        """Publish what there is."""
        with self._lock:
            self._fold()
            self._publish()

    def _fold(self) -> None:
        seen, dropped = query_times.taken()
        if dropped:
            self._missed.inc(by=dropped)
        epoch = clock.now() - time.perf_counter()
        for at, kind, what, serving, seconds, rows, failed in seen:
            if serving is CONNECTING_NOW:
                continue
            minute = int(at + epoch) // 60
            name = (self._names.get(what) or self._name(what)) if kind == DATABASE else what
            if serving is None:
                key = (self._service, minute, kind, name, BACKGROUND, "")
            else:
                method = serving.method if serving.method in METHODS else OTHER_METHOD
                key = (serving.service, minute, kind, name, serving.route, method)
            tally = self._tallies.get(key)
            if tally is None:
                tally = self._tally(key)
            tally.add_one(seconds)
            if rows > 0:
                tally.rows += rows
            if failed:
                tally.errors += 1

    def _name(self, statement: str) -> str:
        """The name of a statement; texts of ours are few, and others are not kept for long."""
        if len(self._names) >= NAMES:
            self._names.clear()
        return self._names.setdefault(statement, query_times.name_of(statement))

    def _tally(self, key: _Key, hits: int = 1) -> _Calls:
        service, minute, kind, *_ = key
        if self._series.get(minute, 0) >= SERIES:
            self._beyond.inc(by=hits)
            route, method = (OTHER, OTHER_METHOD) if kind == query_times.OWN else (BACKGROUND, "")
            key = (service, minute, kind, OTHER, route, method)
        else:
            self._series[minute] = self._series.get(minute, 0) + 1
        return self._tallies.setdefault(key, _Calls())

    def _publish(self) -> None:
        self._next = time.monotonic() + EVERY_SECONDS
        tallies, self._tallies = self._tallies, {}
        newest = max(self._series, default=0)
        self._series = {minute: count for minute, count in self._series.items() if minute == newest}
        self._waiting.put(_events(tallies))


def _events(tallies: dict[_Key, _Calls]) -> Iterator[Queries]:
    places: dict[tuple[str, int], list[QueryRow]] = {}
    for (service, minute, kind, query, route, method), one in tallies.items():
        row = QueryRow(
            kind=cast(Kind, kind), query=query, route=route[:300] or "/", method=method, hits=one.hits, rows=one.rows,
            errors=one.errors, seconds_sum=one.total / NANO, seconds_min=one.least / NANO,
            seconds_max=one.most / NANO, buckets=one.buckets,
        )  # fmt: skip
        places.setdefault((service, minute), []).append(row)
    for (service, minute), rows in places.items():
        for at in range(0, len(rows), MOST_ROWS):
            some = rows[at : at + MOST_ROWS]
            yield Queries(id=secrets.token_hex(12), timestamp=minute * 60.0, service=service, queries=some)
