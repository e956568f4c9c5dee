"""Confidence intervals of the rates of a confusion matrix (Wilson 1927): good for few cases and near 0 and 1. Pure."""

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


def rates(tp: float, fn: float, fp: float, tn: float, level: float = LEVEL) -> dict[str, Interval | None]:
    """Intervals of precision, recall and F1.

    F1 is 2J/(1+J) of J = TP/(TP+FP+FN), which is a share of cases, so its interval is that of J carried over.
    """
    jaccard = wilson(tp, tp + fp + fn, level)
    f1 = None if jaccard is None else (_f1(jaccard[0]), _f1(jaccard[1]))
    return {"precision": wilson(tp, tp + fp, level), "recall": wilson(tp, tp + fn, level), "f1": f1}


def _f1(jaccard: float) -> float:
    return 2 * jaccard / (1 + jaccard)
