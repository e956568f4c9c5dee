"""Label delay: the share of predictions, and of frauds, whose label is there by age. Pure.

Young predictions have not had the time for late labels, so a plain share of all would be too small. Predictions are
right-censored: their curve is the product-limit estimate (Kaplan & Meier 1958). Frauds are known only once labelled,
so they are right-truncated: theirs is the same estimate in reverse time (Lagakos, Barraj & De Gruttola 1988; insurers
know it as the chain ladder), the share of those that come to be known within the history's length.
"""

import math
from collections.abc import Iterable
from statistics import NormalDist

import numpy as np
import numpy.typing as npt
from msgspec import Struct

from core.models.performance.interval import LEVEL

Array = npt.NDArray[np.float64]
STEP_DAYS = 0.25


class Curve(Struct, frozen=True):
    """`share[i]` of the cases have their label at the age `ages[i]` (days, rising), with 95 % bounds; `cases` counted.

    Empty when nothing can be said.
    """

    ages: list[float]
    share: list[float]
    low: list[float]
    high: list[float]
    cases: int

    def at(self, age: float) -> float | None:
        """The share at an age in days, linear between two points; None without a curve."""
        if not self.ages:
            return None
        return float(np.interp(age, [0.0, *self.ages], [0.0, *self.share]))

    def reaches(self, share: float) -> float | None:
        """The first age (days) from which on at least `share` have their label; None when the curve stays below."""
        return next((age for age, value in zip(self.ages, self.share, strict=True) if value >= share - 1e-12), None)


NO_CURVE = Curve([], [], [], [], 0)


def predictions(totals: Array, labelled: Array, seen: npt.NDArray[np.intp]) -> Curve:
    """The curve of cohorts: `totals` (c,) predictions, `labelled` (c, a) of them in each step of age, `seen` (c,)
    steps that have gone by in full for the whole cohort. Steps are STEP_DAYS long.
    """
    steps = int(seen.max(initial=0))
    by = np.cumsum(labelled, axis=1)
    come, waited = np.zeros(steps), np.zeros(steps)
    for step in range(steps):
        able = seen > step
        come[step] = labelled[able, step].sum()
        waited[step] = totals[able].sum() - (by[able, step - 1].sum() if step else 0.0)
    kept = waited > 0
    if not kept.any():
        return NO_CURVE
    last = int(np.flatnonzero(kept)[-1]) + 1
    left, error = _product(come[:last], waited[:last])
    return _curve(1 - left, left, error, int(totals[seen > 0].sum()), flip=True)


def frauds(labelled: Array, seen: npt.NDArray[np.intp]) -> Curve:
    """The curve of frauds: `labelled` (c, a) frauds of each cohort whose label came in each step of age, `seen` as for
    `predictions`. It ends at 1 by definition, at the age beyond which no fraud was seen to come.
    """
    steps = int(seen.max(initial=0))
    by = np.cumsum(labelled, axis=1)
    come, known = np.zeros(steps), np.zeros(steps)
    for step in range(steps):
        able = seen > step
        come[step], known[step] = labelled[able, step].sum(), by[able, step].sum()
    if not known.any():
        return NO_CURVE
    # From the oldest age down: of what is known by a step, the share that was known before it.
    before, error = _product(come[:0:-1], known[:0:-1])
    share = np.append(before[::-1], 1.0)
    return _curve(share, share, np.append(error[::-1], 0.0), int(labelled.sum()))


def expected(curve: Curve, ages: Iterable[tuple[float, float]]) -> float | None:
    """The share of cases labelled by now among (age in days, how many); None without cases or curve."""
    pairs = [(curve.at(age), weight) for age, weight in ages]
    total = sum(weight for _, weight in pairs)
    if not curve.ages or total <= 0:
        return None
    return float(sum((share or 0.0) * weight for share, weight in pairs) / total)


def _product(come: Array, of: Array) -> tuple[Array, Array]:
    """Products of 1 - come/of up to each step, and their relative error (Greenwood 1926)."""
    with np.errstate(divide="ignore", invalid="ignore"):
        rate = np.where(of > 0, come / of, 0.0)
        spread = np.where((of > 0) & (of > come), come / (of * (of - come)), 0.0)
    return np.cumprod(1 - rate), np.sqrt(np.cumsum(spread))


def _curve(share: Array, product: Array, error: Array, cases: int, flip: bool = False) -> Curve:
    """With bounds on the log(-log) scale, which keep to 0..1 (Kalbfleisch & Prentice 1980)."""
    z = NormalDist().inv_cdf(0.5 + LEVEL / 2)
    bounds = [_bounds(float(p), float(e), z) for p, e in zip(product, error, strict=True)]
    if flip:
        bounds = [(1 - high, 1 - low) for low, high in bounds]
    ages = [round((i + 1) * STEP_DAYS, 6) for i in range(len(share))]
    return Curve(ages, share.tolist(), [low for low, _ in bounds], [high for _, high in bounds], cases)


def _bounds(product: float, error: float, z: float) -> tuple[float, float]:
    if not 0 < product < 1:
        return product, product
    width = z * error / abs(math.log(product))
    return product ** math.exp(min(width, 50.0)), product ** math.exp(-min(width, 50.0))
