"""Log-linear buckets of durations: bucket i holds (1.02^(i-1), 1.02^i] seconds, so a quantile is within 1 %.

What took a microsecond or less is in one lowest bucket, what took longer than eleven days in one highest. The
server counts in the same buckets, so that histograms of many processes add up.
"""

from __future__ import annotations

from math import ceil, log

GROWTH = 1.02
SHORTEST = 1e-6
LONGEST = 1e6
_PER_LOG = 1.0 / log(GROWTH)
LOWEST, HIGHEST = -697, 698


def bucket(seconds: float) -> int:
    """The number of the bucket that holds a duration."""
    if seconds <= SHORTEST:
        return LOWEST
    if seconds >= LONGEST:
        return HIGHEST
    return min(HIGHEST, ceil(log(seconds) * _PER_LOG))
