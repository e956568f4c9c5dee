"""How much of the fraud lies in the top k transactions a day, by number and by amount: what a team of so many reviews
can find at most. Pure.

Each day is cut by itself, highest scores first. A bin that the cut goes through counts by the share that is above the
cut, as if its rows were in random order. The interval of the share is Wilson's; by amount each fraud weighs what it
cost (core/models/performance/interval.py, `wilson_weighted`).
"""

import numpy as np
import numpy.typing as npt
from msgspec import Struct
from numpy.typing import ArrayLike

from console.analytics.scorecard.bounds import bounds
from core.models.performance.interval import wilson, wilson_weighted

Array = npt.NDArray[np.float64]
MINIMUM = 20  # known frauds


class Capture(Struct, frozen=True):
    """Of `frauds` known ones and their `amount`, those in the top `k` of each of `days`; shares with 95 % bounds.

    `reviewed` is how many that were in all, `precision` the share of fraud among those of them that have a label.
    """

    k: int
    days: int
    reviewed: int
    frauds: int
    amount: float
    share: float
    low: float
    high: float
    by_amount: float | None
    amount_low: float | None
    amount_high: float | None
    precision: float | None
    precision_low: float | None
    precision_high: float | None


def capture(
    k: int, rows: ArrayLike, frauds: ArrayLike, legit: ArrayLike, amounts: ArrayLike, squares: ArrayLike,
    minimum: int = MINIMUM,
) -> Capture | None:  # fmt: skip
    """From arrays (days, B) by score bin: all rows, labelled frauds and others, and sums of the amounts of the frauds
    and of their squares. None where fewer than `minimum` frauds are known."""
    n, bad, good, money, squared = (np.asarray(v, float) for v in (rows, frauds, legit, amounts, squares))
    total = bad.sum()
    if total < minimum:
        return None
    taken = cut(n, k)
    found, others = float((bad * taken).sum()), float((good * taken).sum())
    low, high = bounds(wilson(found, float(total)))
    caught, caught_squares = float((money * taken).sum()), float((squared * taken).sum())
    whole = float(money.sum())
    weighed = wilson_weighted(caught, whole - caught, caught_squares, float(squared.sum()) - caught_squares)
    right = wilson(found, found + others)
    return Capture(
        k, int((n.sum(1) > 0).sum()), round(float((n * taken).sum())), int(total), whole, found / float(total),
        low or 0.0, high or 1.0,
        caught / whole if whole else None, *bounds(weighed),
        found / (found + others) if right else None, *bounds(right),
    )  # fmt: skip


def cut(rows: Array, k: int) -> Array:
    """The share (days, B) of each bin that is in its day's top `k`."""
    above = np.cumsum(rows[:, ::-1], axis=1)[:, ::-1] - rows
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.where(rows > 0, (k - above) / np.where(rows > 0, rows, 1), np.where(above < k, 1.0, 0.0))
    return np.clip(share, 0.0, 1.0)
