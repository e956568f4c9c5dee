"""What is usual for a metric that is neither a count nor a share (a latency), from the records of its past. Pure.

Such a metric has no scatter by counting, and its own is heavy-tailed: what is 6 deviations away comes every week. So a
value is compared with the largest residuals that there have been. The residual is how far a value lies outside the span
of two medians, that of the local past and that of the same time of the days before. It is looked at point by point and
in the mean over three hours and over a day: a spike, a plateau, a shift. Unusual is a mean greater than `factor` times
the greatest that is older than a day. So an incident stays unusual while it lasts, up to a day, and what is past is the
measure of what comes; after a long one the mean of the day may stay unusual for some hours.
"""

from array import array
from bisect import bisect_left, bisect_right
from math import inf

import numpy as np

DAY = 86400.0
SCALES = (0.0, 10_800.0, DAY)  # seconds: one point, three hours, a day
LATE = DAY  # how old a residual must be to be a record
LEAST = 20  # points of the local past
HISTORY = DAY  # of residuals that are old enough
AROUND = 1800.0  # the same time of a day
FLOOR = 0.02  # of the usual value: no smaller residual is unusual, however quiet the past


class Records:
    """Grows point by point, oldest first; a point costs two medians and 50 bytes. Times are epoch seconds.

    `local` is the length of the local past, `days` how many days' same time is looked at, `factor` what a residual must
    exceed its record by, `horizon` how far back records go, all but `factor` and `days` in seconds.
    """

    def __init__(self, local: float, days: int, factor: float, horizon: float) -> None:
        self._local, self._days, self._factor, self._horizon = local, days, factor, horizon
        self._times, self._values = array("d"), array("d")
        self._last: tuple[float, tuple[float, float] | None] = (-inf, None)  # what was asked for last
        self._sums = array("d", [0.0])  # of residuals, before each point
        self._means = [array("d") for _ in SCALES]  # of residuals up to each point

    def add(self, at: float, value: float) -> None:
        """Take a point in. It must be newer than the last."""
        usual = self._usual(at)
        residual = 0.0 if usual is None else value - min(max(value, usual[0]), usual[1])
        self._last = (-inf, None)
        self._times.append(at)
        self._values.append(value)
        self._sums.append(self._sums[-1] + residual)
        for means, scale in zip(self._means, SCALES, strict=True):
            first = bisect_right(self._times, at - scale) if scale else len(self._times) - 1
            means.append((self._sums[-1] - self._sums[first]) / (len(self._times) - first))

    def forget(self, now: float) -> None:
        """Drop the points that nothing will look at any more."""
        old = bisect_left(self._times, now - max(self._horizon, self._local, self._days * DAY) - DAY)
        for one in (self._times, self._values, self._sums, *self._means):
            del one[:old]

    def band(self, at: float) -> tuple[float, float] | None:
        """The usual range of a value at `at`, from the points so far; None when too little is known."""
        usual = self._usual(at)
        known = bisect_left(self._times, at - LATE)
        first = bisect_left(self._times, at - self._horizon)
        if usual is None or known <= first or self._times[known - 1] - self._times[first] < HISTORY - LATE / 24:
            return None
        low, high = usual
        least = FLOOR * max(abs(low), abs(high))
        ups, downs = [], []
        for means, scale in zip(self._means, SCALES, strict=True):
            past = np.frombuffer(means)[first:known]
            most, fewest = (self._factor * max(0.0, float(one)) for one in (past.max(), -past.min()))
            begin = bisect_right(self._times, at - scale) if scale else len(self._times)
            n, total = len(self._times) - begin + 1, self._sums[-1] - self._sums[begin]
            most, fewest = max(most, least), max(fewest, least)
            ups.append(n * max(most, least) - total)
            downs.append(n * max(fewest, least) + total)
        up, down = min(ups), min(downs)
        return (low - down if down >= 0 else high - down), (high + up if up >= 0 else low + up)

    def _usual(self, at: float) -> tuple[float, float] | None:
        """The lower and the higher of the two medians; None while the local past is short."""
        if self._last[0] != at:
            self._last = at, self._medians(at)
        return self._last[1]

    def _medians(self, at: float) -> tuple[float, float] | None:
        local = self._values[bisect_left(self._times, at - self._local) :]
        if len(local) < LEAST:
            return None
        found = [_median(local)]
        same = array("d")
        for day in range(1, self._days + 1):
            first, after = (bisect_left(self._times, at - day * DAY + around) for around in (-AROUND, AROUND))
            same += self._values[first:after]
        if same:
            found.append(_median(same))
        return min(found), max(found)


def _median(values: "array[float]") -> float:
    """As numpy's, in a tenth of its time for some hundred values."""
    middle = len(values) // 2
    ordered = np.partition(np.frombuffer(values), (middle - 1, middle))
    return float(ordered[middle] if len(values) % 2 else (ordered[middle - 1] + ordered[middle]) / 2)
