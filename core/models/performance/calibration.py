"""From scores to probabilities of fraud: isotonic regression fitted on labelled rows that the model did not learn from.

The fit is stored as the nodes of its steps, and the rows behind it as counts in score groups, so that the uncertainty
of the fit can be drawn later without the rows. Pure.
"""

from typing import Any

import numpy as np
import numpy.typing as npt
from msgspec import Struct

Array = npt.NDArray[np.float64]
GROUPS = 200
FOLDS, ECE_BINS = 3, 10


class Calibration(Struct, frozen=True):
    """`scores` and `probabilities` are the nodes of the fitted steps, linear between them.

    Group i holds reference scores from `edges[i]` on and below the next edge: `counts[i]` rows, `frauds[i]` of them
    fraud. `needed` is False when the scores were probabilities already; the nodes then are the scores themselves.
    """

    scores: list[float]
    probabilities: list[float]
    edges: list[float]
    counts: list[int]
    frauds: list[int]
    needed: bool = True

    def apply(self, scores: npt.ArrayLike) -> Array:
        """Probabilities of fraud; beyond the reference's scores that of its nearest."""
        found: Array = np.interp(np.asarray(scores, dtype=float), self.scores, self.probabilities)
        return found

    @property
    def rows(self) -> int:
        """Labelled rows behind the fit."""
        return sum(self.counts)


def fit(labels: npt.ArrayLike, scores: npt.ArrayLike) -> Calibration:
    """The calibration of `scores` (n,) by `labels` (n,) of 0/1.

    As NannyML does, the scores are taken as they are when calibrating does not lower the expected calibration error on
    rows left out. Raises ValueError when there are no rows.
    """
    y, x = np.asarray(labels, dtype=float), np.asarray(scores, dtype=float)
    if not len(x):
        raise ValueError("a calibration needs rows")
    order = np.argsort(x, kind="stable")
    x, y = x[order], y[order]
    starts = np.concatenate([[0], np.flatnonzero(np.diff(x)) + 1])
    grouped = _groups(x, y, starts)
    if not _helps(x, y):
        ends = [float(x[0]), float(x[-1])] if x[0] < x[-1] else [float(x[0])]
        return Calibration(ends, [min(1.0, max(0.0, v)) for v in ends], *grouped, needed=False)
    nodes, values = _nodes(x, y)
    return Calibration(nodes.tolist(), values.tolist(), *grouped)


def isotonic(values: Array, weights: Array) -> Array:
    """The non-decreasing sequence nearest to `values` (n,) in weighted squares (pool adjacent violators); of values
    (m, n) each row by itself.

    Every run that does not rise is pooled at once, until all rise: a few passes over arrays instead of a loop of rows.
    """
    totals = np.broadcast_to(weights, values.shape).astype(float).ravel()
    sums = values.ravel() * totals
    lengths = np.ones(len(sums), dtype=np.intp)
    heads = np.zeros(len(sums), dtype=bool)
    heads[:: values.shape[-1]] = True
    while True:
        means = sums / totals
        rising = heads.copy()
        rising[1:] |= means[1:] > means[:-1]
        if rising.all():
            return np.repeat(means, lengths).reshape(values.shape)
        starts = np.flatnonzero(rising)
        sums, totals = np.add.reduceat(sums, starts), np.add.reduceat(totals, starts)
        lengths, heads = np.add.reduceat(lengths, starts), heads[starts]


def _nodes(x: Array, y: Array) -> tuple[Array, Array]:
    """First and last score of each step, with the step's probability; `x` is sorted."""
    starts = np.concatenate([[0], np.flatnonzero(np.diff(x)) + 1])
    weights = np.diff(np.append(starts, len(x))).astype(float)
    steps = isotonic(np.add.reduceat(y, starts) / weights, weights)
    changes = np.flatnonzero(np.diff(steps))
    kept = np.unique(np.concatenate([[0], changes, changes + 1, [len(steps) - 1]]))
    return x[starts[kept]], steps[kept]


def _groups(x: Array, y: Array, starts: npt.NDArray[Any]) -> tuple[list[float], list[int], list[int]]:
    """Edges, rows and frauds of up to GROUPS groups of equal size that never part equal scores."""
    wanted = np.linspace(0, len(x), GROUPS, endpoint=False).astype(int)
    first = starts[np.unique(np.searchsorted(starts, wanted, side="right") - 1)]
    counts = np.diff(np.append(first, len(x)))
    return x[first].tolist(), counts.tolist(), np.add.reduceat(y, first).astype(int).tolist()


def _helps(x: Array, y: Array) -> bool:
    """Whether calibrated scores of left-out rows are nearer to the truth; every third row is left out in turn."""
    if y.min() == y.max():
        return False
    if len(x) < 2 * FOLDS:
        return True
    calibrated = np.empty(len(x))
    for fold in range(FOLDS):
        out = np.zeros(len(x), dtype=bool)
        out[fold::FOLDS] = True
        calibrated[out] = np.interp(x[out], *_nodes(x[~out], y[~out]))
    return _ece(x, y) > _ece(calibrated, y)


def _ece(probabilities: Array, y: Array) -> float:
    """Expected calibration error over bins of equal size."""
    order = np.argsort(probabilities, kind="stable")
    gaps = [
        len(part) * abs(float(probabilities[part].mean() - y[part].mean()))
        for part in np.array_split(order, ECE_BINS)
        if len(part)
    ]
    return sum(gaps) / len(probabilities)
