"""The curves of a model card: by threshold, by rank, by card and day, by score, by money. Pure arithmetic on arrays.

`labels` are 0/1 (1 is fraud), `scores` 0..1, both of shape (n,).
"""

from typing import Any

import numpy as np
import numpy.typing as npt

from core.models.performance.interval import wilson
from ml.train import metrics
from ml.train.metrics import Array

POINTS = 101


def by_threshold(labels: Array, scores: Array, step: float = 0.05) -> list[dict[str, float]]:
    """Confusion matrix, precision, recall and F1 at thresholds from `step` to 1 - `step`."""
    thresholds = np.round(np.arange(step, 1 - step / 2, step), 6).tolist()
    return [{"threshold": t, **metrics.at_threshold(labels, scores, t)} for t in thresholds]


def roc(labels: Array, scores: Array) -> list[dict[str, float]]:
    """True against false positive rate at up to `POINTS` points, from (0, 0) to (1, 1)."""
    found, taken = _ranked(labels, scores)
    frauds = max(found[-1], 1.0)
    honest = max(taken[-1] - found[-1], 1.0)
    rows = [{"fpr": 0.0, "tpr": 0.0}]
    chosen = _spread(len(found))
    return rows + [{"fpr": (taken[i] - found[i]) / honest, "tpr": found[i] / frauds} for i in chosen]


def precision_recall(labels: Array, scores: Array) -> list[dict[str, float]]:
    """Precision by recall at up to `POINTS` points, by rank."""
    found, taken = _ranked(labels, scores)
    steps = np.searchsorted(found, np.linspace(0, found[-1], POINTS)[1:])
    chosen = sorted({int(i) for i in steps if i < len(found)})
    return [{"recall": found[i] / max(found[-1], 1.0), "precision": found[i] / taken[i]} for i in chosen]


def top_k(labels: Array, scores: Array, ks: list[int]) -> list[dict[str, float]]:
    """Precision and recall among the k highest scores, for each k up to the number of rows."""
    order = np.argsort(-scores, kind="stable")
    found = np.cumsum(labels[order])
    total = max(float(found[-1]), 1.0)
    return [
        {"k": k, "precision": float(found[k - 1]) / k, "recall": float(found[k - 1]) / total}
        for k in ks
        if k <= len(found)
    ]


def card_precision(
    labels: Array, scores: Array, days: npt.NDArray[np.int64], entities: npt.NDArray[np.int64], k: int
) -> tuple[float, int]:
    """Card precision at k, and over how many days: the mean of `card_precisions`, 0 without a day."""
    shares = card_precisions(labels, scores, days, entities, k)
    return (float(shares.mean()) if len(shares) else 0.0), len(shares)


def card_precisions(
    labels: Array, scores: Array, days: npt.NDArray[np.int64], entities: npt.NDArray[np.int64], k: int
) -> Array:
    """The precision of each day: each day the k cards of the highest score are looked at, and the
    share of them that had a fraud that day counts; a card that was found is looked at no more (Le Borgne et al.).

    Rows of no known entity (-1) are left out; a day of fewer than k cards is divided by its cards.
    """
    found: set[int] = set()
    shares = []
    for day in np.unique(days):
        rows = np.flatnonzero((days == day) & (entities >= 0))
        best: dict[int, tuple[float, float]] = {}
        for row in rows.tolist():
            card = int(entities[row])
            if card not in found:
                score, fraud = best.get(card, (-1.0, 0.0))
                best[card] = max(score, float(scores[row])), max(fraud, float(labels[row]))
        chosen = sorted(best.items(), key=lambda item: (-item[1][0], item[0]))[:k]
        if chosen:
            shares.append(sum(fraud for _, (_, fraud) in chosen) / len(chosen))
            found |= {card for card, (_, fraud) in chosen if fraud}
    return np.array(shares, dtype=np.float64)


def calibration(labels: Array, scores: Array, bins: int = 10) -> list[dict[str, float]]:
    """Mean score against the observed rate with its 95 % Wilson interval, in the bins that have rows."""
    place = np.minimum((scores * bins).astype(int), bins - 1)
    rows = []
    for index in range(bins):
        chosen = place == index
        n = int(chosen.sum())
        if n:
            frauds = float(labels[chosen].sum())
            low, high = wilson(frauds, n) or (0.0, 1.0)
            rows.append(
                {
                    "from": index / bins,
                    "to": (index + 1) / bins,
                    "n": n,
                    "mean_score": float(scores[chosen].mean()),
                    "observed": frauds / n,
                    "low": low,
                    "high": high,
                }
            )
    return rows


def brier(labels: Array, scores: Array) -> float:
    """Mean squared difference of score and truth (Brier 1950)."""
    return float(np.mean((scores - labels) ** 2))


def costs(labels: Array, scores: Array, missed: Array, false_alarm: float) -> dict[str, Any]:
    """What thresholds 0.01 … 0.99 cost on these rows: a missed fraud its `missed` (n,), a false alarm `false_alarm`.

    `nothing` is what it costs to flag nothing. `best` is the threshold that was cheapest on the first half of the rows,
    with what it costs on the other half (`nothing` there too): what chose it would praise it too much.
    """
    thresholds = np.round(np.arange(0.01, 1.0, 0.01), 6)
    half = (len(labels) + 1) // 2
    parts = [
        _cost(labels[rows], scores[rows], missed[rows], false_alarm, thresholds)
        for rows in (slice(None, half), slice(half, None))
    ]
    chosen = int(np.argmin(parts[0]))
    return {
        "by_threshold": [
            {"threshold": float(t), "cost": float(cost)}
            for t, cost in zip(thresholds, parts[0] + parts[1], strict=True)
        ],
        "best": {
            "threshold": float(thresholds[chosen]),
            "cost": float(parts[1][chosen]),
            "nothing": float(missed[half:][labels[half:] == 1].sum()),
            "chosen_on": half,
            "judged_on": len(labels) - half,
        },
        "nothing": float(missed[labels == 1].sum()),
        "false_alarm": false_alarm,
    }


def _cost(labels: Array, scores: Array, missed: Array, false_alarm: float, thresholds: Array) -> Array:
    fraud = labels == 1
    return np.array(
        [missed[fraud & (scores < t)].sum() + false_alarm * np.sum(~fraud & (scores >= t)) for t in thresholds]
    )


def _ranked(labels: Array, scores: Array) -> tuple[Array, Array]:
    """Frauds found and rows taken at each distinct score, from the highest down."""
    order = np.argsort(-scores, kind="stable")
    last_of_tie = np.append(np.diff(scores[order]) != 0, True)
    found = np.cumsum(labels[order])[last_of_tie]
    return found, (np.flatnonzero(last_of_tie) + 1).astype(np.float64)


def _spread(n: int) -> list[int]:
    return sorted({int(i) for i in np.linspace(0, n - 1, min(n, POINTS - 1))})
