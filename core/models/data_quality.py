"""How good the input of a prediction was: the share of features present and of the trained type and range.

A model's types stand beside its metrics, and its ranges in the drift reference of its training rows: the least and the
greatest value that it was trained on. A feature without one (what follows the calendar, or a model from before there
were references) is judged by its type alone.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from core.db.queries import sql

WHOLE = 1000  # a score is stored in thousandths


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
        return [round(WHOLE * share) for share in good.mean(axis=1).tolist()]


def expected(
    names: Sequence[str], described: Sequence[Mapping[str, Any]], columns: Sequence[Mapping[str, Any]]
) -> Expected:
    """From the names of a model's features, their descriptions (`type`, `categories`), and its drift reference."""
    kinds = {one["name"]: one for one in described}
    ranges = {one["name"]: found for one in columns if (found := _range(one)) is not None}
    limits = [_limits(kinds.get(name, {}), ranges.get(name)) for name in names]
    low, high = np.array([one[:2] for one in limits], dtype=np.float32).reshape(-1, 2).T
    return Expected(low, high, np.array([one[2] for one in limits], dtype=bool))


def load(cursor: Any, version: int) -> Expected | None:
    """What a registered model expects; None when there is none of that version."""
    cursor.execute(sql("models.expected"), (version,))
    row = cursor.fetchone()
    return None if row is None else expected(row[0], row[1] or (), row[2] or ())


def _limits(described: Mapping[str, Any], trained: tuple[float, float] | None) -> tuple[float, float, bool]:
    """Least and greatest value, and whether only whole ones are of the type."""
    if described.get("type") == "flag":
        return 0.0, 1.0, True
    if described.get("type") == "category":
        return 0.0, len(described.get("categories", ())) - 1.0, True
    return (*(trained or (-np.inf, np.inf)), False)


def _range(column: Mapping[str, Any]) -> tuple[float, float] | None:
    """Of a column of numbers, also one of few different ones, which the reference keeps as words."""
    if column.get("grid"):
        return float(column["grid"][0]), float(column["grid"][-1])
    if column.get("numeric") and column.get("counts"):
        values = [float(word) for word in column["counts"]]
        return min(values), max(values)
    return None
