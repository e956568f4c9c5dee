"""The stored windows of a metric, learnt as records: the past when it starts, then window by window."""

from collections.abc import Callable

from alerts.evaluate.metrics import Metric, WindowCounts, read
from alerts.evaluate.records import DAY, Records
from alerts.evaluate.windows import Windows
from core.events import time_buckets


class Learner:
    """Records of the stored past, which it reads a day a tick and then window by window; nothing else is kept.

    `length` is that of the windows in seconds; what was stored before `start` is not read.
    """

    def __init__(self, metric: Metric, length: int, minimum: int, records: Records, start: float) -> None:
        self._metric, self._length, self._minimum = metric, length, minimum
        self._step = -(-self._length // time_buckets.MINUTE) * time_buckets.MINUTE
        self._until = time_buckets.floor(start, self._step)
        self._records, self._is_complete = records, False

    def follow(self, stored: Callable[[float, float], Windows], now: float) -> bool:
        """Learn what was stored since the last time, at most a day of it. Whether all is learnt; `stored` gives the
        minutes of a span. Raises DatabaseUnavailable.
        """
        newest = time_buckets.floor(now, self._step)
        end = min(newest, self._until + max(self._step, int(DAY) // self._step * self._step))
        if end > self._until:
            self._learn(stored(self._until - self._length, end), end)
        self._is_complete = end >= newest
        return self._is_complete

    def _learn(self, windows: Windows, end: int) -> None:
        """Take in the windows that end up to `end`, but those of fewer samples than the rule wants."""
        for at in range(self._until + self._step, end + 1, self._step):
            found = read(self._metric, WindowCounts(*windows.totals(at, self._length), self._length))
            if found.value is not None and found.n >= self._minimum:
                self._records.add(at, found.value)
        self._until = max(self._until, end)
        self._records.forget(end)

    def band(self, at: float) -> tuple[float, float] | None:
        """The usual range now; None before the past is read."""
        return self._records.band(at) if self._is_complete else None
