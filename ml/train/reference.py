"""The distribution that a model was trained on, in bins, so that drift can be measured without the training data.

A feature's bins are `edges` (between two values that occur, never on one, so that single and double precision agree)
and one more bin for missing values: bin i holds values v with `searchsorted(edges, v, side="right") == i`.
"""

from typing import Any

import numpy as np

from ml.data.features import Feature, Rows


def bins(rows: Rows, features: tuple[Feature, ...], count: int) -> list[dict[str, Any]]:
    """`[{"name", "edges", "counts"}]`, one for each feature, for rows of shape (m, n).

    `counts` has `len(edges) + 2` numbers and ends with the number of missing values. What follows the calendar gets a
    single bin: a day that is not over yet would always look drifted.
    """
    described = []
    for column, feature in enumerate(features):
        values = rows[:, column]
        present = values[np.isfinite(values)].astype(np.float64)
        if feature.kind == "category":
            edges = _between(feature)
        else:
            edges = np.empty(0) if feature.calendar else _edges(present, count)
        counts = np.bincount(np.searchsorted(edges, present, side="right"), minlength=len(edges) + 1)
        missing = len(values) - len(present)
        described.append({"name": feature.name, "edges": edges.tolist(), "counts": [*counts.tolist(), missing]})
    return described


def _between(feature: Feature) -> np.ndarray[Any, np.dtype[np.float64]]:
    """A bin for each word of a category, and one for words that are not known."""
    codes = np.arange(len(feature.categories), dtype=np.float64)
    if np.isfinite(feature.unseen):
        codes = np.sort(np.append(codes, feature.unseen))
    return (codes[1:] + codes[:-1]) / 2


def _edges(present: np.ndarray[Any, np.dtype[np.float64]], count: int) -> np.ndarray[Any, np.dtype[np.float64]]:
    distinct = np.unique(present)
    if len(distinct) < 2:
        return np.empty(0)
    wanted = np.quantile(present, np.arange(1, count) / count, method="higher")
    below = np.clip(np.searchsorted(distinct, np.unique(wanted)), 1, len(distinct) - 1)
    return np.unique((distinct[below - 1] + distinct[below]) / 2)
