"""Confidence intervals of the rates of a confusion matrix (Wilson 1927): good for few cases and near 0 and 1. Pure.

Where cases carry weights, Wilson's interval is taken at the number of equal cases that would tell as much.
"""

from math import sqrt
from statistics import NormalDist

Interval = tuple[float, float]
LEVEL = 0.95


def wilson(hits: float, cases: float, level: float = LEVEL) -> Interval | None:
    """The interval of the rate behind `hits` of `cases`; None without a case."""
    if cases <= 0:
        return None
    z = NormalDist().inv_cdf(0.5 + level / 2)
    share = hits / cases
    middle = share + z * z / (2 * cases)
    half = z * sqrt(share * (1 - share) / cases + z * z / (4 * cases * cases))
    scale = 1 + z * z / cases
    low = 0.0 if hits <= 0 else max(0.0, (middle - half) / scale)
    return low, 1.0 if hits >= cases else min(1.0, (middle + half) / scale)


def wilson_weighted(
    hits: float, others: float, hits_squared: float, others_squared: float, level: float = LEVEL
) -> Interval | None:
    """The interval of the rate behind weighted cases: sums of the weights of hits and others, and of their squares.

    The weighted rate's variance is that of a ratio (Horvitz and Thompson 1952, linearised: the squared weights of the
    hits times (1 - rate)² and of the others times rate²); the number of equal cases with that variance goes into
    Wilson's formula (Korn and Graubard 1998). Where one side is empty, Kish's (1965) number of cases. With weights of 1
    it is Wilson's own interval.
    """
    total = hits + others
    if total <= 0:
        return None
    rate = hits / total
    spread = hits_squared * (1 - rate) ** 2 + others_squared * rate**2
    if hits_squared == hits and others_squared == others:
        cases = total
    elif spread > 0:
        cases = rate * (1 - rate) * total**2 / spread
    else:
        cases = total**2 / (hits_squared + others_squared)
    return wilson(hits * (cases / total), cases, level)


def sum_bounds(
    low: float,
    high: float,
    hits: float,
    others: float,
    hits_squared: float,
    others_squared: float,
    of_hits: float,
    of_others: float,
) -> Interval | None:
    """Bounds of the sum of something (money) over the hits, from those of a bootstrap; weights as above.

    Of few cases a bootstrap knows too little, of none nothing. So the upper bound is at least Wilson's of the number of
    hits, at their mean, or at the others' where there is no hit. None where nothing is known.
    """
    bounds = wilson_weighted(hits, others, hits_squared, others_squared)
    if bounds is None:
        return None
    return low, max(high, bounds[1] * (of_hits * (hits + others) / hits if hits > 0 else of_others))


def rates(tp: float, fn: float, fp: float, tn: float, level: float = LEVEL) -> dict[str, Interval | None]:
    """Intervals of precision, recall and F1.

    F1 is 2J/(1+J) of J = TP/(TP+FP+FN), which is a share of cases, so its interval is that of J carried over.
    """
    jaccard = wilson(tp, tp + fp + fn, level)
    f1 = None if jaccard is None else (_f1(jaccard[0]), _f1(jaccard[1]))
    return {"precision": wilson(tp, tp + fp, level), "recall": wilson(tp, tp + fn, level), "f1": f1}


def _f1(jaccard: float) -> float:
    return 2 * jaccard / (1 + jaccard)
