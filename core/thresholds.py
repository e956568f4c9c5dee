"""The threshold simulator (L9): what other thresholds would have done over labelled history. Pure.

The history is counted once into buckets of score; suffix sums then answer every threshold at the cost of a look-up.
What has no label stays unknown, the blocked most of all: it is counted beside what was right and wrong, never among it.

Intervals are at 95 %: Wilson for precision and recall, Byar's approximation of the exact Poisson limits for counts a
time (Rothman and Boice 1979), and for money a bootstrap over GROUPS random groups of transactions, which keeps the
heavy tail of amounts that a formula would miss.
"""

from collections.abc import Iterable
from math import sqrt
from typing import Any

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from core.errors import BadInput
from core.performance.interval import wilson

BUCKETS = 200
GROUPS = 64
REPLICATES = 1000
_Z = 1.959964
Cell = tuple[int, str | None, int, int, float]  # bucket, label, group, count, money
Floats = NDArray[np.float64]


class Thresholds(Struct, frozen=True):
    """Scores: predicted fraud from `fraud_threshold`, REVIEW from `review_from`, BLOCKED from `block_from`."""

    fraud_threshold: float
    review_from: float
    block_from: float


class Curve(Struct, frozen=True):
    """Suffix sums by edge: entry i is of all scores from i / BUCKETS on; the last is 0.

    `n_*` are counts and `money_*` USD of what is labelled fraud, labelled legit, and unknown. `*_low` and `*_high` are
    the bounds of the money of blocked fraud, blocked legit, and of fraud below the edge. `hours` is the span's length.
    """

    hours: float
    n_fraud: list[int]
    n_legit: list[int]
    n_unknown: list[int]
    money_fraud: list[float]
    money_legit: list[float]
    money_unknown: list[float]
    fraud_low: list[float]
    fraud_high: list[float]
    legit_low: list[float]
    legit_high: list[float]
    through_low: list[float]
    through_high: list[float]


class Figure(Struct, frozen=True):
    """A number with its bounds; None where there is nothing to say."""

    value: float | None
    low: float | None = None
    high: float | None = None


class Outcome(Struct, frozen=True):
    """What thresholds would have done. Money in USD; precision and recall as shares of what is labelled.

    `precision_worst` and `precision_best` take all the unknown at or above the threshold as legit and as fraud.
    """

    blocked_fraud: Figure
    blocked_legit: Figure
    blocked_unknown: float
    review_fraud: float
    let_through: Figure
    n_blocked_fraud: int
    n_blocked_legit: int
    n_blocked_unknown: int
    n_review_fraud: int
    n_let_through: int
    n_through_unknown: int
    precision: Figure
    recall: Figure
    precision_worst: float | None
    precision_best: float | None
    reviews_per_hour: Figure


def checked(fraud_threshold: float, review_from: float, block_from: float) -> Thresholds:
    """Thresholds in their order, rounded to the simulator's grid. Raises BadInput naming the field."""
    given = {"review_from": review_from, "fraud_threshold": fraud_threshold, "block_from": block_from}
    for name, value in given.items():
        if not 0 < value <= 1:
            raise BadInput(name, "must be a score above 0 and at most 1")
    exact = {name: round(round(value * BUCKETS) / BUCKETS, 6) for name, value in given.items()}
    if exact["review_from"] > exact["block_from"]:
        raise BadInput("review_from", "must not lie above the score from which is blocked")
    if exact["fraud_threshold"] > exact["block_from"]:
        raise BadInput("fraud_threshold", "must not lie above the score from which is blocked")
    return Thresholds(**exact)


def curve(cells: Iterable[Cell], hours: float, seed: int = 0) -> Curve:
    """Count the cells of a history of `hours` into suffix sums with their bounds; the same cells, the same curve."""
    counts = {name: np.zeros(BUCKETS, dtype=np.int64) for name in ("fraud", "legit", "unknown")}
    money = {name: np.zeros((GROUPS, BUCKETS)) for name in counts}
    for bucket, label, group, n, amount in cells:
        name = label or "unknown"
        counts[name][bucket] += n
        money[name][group, bucket] += amount
    weights = np.random.default_rng(seed).multinomial(GROUPS, [1 / GROUPS] * GROUPS, REPLICATES).astype(float)
    blocked = {name: _suffix(weights @ money[name]) for name in ("fraud", "legit")}
    through = blocked["fraud"][:, :1] - blocked["fraud"]
    bounds = {"fraud": blocked["fraud"], "legit": blocked["legit"], "through": through}
    limits = {name: np.percentile(values, [2.5, 97.5], axis=0) for name, values in bounds.items()}
    sums = {name: _rounded(_suffix(values.sum(axis=0)[None, :])[0]) for name, values in money.items()}
    numbers = {name: _suffix(values[None, :].astype(float))[0] for name, values in counts.items()}
    known = {name: [int(value) for value in values] for name, values in numbers.items()}
    low = {name: _rounded(values[0]) for name, values in limits.items()}
    high = {name: _rounded(values[1]) for name, values in limits.items()}
    return Curve(
        hours=hours,
        n_fraud=known["fraud"],
        n_legit=known["legit"],
        n_unknown=known["unknown"],
        money_fraud=sums["fraud"],
        money_legit=sums["legit"],
        money_unknown=sums["unknown"],
        fraud_low=low["fraud"],
        fraud_high=high["fraud"],
        legit_low=low["legit"],
        legit_high=high["legit"],
        through_low=low["through"],
        through_high=high["through"],
    )


def outcome(curve: Curve, chosen: Thresholds) -> Outcome:
    """What thresholds would have done over the curve's history."""
    block, review, fraud = (place(v) for v in (chosen.block_from, chosen.review_from, chosen.fraud_threshold))
    tp, fp, unknown = curve.n_fraud[fraud], curve.n_legit[fraud], curve.n_unknown[fraud]
    flagged = tp + fp + unknown
    band = sum(side[review] - side[block] for side in (curve.n_fraud, curve.n_legit, curve.n_unknown))
    return Outcome(
        blocked_fraud=Figure(curve.money_fraud[block], curve.fraud_low[block], curve.fraud_high[block]),
        blocked_legit=Figure(curve.money_legit[block], curve.legit_low[block], curve.legit_high[block]),
        blocked_unknown=curve.money_unknown[block],
        review_fraud=round(curve.money_fraud[review] - curve.money_fraud[block], 2),
        let_through=Figure(
            round(curve.money_fraud[0] - curve.money_fraud[review], 2),
            curve.through_low[review],
            curve.through_high[review],
        ),
        n_blocked_fraud=curve.n_fraud[block],
        n_blocked_legit=curve.n_legit[block],
        n_blocked_unknown=curve.n_unknown[block],
        n_review_fraud=curve.n_fraud[review] - curve.n_fraud[block],
        n_let_through=curve.n_fraud[0] - curve.n_fraud[review],
        n_through_unknown=curve.n_unknown[0] - curve.n_unknown[review],
        precision=_rate(tp, tp + fp),
        recall=_rate(tp, curve.n_fraud[0]),
        precision_worst=tp / flagged if flagged else None,
        precision_best=(tp + unknown) / flagged if flagged else None,
        reviews_per_hour=poisson(band, curve.hours),
    )


def place(score: float) -> int:
    """The edge of a score on the grid."""
    return min(max(round(score * BUCKETS), 0), BUCKETS)


def poisson(count: int, hours: float) -> Figure:
    """A rate an hour with Byar's 95 % limits; nothing without a span."""
    if hours <= 0:
        return Figure(None)
    more = count + 1
    low = count * (1 - 1 / (9 * count) - _Z / (3 * sqrt(count))) ** 3 if count else 0.0
    high = more * (1 - 1 / (9 * more) + _Z / (3 * sqrt(more))) ** 3
    return Figure(count / hours, max(low, 0.0) / hours, high / hours)


def _rate(hits: int, cases: int) -> Figure:
    bounds = wilson(hits, cases)
    return Figure(None) if bounds is None else Figure(hits / cases, bounds[0], bounds[1])


def _suffix(values: Floats) -> Floats:
    """Sums from each column to the last, and a last column of 0."""
    sums: Floats = np.zeros((values.shape[0], values.shape[1] + 1))
    sums[:, :-1] = np.cumsum(values[:, ::-1], axis=1)[:, ::-1]
    return sums


def _rounded(values: Any) -> list[float]:
    return [round(float(value), 2) for value in values]
