"""Bins of a period for charts that draw much in each of them: at most a month of days, or a day of hours."""

from console.figures.bins import Bins
from core.analytics.periods import HOUR, Period

MOST = 32
STEPS = (1, 2, 3, 6, 12, 24, 168, 672)  # hours


def coarse(period: Period) -> Bins:
    """The bins, which begin at whole multiples of their length."""
    span = period.span
    length = (span.end - span.start) // HOUR
    step = next((step for step in STEPS if length <= step * (MOST - 1)), STEPS[-1]) * HOUR
    return Bins(span.start // step * step // 60, -(-span.end // step) * step // 60, step // 60)
