"""What is kept of a model's data beside it: the drift reference of its features, score and target, and its calibration.

The features are those of the training rows; score and target those of the rows left out, which the model did not see.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from core.models.drift import baseline as fitted
from core.models.drift.baseline import Baseline, Role, Skipped
from core.models.drift.columns import read
from core.models.performance import calibration
from core.models.performance.calibration import Calibration
from core.tabular.missing_values import are_truths
from ml.data.category_encoding import Codes
from ml.data.features import Feature, Rows

SCORE, TARGET = "score", "label"
OTHER = "any other"
_WORDS = np.array(["legit", "fraud"], dtype=object)


@dataclass(frozen=True, slots=True)
class Kept:
    """Both, as `core.models.baselines` keeps them."""

    baseline: Baseline
    calibration: Calibration


def of(features: tuple[Feature, ...], rows: Rows, labels: np.ndarray[Any, Any], scores: np.ndarray[Any, Any]) -> Kept:
    """From training rows (m, n), and labels (k,) of 0/1 and scores (k,) of the rows left out."""
    columns = [
        Skipped(feature.name, "feature", "it follows the calendar, not the customers")
        if feature.calendar
        else _fitted(feature, rows[:, index])
        for index, feature in enumerate(features)
    ]
    single = np.asarray(scores, dtype=np.float32)
    extra: list[tuple[str, Role, Any]] = [(SCORE, "score", single), (TARGET, "target", named(labels))]
    columns += [fitted.fit_column(name, role, read(values)) for name, role, values in extra]
    return Kept(Baseline(len(rows), columns), calibration.fit(labels, single))


def _fitted(feature: Feature, column: np.ndarray[Any, Any]) -> fitted.Fitted:
    """A category stays one though its words are numbers; of two, such as t and f, truths are told from words."""
    values = meant(feature, column)
    if feature.kind == "category" and not are_truths(feature.categories):
        return fitted.declared(feature.name, "feature", values)
    return fitted.fit_column(feature.name, "feature", read(values))


def meant(feature: Feature, column: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """A column of stored values (k,) as what they mean: words where the feature is a category, else themselves.

    Words that the model does not tell apart are one, `any other`; only what was missing is missing.
    """
    if feature.kind != "category":
        return column
    words = np.array([*feature.categories, OTHER, None], dtype=object)
    codes = np.where(np.isfinite(column), column, 0.0)
    known = (codes >= 0) & (codes < len(feature.categories)) & (codes == np.floor(codes))
    places = np.where(known, codes, len(feature.categories)).astype(np.intp)
    found: np.ndarray[Any, Any] = words[np.where(np.isfinite(column), places, len(words) - 1)]
    return found


def written(feature: Feature, column: Sequence[Any]) -> Sequence[Any]:
    """A file's column as `meant` gives the same values."""
    if feature.kind != "category":
        return column
    codes = Codes(feature.categories, len(feature.categories))
    named = [*feature.categories, OTHER]
    words = {word: named[int(code)] if (code := codes(str(word))) == code else "" for word in set(column)}
    return [words[word] for word in column]


def named(labels: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Labels of 0/1 as `legit` and `fraud`."""
    found: np.ndarray[Any, Any] = _WORDS[np.asarray(labels).astype(int)]
    return found
