"""The Gini coefficient of a score with its interval, from counts of frauds and others by score bin. Pure.

Gini = 2 AUC - 1; the AUC is the chance that a fraud's score is above another's, ties counting half. Its variance is
DeLong's (DeLong, DeLong & Clarke-Pearson 1988), which needs no more than the counts: every case of a bin has the same
placement. The interval is made on the logit of the AUC, so that it stays within bounds and holds near 1, with
Student's t for few frauds. Few frauds also tend to lack the badly placed one, so a tenth of a fraud placed by chance is
added to the variance: `bench scorecard_coverage` shows what the intervals hold.
"""

from math import exp, log, sqrt

import numpy as np
import numpy.typing as npt
from msgspec import Struct
from numpy.typing import ArrayLike

LEVEL = 0.95
MINIMUM = 20  # of either kind
CHANCE = 0.1  # of a fraud that is placed by chance


class Gini(Struct, frozen=True):
    """`value` with its 95 % bounds from `frauds` and `legit` ones. Bins hide the order within them: the Gini of the
    raw scores is within `bound` of `value`."""

    value: float
    low: float
    high: float
    frauds: int
    legit: int
    bound: float


def gini(frauds: ArrayLike, legit: ArrayLike, level: float = LEVEL, minimum: int = MINIMUM) -> Gini | None:
    """From counts by bin, scores rising; None where fewer than `minimum` of either kind are known."""
    f, g = np.asarray(frauds, float), np.asarray(legit, float)
    m, n = f.sum(), g.sum()
    if min(m, n) < max(2, minimum):
        return None
    above = _below(g) / n  # placement of a fraud of each bin: the share of others below it
    under = 1 - _below(f) / m  # of another: the share of frauds above it
    auc = float((f * above).sum() / m)
    spread = float((f * (above - auc) ** 2).sum() / (m - 1) / m + (g * (under - auc) ** 2).sum() / (n - 1) / n)
    spread += CHANCE * (auc - 0.5) ** 2 / min(m, n) ** 2
    low, high = _bounds(auc, spread, min(m, n), level)
    return Gini(2 * auc - 1, 2 * low - 1, 2 * high - 1, int(m), int(n), float((f / m * (g / n)).sum()))


def _below(counts: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """How many are below a case of each bin, those of the bin counting half."""
    return np.asarray(np.cumsum(counts) - counts / 2, dtype=float)


def _bounds(auc: float, variance: float, cases: float, level: float) -> tuple[float, float]:
    """On the logit. An AUC of 0 or 1 shows no spread: then one case of the fewer kind is taken as half misplaced."""
    from scipy import special  # 27 MB that only who opens the scorecard pays for

    t = float(special.stdtrit(cases - 1, 0.5 + level / 2))
    edge = 0.25 / cases
    middle = min(max(auc, edge), 1 - edge)
    least = middle * (1 - middle) / cases / 4 if middle != auc else 0.0
    half = t * sqrt(max(variance, least)) / (middle * (1 - middle))
    low, high = (1 / (1 + exp(-(log(middle / (1 - middle)) + side * half))) for side in (-1, 1))
    return (min(low, auc), max(high, auc))
