"""How good the input of a prediction was: the share of features present and of the trained type and range.

What a model was trained on is in the view `feature_expectations`: types stand beside its metrics, ranges in the drift
reference of its training rows. A feature without a range (what follows the calendar, or a model from before there were
references) is judged by its type alone.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from core.db.queries import sql

WHOLE = 1000  # a score is stored in thousandths


class Feature(NamedTuple):
    """A row of the view: `number`, `flag` or `category`, least and greatest trained value, how many words."""

    kind: str
    low: float | None
    high: float | None
    words: int


class Expected(NamedTuple):
    """What a model was trained on, a value for each feature (n,): least and greatest, and whether values are whole."""

    low: npt.NDArray[np.float32]
    high: npt.NDArray[np.float32]
    whole: npt.NDArray[np.bool_]

    def scores(self, rows: npt.NDArray[Any]) -> list[int]:
        """The score of each row (m, n) in thousandths; NaN is missing. Compared as stored, in single precision."""
        values = rows.astype(np.float32)
        with np.errstate(invalid="ignore"):
            good = (values >= self.low) & (values <= self.high) & (~self.whole | (values == np.floor(values)))
        scores: list[int] = np.rint(WHOLE * good.mean(axis=1)).astype(int).tolist()
        return scores


def expected(features: Sequence[Feature]) -> Expected:
    """From the features of a model, in its order."""
    limits = [_limits(one) for one in features]
    low, high = np.array(limits, dtype=np.float32).reshape(-1, 2).T
    return Expected(low, high, np.array([one.kind != "number" for one in features], dtype=bool))


def load(cursor: Any, version: int) -> Expected | None:
    """What a registered model expects; None when there is none of that version."""
    cursor.execute(sql("models.expected"), (version,))
    rows = cursor.fetchall()
    return expected([Feature(*row) for row in rows]) if rows else None


def _limits(one: Feature) -> tuple[float, float]:
    if one.kind == "category":
        return 0.0, one.words - 1.0
    least, most = (0.0, 1.0) if one.kind == "flag" else (-np.inf, np.inf)
    return max(least, -np.inf if one.low is None else one.low), min(most, np.inf if one.high is None else one.high)
