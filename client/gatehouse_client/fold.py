"""Requests folded in memory by minute, route, method, status and error type. Safe between threads, bounded.

Where a minute has more series than `MOST_SERIES`, further ones are one series of each status named `(other)`; where all
series together have more buckets than `MOST_CELLS`, what would open another one is refused and counted by the caller.
"""

from __future__ import annotations

from threading import Lock
from typing import NamedTuple

from gatehouse_client.histogram import LONGEST, bucket

OTHER = "(other)"
UNMATCHED = "(unmatched)"  # no route of the application took the request
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT"})
OTHER_METHOD = "_OTHER"  # as the HTTP semantic conventions call what is none of these
MOST_SERIES = 500
MOST_CELLS = 20_000  # some 2 MB
SERIES_CELLS = 5  # what a series without a bucket weighs


class Key(NamedTuple):
    """What a series is of; `minute` counts from the epoch, `status` is 0 when none was sent, `error_type`
    is empty without an exception."""

    minute: int
    route: str
    method: str
    status: int
    error_type: str


class Series:
    """Requests of one key: how many, their seconds (sum, least, most), and how many in each bucket."""

    __slots__ = ("buckets", "hits", "least", "most", "seconds")

    def __init__(self) -> None:
        self.hits = 0
        self.seconds = 0.0
        self.least = float("inf")
        self.most = 0.0
        self.buckets: dict[int, int] = {}


class Fold:
    """Everything since the last `take`. `add` is called by every request and costs a microsecond."""

    def __init__(self, most_series: int = MOST_SERIES, most_cells: int = MOST_CELLS) -> None:
        self.cells = 0  # buckets that are open, and what the series weigh themselves
        self.hits = 0
        self._most_series = most_series
        self._most_cells = most_cells
        self._series: dict[tuple[int, str, str, int, str], Series] = {}
        self._in_minute: dict[int, int] = {}
        self._lock = Lock()

    @property
    def is_filling(self) -> bool:
        """Whether half of the room is taken."""
        return self.cells * 2 > self._most_cells

    def add(self, minute: int, route: str, method: str, status: int, error_type: str, seconds: float) -> bool:
        """Count a request; False when there is no room left for it."""
        if method not in METHODS:
            method = OTHER_METHOD
        if not 0.0 <= seconds <= LONGEST:
            seconds = 0.0 if seconds < 0.0 else LONGEST
        number = bucket(seconds)
        key = (minute, route, method, status, error_type)
        with self._lock:
            series = self._series.get(key)
            if series is None:
                series = self._open(key)
                if series is None:
                    return False
            buckets = series.buckets
            count = buckets.get(number)
            if count is not None:
                buckets[number] = count + 1
            elif self.cells < self._most_cells:
                self.cells += 1
                buckets[number] = 1
            else:
                return False
            series.hits += 1
            self.hits += 1
            series.seconds += seconds
            if seconds < series.least:
                series.least = seconds
            if seconds > series.most:
                series.most = seconds
        return True

    def take(self, before: int | None = None) -> list[tuple[Key, Series]]:
        """Hand over the series of the minutes before `before`, or all of them, oldest minute first."""
        with self._lock:
            if before is None:
                found, self._series = self._series, {}
                self._in_minute, self.cells, self.hits = {}, 0, 0
            else:
                found = {key: series for key, series in self._series.items() if key[0] < before}
                for key, series in found.items():
                    del self._series[key]
                    self._in_minute.pop(key[0], None)
                    self.cells -= SERIES_CELLS + len(series.buckets)
                    self.hits -= series.hits
        taken = [(Key(*key), series) for key, series in found.items() if series.hits]
        return sorted(taken, key=lambda item: item[0].minute)

    def _open(self, key: tuple[int, str, str, int, str]) -> Series | None:
        """A series that is not there yet, with the lock held; None when there is no room."""
        minute, status = key[0], key[3]
        if self._in_minute.get(minute, 0) >= self._most_series:
            key = (minute, OTHER, OTHER_METHOD, status, "")
            if (found := self._series.get(key)) is not None:
                return found
        if self.cells + SERIES_CELLS >= self._most_cells:
            return None
        self.cells += SERIES_CELLS
        self._in_minute[minute] = self._in_minute.get(minute, 0) + 1
        series = self._series[key] = Series()
        return series
