"""What is usual for a series, robustly: a centre and a scale that a few outliers cannot move. Pure.

The centre is the median. The scale is 1.4826 times the median absolute deviation, which is the standard deviation on
normal data (Rousseeuw and Croux 1993), but never less than counting alone would scatter: a series that is nearly
always zero has a median absolute deviation of zero, and one event in it is no anomaly. For counts that floor is the
square root of the mean (Poisson), at least 1; for other values it is given.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

NORMAL = 1.4826


class Usual(NamedTuple):
    """`n` samples stand behind it."""

    centre: float
    scale: float
    n: int

    def band(self, deviations: float) -> tuple[float, float]:
        """The usual range."""
        return self.centre - deviations * self.scale, self.centre + deviations * self.scale


def usual(samples: ArrayLike, floor: float = 0.0, unit: float = 0.0) -> Usual | None:
    """What the samples say; None when there are none. NaN is a missing sample.

    `unit` is the value that one event adds (1 for a count, 12 for a count of five minutes scaled to an hour): it makes
    the samples counts; 0: they are none.
    """
    values = np.asarray(samples, dtype=float)
    values = values[~np.isnan(values)]
    if not len(values):
        return None
    centre = float(np.median(values))
    scale = NORMAL * float(np.median(np.abs(values - centre)))
    if unit:
        trimmed = np.minimum(values, centre + 10 * max(scale, unit))
        floor = max(floor, unit * max(1.0, float(trimmed.mean()) / unit) ** 0.5)
    return Usual(centre, max(scale, floor), len(values))
