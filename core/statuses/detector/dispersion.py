"""How much wider than expected a series scatters: trimmed squared residuals of blocks of some minutes.

Likelihood ratios are divided by the largest of the ratios, at least 1: noise of a minute shows in blocks of one, what
lingers (a level that wanders, clumps) in longer ones. State: for each length the squares and what was expected, then
for each length above 1 the sums of the block that runs. Pure.
"""

from collections.abc import Sequence

import numpy as np

from core.statuses.detector.arrays import FLOAT, Array

_PRIOR = FLOAT(4.0)  # blocks that scattered as expected, before any was seen


def rows_of(lengths: Sequence[int]) -> int:
    """How many rows of state blocks of these minutes take."""
    return 2 * len(lengths) + 2 * sum(length > 1 for length in lengths)


def factor(rows: Array, lengths: Sequence[int]) -> Array:
    """The dispersion of each series, at least 1."""
    wide: Array = np.maximum(ratios(rows, lengths).max(axis=0), FLOAT(1))
    return wide


def ratios(rows: Array, lengths: Sequence[int]) -> Array:
    """Squared residuals of blocks of each length over what was expected, less a standard error of that."""
    end = 2 * len(lengths)
    blocks = rows[1:end:2] + _PRIOR
    ratio: Array = (rows[0:end:2] + _PRIOR) / blocks * (1 - np.sqrt(1 / blocks))
    return ratio


def learn(
    rows: Array, lengths: Sequence[int], residual: Array, variance: Array, at: int, keep: float, trim: float
) -> None:
    """Take minute number `at` in, in place: its residual and the variance expected of it, both 0 where not learnt.

    `keep` is what is left after a minute, `trim` the standard deviations that one block counts for at most.
    """
    running = 2 * len(lengths)
    for i, length in enumerate(lengths):
        if length == 1:
            _take(rows[2 * i : 2 * i + 2], residual, variance, keep, trim)
            continue
        sums = rows[running : running + 2]
        running += 2
        sums[0] += residual
        sums[1] += variance
        if at % length == length - 1:
            _take(rows[2 * i : 2 * i + 2], sums[0], sums[1], keep**length, trim)
            sums[:] = 0


def _take(rows: Array, residual: Array, variance: Array, keep: float, trim: float) -> None:
    """A block weighs as much as it can show: one that expects far less than a count says next to nothing."""
    wide = np.maximum((rows[0] + _PRIOR) / (rows[1] + _PRIOR), 1)
    rows *= np.where(variance > 0, FLOAT(keep), FLOAT(1))
    rows[0] += np.minimum(residual * residual / (1 + variance), FLOAT(trim * trim) * wide)
    rows[1] += variance / (1 + variance)
