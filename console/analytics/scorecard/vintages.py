"""Vintages: the frauds of each week, completed for those whose label has not come yet (chain ladder). Pure.

Frauds become known with a delay, so that the newest weeks always look good. The chain ladder multiplies what is known
by how much older weeks still grew, and Mack's (1993) formula says how sure that is. Weeks run from Monday to Monday,
UTC; a label's lag is the number of weeks between the week of the transaction and the week of the label.
"""

from math import exp, log, sqrt
from statistics import NormalDist

import numpy as np
import numpy.typing as npt
from msgspec import Struct
from numpy.typing import ArrayLike

Array = npt.NDArray[np.float64]
LEVEL = 0.95
MINIMUM = 20  # known frauds of all weeks together, and
LEAST_WEEKS = 3
LEAST_KNOWN = 5  # known frauds of a week below which it is not completed


class Vintage(Struct, frozen=True):
    """A week, `age` whole weeks old: frauds `known`, the share of all that this should be, and all of them `completed`
    with Mack's standard `error` and 95 % bounds; None where older weeks do not tell."""

    age: int
    known: int
    share_known: float | None
    completed: float | None
    error: float | None
    low: float | None
    high: float | None


class ChainLadder(Struct, frozen=True):
    """`factors` by lag: how much a week's known frauds grow from it to the next; `vintages` oldest first."""

    factors: list[float]
    vintages: list[Vintage]


def chain_ladder(counts: ArrayLike, ages: ArrayLike, level: float = LEVEL) -> ChainLadder | None:
    """From frauds (weeks, lags) and how many lags of each week are over, oldest week first. None without enough.

    Lags that are not over yet are ignored: they would look like no growth.
    """
    raw, seen = np.asarray(counts, float), np.asarray(ages, int)
    lags = min(raw.shape[1], int(seen.max(initial=0)))
    seen = np.minimum(seen, lags)
    known = np.arange(lags)[None, :] < seen[:, None]
    increments = np.where(known, raw[:, :lags], 0.0)
    total = np.cumsum(increments, axis=1)
    if len(seen) < LEAST_WEEKS or increments.sum() < MINIMUM or lags < 2:
        return None
    factors, spread, base = _factors(total, known)
    made = [_vintage(total[at], int(seen[at]), factors, spread, base, level) for at in range(len(seen))]
    return ChainLadder(factors.tolist(), made)


def _factors(total: Array, known: npt.NDArray[np.bool_]) -> tuple[Array, Array, Array]:
    """By lag: the factor to the next, Mack's sigma squared, and the sum that the factor was estimated from."""
    lags = total.shape[1]
    factors, spread, base = np.ones(lags - 1), np.zeros(lags - 1), np.zeros(lags - 1)
    for lag in range(lags - 1):
        both = known[:, lag + 1] & (total[:, lag] > 0)
        start, end = total[both, lag], total[both, lag + 1]
        base[lag] = start.sum()
        if not len(start):
            factors[lag] = np.nan
            continue
        factors[lag] = total[known[:, lag + 1], lag + 1].sum() / base[lag]
        if len(start) > 1:
            spread[lag] = float((start * (end / start - factors[lag]) ** 2).sum() / (len(start) - 1))
        elif lag > 1 and spread[lag - 2] > 0:  # of one week: what the lags before tend to (Mack 1993, section 3)
            spread[lag] = min(spread[lag - 1] ** 2 / spread[lag - 2], spread[lag - 2], spread[lag - 1])
        # What chance alone gives: a fraud that is counted late is one of few (Poisson), whatever the sample shows.
        spread[lag] = max(spread[lag], factors[lag] - 1)
    return factors, spread, base


def _vintage(total: Array, age: int, factors: Array, spread: Array, base: Array, level: float) -> Vintage:
    known = float(total[age - 1]) if age else 0.0
    left = factors[max(age - 1, 0) :]
    if not age or not np.isfinite(left).all():
        return Vintage(age, int(known), None, None, None, None, None)
    growth = float(np.prod(left))
    if known < LEAST_KNOWN:
        return Vintage(age, int(known), 1 / growth, None, None, None, None)
    completed, variance, running = known * growth, 0.0, max(known, 1.0)
    for factor, sigma, sum_of in zip(left, spread[age - 1 :], base[age - 1 :], strict=True):
        variance += sigma / factor**2 * (1 / running + 1 / sum_of)
        running *= factor
    error = running * sqrt(variance)
    low, high = _bounds(known, completed, error, level)
    return Vintage(age, int(known), 1 / growth, completed, float(error), low, high)


def _bounds(known: float, completed: float, error: float, level: float) -> tuple[float, float]:
    """Of a logarithmic normal distribution of what is still to come (Mack 1993, section 5), never below what is known.

    Frauds are whole, so the bounds are too.
    """
    if error <= 0:
        return completed, completed
    coming = max(completed - known, 0.5)
    sigma = sqrt(log(1 + (error / coming) ** 2))
    z = NormalDist().inv_cdf(0.5 + level / 2)
    middle = log(coming) - sigma**2 / 2
    return round(known + exp(middle - z * sigma)), round(known + exp(middle + z * sigma))
