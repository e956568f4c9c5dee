"""How good scores are against what transactions really were: pure arithmetic on arrays.

`labels` are 0/1 (1 is fraud) and `scores` 0..1, both of shape (n,) with both classes present.
"""

import numpy as np
import numpy.typing as npt

from core.models.performance.contest import average_precision as average_precision

Array = npt.NDArray[np.float64]


def auc_roc(labels: Array, scores: Array) -> float:
    """Area under the ROC curve: the chance that a fraud scores above an honest one, ties counting half."""
    _, inverse, counts = np.unique(scores, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(counts) - (counts - 1) / 2)[inverse]
    positives = float(labels.sum())
    negatives = len(labels) - positives
    return float((ranks[labels == 1].sum() - positives * (positives + 1) / 2) / (positives * negatives))


def at_threshold(labels: Array, scores: Array, threshold: float) -> dict[str, float]:
    """Confusion matrix, precision, recall and F1 of calling fraud what scores `threshold` or more.

    A ratio without a case is 0.
    """
    flagged = scores >= threshold
    fraud = labels == 1
    tp, fp = int(np.sum(flagged & fraud)), int(np.sum(flagged & ~fraud))
    fn, tn = int(np.sum(~flagged & fraud)), int(np.sum(~flagged & ~fraud))
    precision = tp / (tp + fp) if tp + fp else 0.0
    recall = tp / (tp + fn) if tp + fn else 0.0
    f1 = 2 * precision * recall / (precision + recall) if precision + recall else 0.0
    return {"tp": tp, "fp": fp, "fn": fn, "tn": tn, "precision": precision, "recall": recall, "f1": f1}


def report(labels: Array, scores: Array, threshold: float) -> dict[str, float]:
    """Everything that a model's row in the registry records about its test rows."""
    return {
        "rows": len(labels),
        "frauds": int(labels.sum()),
        "auc_roc": auc_roc(labels, scores),
        "average_precision": average_precision(labels, scores),
        "threshold": threshold,
        **at_threshold(labels, scores, threshold),
    }


def brier_skill(labels: Array, scores: Array) -> float:
    """How much better the scores are than their fraud rate for every row: 1 is perfect, below 0 worse (Brier 1950)."""
    rate = float(labels.mean())
    return 1 - float(np.mean((scores - labels) ** 2)) / (rate * (1 - rate))
