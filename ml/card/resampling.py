"""How far a card's headline figures may be off by chance: 95 % intervals by a bootstrap of whole entities or days.

Payments of one card are alike, and so are those of one day, so rows are not drawn one by one where either is known
(a cluster bootstrap: Davison & Hinkley 1997, section 3.8). Pure.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from ml.data.split import DAY
from ml.data.table import Table
from ml.train.metrics import Array

MOST, LEAST, WORK = 400, 100, 1.2e7  # resamples, and rows times resamples
FEW_GROUPS = 10
TAIL = 0.025
Groups = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Clusters:
    """What is drawn: `of` (m,) numbers the group of each row."""

    by: str
    of: Groups
    count: int


def clusters(table: Table, rows: npt.NDArray[np.int64]) -> Clusters:
    """Entities where they are known, else days of which there are enough, else rows."""
    if table.entities is not None and len(np.unique(table.entities[rows])) >= 3 * FEW_GROUPS:
        entities = table.entities[rows].astype(np.int64)
        nobody = np.flatnonzero(entities < 0)
        entities[nobody] = entities.max() + 1 + np.arange(len(nobody))  # each by itself
        return _numbered("entity", entities)
    if table.times is not None:
        days = _numbered("day", np.floor(table.times[rows] / DAY).astype(np.int64))
        if days.count >= FEW_GROUPS:
            return days
    return Clusters("row", np.arange(len(rows)), len(rows))


def _numbered(by: str, values: Groups) -> Clusters:
    names, places = np.unique(values, return_inverse=True)
    return Clusters(by, places.astype(np.int64), len(names))


def intervals(labels: Array, scores: Array, threshold: float, drawn: Clusters, seed: int) -> dict[str, Any]:
    """95 % intervals `[low, high]` of the measures of scores (m,) against labels (m,), and how they were made."""
    rng = np.random.default_rng(seed)
    resamples = int(np.clip(WORK / len(labels), LEAST, MOST))
    ranked = _Ranked(labels, scores, threshold)
    found: list[dict[str, float]] = []
    for _ in range(resamples):
        times = np.bincount(rng.integers(0, drawn.count, drawn.count), minlength=drawn.count)
        if measured := ranked.measures(times[drawn.of].astype(np.float64)):
            found.append(measured)
    names = found[0] if found else {}
    return {
        "by": drawn.by,
        "groups": drawn.count,
        "resamples": len(found),
        "confidence": 1 - 2 * TAIL,
        **{name: [float(v) for v in np.quantile([one[name] for one in found], [TAIL, 1 - TAIL])] for name in names},
    }


def of_mean(values: Array, seed: int) -> tuple[float, float]:
    """The interval of a mean of few values, such as one of each day; (0, 1) of nothing."""
    if not len(values):
        return 0.0, 1.0
    rng = np.random.default_rng(seed)
    means = values[rng.integers(0, len(values), (MOST, len(values)))].mean(axis=1)
    low, high = np.quantile(means, [TAIL, 1 - TAIL])
    return float(low), float(high)


class _Ranked:
    """Rows in the order of their scores, so that a resample costs no sorting."""

    def __init__(self, labels: Array, scores: Array, threshold: float) -> None:
        self._order = np.argsort(-scores, kind="stable")
        self._scores, self._labels = scores[self._order], labels[self._order]
        self._ends = np.flatnonzero(np.append(np.diff(self._scores) != 0, True))
        self._flagged = int(np.sum(self._scores >= threshold))
        self._squares = (self._scores - self._labels) ** 2

    def measures(self, weights: Array) -> dict[str, float]:
        """With each row counted `weights` times; nothing where a class was not drawn."""
        drawn = weights[self._order]
        fraud = np.append(0.0, np.cumsum(drawn * self._labels))
        every = np.append(0.0, np.cumsum(drawn))
        frauds, rows = fraud[-1], every[-1]
        honest = rows - frauds
        if not frauds or not honest:
            return {}
        found, taken = fraud[self._ends + 1], every[self._ends + 1]
        steps, false = np.diff(found, prepend=0.0), np.diff(taken - found, prepend=0.0)
        precision = fraud[self._flagged] / every[self._flagged] if every[self._flagged] else 0.0
        recall = fraud[self._flagged] / frauds
        brier = float((drawn * self._squares).sum() / rows)
        rate = float(frauds / rows)
        return {
            "auc_roc": float(np.sum(false * (found - steps / 2)) / (frauds * honest)),
            "average_precision": float(np.sum(steps * found / np.maximum(taken, 1.0)) / frauds),
            "precision": float(precision),
            "recall": float(recall),
            "f1": float(2 * precision * recall / (precision + recall)) if precision + recall else 0.0,
            "brier": brier,
            "brier_skill": 1 - brier / (rate * (1 - rate)),
            "mean_score": float((drawn * self._scores).sum() / rows),
            "fraud_rate": rate,
        }
