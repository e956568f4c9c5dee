"""The threshold simulator (L9): what other thresholds would have done over labelled history. Pure.

The history is counted once into buckets of score; suffix sums then answer every threshold at the cost of a look-up.
What has no label stays unknown, the blocked most of all: it is counted beside what was right and wrong, never among it.

Where a hold-out covers the blocked traffic of the span (`console.thresholds.coverage`), only the covered days are
counted: each held-out one that has a label stands for its share of what was blocked then, in number and in money, and
labels of blocked ones do not count, for appeals are a biased choice of them. Otherwise every label counts once, which
is all that there is to go by.

Intervals are at 95 %: Wilson for precision and recall, at the number of equal cases that the weights leave
(`core.models.performance.interval.wilson_weighted`), Byar's approximation of the exact Poisson limits for counts a time
(Rothman and Boice 1979), and for money a bootstrap over GROUPS random groups of transactions, weights included, which
keeps the heavy tail of amounts that a formula would miss. A bootstrap cannot see what did not happen: the upper bound
of money is at least what Wilson's of the number gives, and where no case is labelled there is no interval.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from math import sqrt
from typing import Any, NamedTuple

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from core.errors import BadInput
from core.models.performance.interval import sum_bounds, wilson_weighted

BUCKETS = 200
GROUPS = 64
REPLICATES = 1000
_Z = 1.959964
Floats = NDArray[np.float64]
Sums = Mapping[str, list[float]]
Bounds = tuple[list[float | None], list[float | None]]


class Cell(NamedTuple):
    """Transactions of a bucket with one label (None: unknown) and group; each counts `weight` times."""

    bucket: int
    label: str | None
    group: int
    n: float
    money: float
    weight: float = 1.0


class Labelled(NamedTuple):
    """Labelled transactions of a bucket and a group: how many, their money, and what was decided about them.

    `share`: they were let through with this probability, on this `day`, though their score meant BLOCKED.
    """

    bucket: int
    label: str
    group: int
    n: int
    money: float
    blocked: bool = False
    share: float | None = None
    day: datetime | None = None


class Total(NamedTuple):
    """Everything in a bucket, labelled or not."""

    bucket: int
    n: int
    money: float


class Thresholds(Struct, frozen=True):
    """Scores: predicted fraud from `fraud_threshold`, REVIEW from `review_from`, BLOCKED from `block_from`."""

    fraud_threshold: float
    review_from: float
    block_from: float


class Curve(Struct, frozen=True):
    """Suffix sums by edge: entry i is of all scores from i / BUCKETS on; the last is 0.

    `n_*` are counts and `money_*` USD of what is labelled fraud, labelled legit, and unknown; `squares_*` are sums of
    squared weights, the counts themselves where nothing is weighted. What is unknown is the rest of everything, so with
    weights it may fall below 0 by chance. `*_low` and `*_high` are the bounds of the money of blocked fraud, blocked
    legit, and of fraud below the edge; None where nothing is labelled. `hours` is the length of what was counted.
    """

    hours: float
    n_fraud: list[float]
    n_legit: list[float]
    n_unknown: list[float]
    squares_fraud: list[float]
    squares_legit: list[float]
    money_fraud: list[float]
    money_legit: list[float]
    money_unknown: list[float]
    fraud_low: list[float | None]
    fraud_high: list[float | None]
    legit_low: list[float | None]
    legit_high: list[float | None]
    through_low: list[float | None]
    through_high: list[float | None]


class Figure(Struct, frozen=True):
    """A number with its bounds; None where there is nothing to say."""

    value: float | None
    low: float | None = None
    high: float | None = None


class ThresholdEffect(Struct, frozen=True):
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
        raise BadInput("review_from", "must not be above the BLOCKED threshold")
    if exact["fraud_threshold"] > exact["block_from"]:
        raise BadInput("fraud_threshold", "must not be above the BLOCKED threshold")
    return Thresholds(**exact)


def cells(
    labelled: Sequence[Labelled], everything: Iterable[Total], factors: Mapping[datetime, float] | None = None
) -> list[Cell]:
    """What a history's curve is made of: the labelled with their weights, the rest of each bucket as unknown.

    `factors`: of each day what 1/share of its held-out ones is multiplied by; None where every label counts once.
    """
    weighted = [(one, 1.0 if factors is None else _weight(one, factors)) for one in labelled]
    known: dict[int, tuple[float, float]] = {}
    for one, weight in weighted:
        n, money = known.get(one.bucket, (0.0, 0.0))
        known[one.bucket] = (n + weight * one.n, money + weight * one.money)
    found = [Cell(one.bucket, one.label, one.group, one.n, one.money, weight) for one, weight in weighted]
    for total in everything:
        n, money = known.pop(total.bucket, (0.0, 0.0))
        found.append(Cell(total.bucket, None, 0, total.n - n, round(total.money - money, 2)))
    return found


def held_out(labelled: Iterable[Labelled]) -> int:
    """How many labelled transactions are of the hold-out."""
    return sum(one.n for one in labelled if _stands_for_blocked(one))


def curve(cells: Iterable[Cell], hours: float, seed: int = 0) -> Curve:
    """Count the cells of a history of `hours` into suffix sums with their bounds; the same cells, the same curve."""
    counts = {name: np.zeros(BUCKETS) for name in ("fraud", "legit", "unknown")}
    squares = {name: np.zeros(BUCKETS) for name in counts}
    money = {name: np.zeros((GROUPS, BUCKETS)) for name in counts}
    for bucket, label, group, n, amount, weight in cells:
        name = label or "unknown"
        counts[name][bucket] += weight * n
        squares[name][bucket] += weight * weight * n
        money[name][group, bucket] += weight * amount
    sums = {name: _rounded(_suffix(values.sum(axis=0)[None, :])[0]) for name, values in money.items()}
    known = {name: _rounded(_suffix(values[None, :])[0]) for name, values in counts.items()}
    spread = {name: _rounded(_suffix(values[None, :])[0]) for name, values in squares.items()}
    limits = _limits(money, known, spread, sums, seed)
    return Curve(
        hours=hours,
        n_fraud=known["fraud"],
        n_legit=known["legit"],
        n_unknown=known["unknown"],
        squares_fraud=spread["fraud"],
        squares_legit=spread["legit"],
        money_fraud=sums["fraud"],
        money_legit=sums["legit"],
        money_unknown=sums["unknown"],
        fraud_low=limits["fraud"][0],
        fraud_high=limits["fraud"][1],
        legit_low=limits["legit"][0],
        legit_high=limits["legit"][1],
        through_low=limits["through"][0],
        through_high=limits["through"][1],
    )


def outcome(curve: Curve, chosen: Thresholds) -> ThresholdEffect:
    """What thresholds would have done over the curve's history."""
    block, review, fraud = (place(v) for v in (chosen.block_from, chosen.review_from, chosen.fraud_threshold))
    tp, fp, unknown = curve.n_fraud[fraud], curve.n_legit[fraud], max(curve.n_unknown[fraud], 0.0)
    flagged = tp + fp + unknown
    band = sum(side[review] - side[block] for side in (curve.n_fraud, curve.n_legit, curve.n_unknown))
    squares = curve.squares_fraud
    return ThresholdEffect(
        blocked_fraud=Figure(curve.money_fraud[block], curve.fraud_low[block], curve.fraud_high[block]),
        blocked_legit=Figure(curve.money_legit[block], curve.legit_low[block], curve.legit_high[block]),
        blocked_unknown=max(curve.money_unknown[block], 0.0),
        review_fraud=round(curve.money_fraud[review] - curve.money_fraud[block], 2),
        let_through=Figure(
            round(curve.money_fraud[0] - curve.money_fraud[review], 2),
            curve.through_low[review],
            curve.through_high[review],
        ),
        n_blocked_fraud=round(curve.n_fraud[block]),
        n_blocked_legit=round(curve.n_legit[block]),
        n_blocked_unknown=round(max(curve.n_unknown[block], 0.0)),
        n_review_fraud=round(curve.n_fraud[review] - curve.n_fraud[block]),
        n_let_through=round(curve.n_fraud[0] - curve.n_fraud[review]),
        n_through_unknown=round(max(curve.n_unknown[0] - curve.n_unknown[review], 0.0)),
        precision=_rate(tp, fp, squares[fraud], curve.squares_legit[fraud]),
        recall=_rate(tp, curve.n_fraud[0] - tp, squares[fraud], squares[0] - squares[fraud]),
        precision_worst=tp / flagged if flagged else None,
        precision_best=(tp + unknown) / flagged if flagged else None,
        reviews_per_hour=poisson(round(band), curve.hours),
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


def _stands_for_blocked(one: Labelled) -> bool:
    return one.share is not None and one.share > 0 and not one.blocked


def _weight(one: Labelled, factors: Mapping[datetime, float]) -> float:
    """What each counts for where a hold-out stands for what was blocked."""
    if one.blocked:
        return 0.0
    if not _stands_for_blocked(one) or one.share is None or one.day is None:
        return 1.0
    return factors.get(one.day, 0.0) / one.share


def _rate(hits: float, others: float, hits_squared: float, others_squared: float) -> Figure:
    bounds = wilson_weighted(hits, others, hits_squared, others_squared)
    return Figure(None) if bounds is None else Figure(hits / (hits + others), bounds[0], bounds[1])


def _limits(money: Mapping[str, Floats], known: Sums, spread: Sums, sums: Sums, seed: int) -> dict[str, Bounds]:
    """Bounds by edge of the money of blocked fraud and legit, and of fraud below the edge."""
    weights = np.random.default_rng(seed).multinomial(GROUPS, [1 / GROUPS] * GROUPS, REPLICATES).astype(float)
    drawn = {name: _suffix(weights @ money[name]) for name in ("fraud", "legit")}
    drawn["through"] = drawn["fraud"][:, :1] - drawn["fraud"]
    found = {}
    for name, other in (("fraud", "legit"), ("legit", "fraud"), ("through", "legit")):
        of = "fraud" if name == "through" else name
        sides = [known[of], known[other], spread[of], spread[other], sums[of], sums[other]]
        if name == "through":
            sides = [[side[0] - value for value in side] for side in sides]
        least, most = np.percentile(drawn[name], [2.5, 97.5], axis=0)
        pairs = [sum_bounds(*values) for values in zip(least.tolist(), most.tolist(), *sides, strict=True)]
        found[name] = [pair and round(pair[0], 2) for pair in pairs], [pair and round(pair[1], 2) for pair in pairs]
    return found


def _suffix(values: Floats) -> Floats:
    """Sums from each column to the last, and a last column of 0."""
    sums: Floats = np.zeros((values.shape[0], values.shape[1] + 1))
    sums[:, :-1] = np.cumsum(values[:, ::-1], axis=1)[:, ::-1]
    return sums


def _rounded(values: Any) -> list[float]:
    return [round(float(value), 2) for value in values]
