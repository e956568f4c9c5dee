"""Challenger against champion on the same rows: a paired bootstrap of the difference in average precision. Pure.

Both score the same transactions, so every resample draws rows, not models, and what is common to both cancels (Efron &
Tibshirani 1993, chapter 10). The challenger is better when the whole interval of the difference lies above 0.
"""

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
Verdict = Literal["better", "worse", "no different"]


@dataclass(frozen=True, slots=True)
class ContestResult:
    """Average precisions, the interval of their difference (challenger less champion), and what follows."""

    champion: float
    challenger: float
    low: float
    high: float
    verdict: Verdict

    def as_json(self, **more: Any) -> dict[str, Any]:
        """What a training run keeps."""
        return {
            "measure": "average precision",
            "champion": self.champion,
            "challenger": self.challenger,
            "difference": self.challenger - self.champion,
            "low": self.low,
            "high": self.high,
            "verdict": self.verdict,
            **more,
        }


def compare(
    labels: Array, champion: Array, challenger: Array, resamples: int, confidence: float, seed: int
) -> ContestResult:
    """Compare the scores of two models, each (m,), on rows with labels (m,) of 0/1, both classes present."""
    rng = np.random.default_rng(seed)
    first, second = _Ranked(labels, champion), _Ranked(labels, challenger)
    differences = np.empty(resamples)
    for i in range(resamples):
        weights = np.bincount(rng.integers(0, len(labels), len(labels)), minlength=len(labels)).astype(np.float64)
        differences[i] = second.average_precision(weights) - first.average_precision(weights)
    tail = (1 - confidence) / 2
    low, high = (float(v) for v in np.quantile(differences, [tail, 1 - tail]))
    verdict: Verdict = "better" if low > 0 else "worse" if high < 0 else "no different"
    return ContestResult(average_precision(labels, champion), average_precision(labels, challenger), low, high, verdict)


def average_precision(labels: Array, scores: Array) -> float:
    """Precision at each recall step, summed over the steps (the step-wise area under precision-recall)."""
    order = np.argsort(-scores, kind="stable")
    found = np.cumsum(labels[order])
    last_of_tie = np.append(np.diff(scores[order]) != 0, True)
    found, taken = found[last_of_tie], np.flatnonzero(last_of_tie) + 1
    return float(np.sum(np.diff(found, prepend=0.0) * found / taken) / found[-1])


class _Ranked:
    """Rows in the order of one model's scores, so that a resample costs no sorting."""

    def __init__(self, labels: Array, scores: Array) -> None:
        self._order: npt.NDArray[np.int64] = np.argsort(-scores, kind="stable")
        self._labels = labels[self._order]
        self._ends = np.flatnonzero(np.append(np.diff(scores[self._order]) != 0, True))

    def average_precision(self, weights: Array) -> float:
        """With each row counted `weights` times; 0 when no fraud was drawn."""
        drawn = weights[self._order]
        found, taken = np.cumsum(drawn * self._labels)[self._ends], np.cumsum(drawn)[self._ends]
        if not found[-1]:
            return 0.0
        precision = found / np.maximum(taken, 1.0)
        return float(np.sum(np.diff(found, prepend=0.0) * precision) / found[-1])
