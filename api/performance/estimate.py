"""Performance while labels are missing: confidence-based estimation (CBPE, after NannyML), with intervals. Pure.

Each prediction counts as fraud with its calibrated probability. That is right as long as the relation between features
and fraud holds: it sees what a shift of the traffic does to the rates, not a new kind of fraud (concept drift).

The interval is of the rate that the labels will show: it has the chance of the labels themselves, and the uncertainty
of the calibration, drawn from the reference's counts.
"""

import numpy as np
import numpy.typing as npt
from msgspec import Struct

from core.models.performance.calibration import Array, Calibration, isotonic

DRAWS = 200
LEVEL = 0.95
NAMES = ("precision", "recall", "f1", "auc_roc", "fraud_rate")


class Estimate(Struct, frozen=True):
    """Expected confusion matrix of `rows` predictions, and each rate with its interval; None where nothing counts."""

    rows: int
    flagged: int
    tp: float
    fn: float
    fp: float
    tn: float
    rates: dict[str, float | None]
    intervals: dict[str, tuple[float, float] | None]
    level: float = LEVEL


def estimate(
    calibration: Calibration,
    scores: npt.ArrayLike,
    flagged: npt.ArrayLike,
    counts: npt.ArrayLike | None = None,
    level: float = LEVEL,
    seed: int = 0,
    drawn: Array | None = None,
) -> Estimate:
    """The estimate for predictions with `scores` (n,), `flagged` (n,) as fraud or not, each occurring `counts` (n,)
    times (default: once).

    The draws are seeded: the same input gives the same interval. `drawn` are `calibrations(calibration)`, for whoever
    estimates more than once.
    """
    x = np.asarray(scores, dtype=float)
    order = np.argsort(x)
    x = x[order]
    weights = np.ones(len(x)) if counts is None else np.asarray(counts, dtype=float)[order]
    marked = np.asarray(flagged, dtype=bool)[order]
    p = calibration.apply(x)
    expected, rest = weights * p, weights * (1 - p)
    cells = {
        "tp": float(expected[marked].sum()),
        "fn": float(expected[~marked].sum()),
        "fp": float(rest[marked].sum()),
        "tn": float(rest[~marked].sum()),
    }
    rates = _rates(**{name: np.array([value]) for name, value in cells.items()})
    found = {name: _number(value[0]) for name, value in rates.items()} | {"auc_roc": _auc(x, expected, rest)}
    intervals: dict[str, tuple[float, float] | None] = dict.fromkeys(NAMES)
    if len(x):
        intervals = _intervals(calibration, x, expected, weights, marked, found, level, seed, drawn)
    return Estimate(
        round(float(weights.sum())),
        round(float(weights[marked].sum())),
        **cells,
        rates={name: found[name] for name in NAMES},
        intervals=intervals,
        level=level,
    )


def _rates(tp: Array, fn: Array, fp: Array, tn: Array) -> dict[str, Array]:
    """Precision, recall, F1 and the share of fraud; NaN where there is no case."""
    with np.errstate(invalid="ignore", divide="ignore"):
        return {
            "precision": tp / (tp + fp),
            "recall": tp / (tp + fn),
            "f1": 2 * tp / (2 * tp + fp + fn),
            "fraud_rate": (tp + fn) / (tp + fn + fp + tn),
        }


def _auc(x: Array, expected: Array, rest: Array) -> float | None:
    """Expected area under the ROC curve of sorted scores `x`: equal ones count half."""
    if not len(x):
        return None
    starts = np.concatenate([[0], np.flatnonzero(np.diff(x)) + 1])
    good, bad = np.add.reduceat(rest, starts), np.add.reduceat(expected, starts)
    pairs = good.sum() * bad.sum()
    return float(((np.cumsum(good) - good / 2) * bad).sum() / pairs) if pairs > 0 else None


def _intervals(
    calibration: Calibration,
    x: Array,
    expected: Array,
    weights: Array,
    flagged: npt.NDArray[np.bool_],
    found: dict[str, float | None],
    level: float,
    seed: int,
    drawn: Array | None,
) -> dict[str, tuple[float, float] | None]:
    """Quantiles of rates drawn DRAWS times: another reference, its calibration, and labels by it. `x` is sorted."""
    random = np.random.default_rng(seed)
    firsts = np.append(0, np.searchsorted(x, calibration.edges[1:]))
    above, both = _grouped(weights * flagged, firsts), _grouped(weights, firsts)
    below = both - above
    exact = _grouped(expected, firsts) / np.maximum(both, 1)
    if not calibration.needed:
        drawn = np.tile(exact, (DRAWS, 1))
    elif drawn is None:
        drawn = calibrations(calibration)
    sides, squared = np.stack([above, below], axis=1), drawn * drawn
    tp, fn = _counted(drawn @ sides, squared @ sides, random).T
    rates = _rates(tp, fn, above.sum() - tp, below.sum() - fn)
    rates["auc_roc"] = _areas(both, drawn, exact, random)
    return {name: _quantiles(rates[name], found[name], level) for name in NAMES}


def _grouped(values: Array, firsts: npt.NDArray[np.intp]) -> Array:
    """Sums of `values` (n,) from each index of `firsts` up to the next."""
    sums = np.append(0.0, np.cumsum(values))
    return np.diff(sums[np.append(firsts, len(values))])


def _counted(mean: Array, spread: Array, random: np.random.Generator) -> Array:
    """Frauds of which `mean` are expected with the variance `mean` - `spread`.

    A sum of binomials is drawn as the one binomial of the same mean and variance: a good stand-in for few cases and
    many, and one number instead of one a group.
    """
    p = np.clip(spread / np.maximum(mean, 1e-12), 1e-9, 1.0)  # 1 - variance / mean
    trials = np.maximum(np.rint(mean / p), np.ceil(mean))
    return random.binomial(trials.astype(np.int64), mean / np.maximum(trials, 1)).astype(float)


def _areas(cases: Array, drawn: Array, exact: Array, random: np.random.Generator) -> Array:
    """Areas under the ROC curve (DRAWS,) by the drawn probabilities, with the chance of the labels.

    The latter is linear in the labels (the delta method): each adds what the area would change by.
    """
    half = np.cumsum(cases) - cases / 2
    with np.errstate(invalid="ignore", divide="ignore"):
        positive = drawn @ cases
        # The pairs of a fraud and any row below it, less those of two frauds.
        areas = (drawn @ (cases * half) - positive**2 / 2) / (positive * (cases.sum() - positive))
        bad, good = exact * cases, (1 - exact) * cases
        p, n = bad.sum(), good.sum()
        lower, higher = np.cumsum(good) - good / 2, p - np.cumsum(bad) + bad / 2
        area = (lower * bad).sum() / (p * n)
        slope = (lower - higher) / (p * n) - area / p + area / n
        error = np.sqrt((cases * exact * (1 - exact) * slope**2).sum())
    return np.asarray(areas + error * random.standard_normal(len(areas)), dtype=float)


def calibrations(calibration: Calibration, seed: int = 1) -> Array:
    """Probabilities (DRAWS, groups) of calibrations that other reference samples would have given.

    Frauds are drawn by the fitted probabilities, those of each step with half a case more of either kind, so that a
    step of no fraud is not taken for certain.
    """
    random = np.random.default_rng(seed)
    n, k = np.asarray(calibration.counts, dtype=float), np.asarray(calibration.frauds, dtype=float)
    fitted = isotonic(k / n, n)
    starts = np.concatenate([[0], np.flatnonzero(np.diff(fitted)) + 1])
    step = np.repeat(np.add.reduceat(k, starts) + 0.5, np.diff(np.append(starts, len(n))))
    size = np.repeat(np.add.reduceat(n, starts) + 1.0, np.diff(np.append(starts, len(n))))
    drawn = random.binomial(n.astype(np.int64), step / size, size=(DRAWS, len(n))) / n
    return isotonic(drawn, n)


def _quantiles(values: Array, point: float | None, level: float) -> tuple[float, float] | None:
    """The middle `level` of the draws, and of the draws moved so that their median lies on the point: the wider of
    both, since the draws have a bias of their own where the reference has few rows."""
    values = values[np.isfinite(values)]
    if point is None or not len(values):
        return None
    low, middle, high = np.quantile(values, [(1 - level) / 2, 0.5, (1 + level) / 2])
    off = point - float(middle)
    return max(0.0, float(low) + min(off, 0.0)), min(1.0, float(high) + max(off, 0.0))


def _number(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None
