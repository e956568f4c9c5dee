"""Similar past cases: the nearest of labelled transactions by standardised features. Pure.

Distances are Euclidean in units of each feature's standard deviation, divided by the root of the number of features, so
that 1 means "one standard deviation apart on every feature". A value missing on one side only counts as one such unit.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.float64]


class Cases:
    """Labelled cases of one model version: `values` is cases x features, NaN missing."""

    def __init__(self, ids: Sequence[str], values: Sequence[Sequence[float | None]]) -> None:
        matrix = np.array(values, dtype=float).reshape(len(ids), len(values[0]) if values else 0)
        self.ids = list(ids)
        with np.errstate(all="ignore"):
            present = np.isfinite(matrix)
            count = np.maximum(present.sum(axis=0), 1)
            filled = np.where(present, matrix, 0.0)
            self._middle = filled.sum(axis=0) / count
            spread = np.sqrt((np.where(present, matrix - self._middle, 0.0) ** 2).sum(axis=0) / count)
        self._spread = np.where(spread > 0, spread, 1.0)
        self._matrix = self._standard(matrix)

    def nearest(self, values: Sequence[float | None], most: int, without: str = "") -> list[tuple[str, float]]:
        """The `most` nearest cases and their distances, nearest first; never the case `without` itself."""
        wanted = np.array(values, dtype=float)
        if not self.ids or wanted.shape[0] != self._matrix.shape[1]:
            return []
        gap = self._matrix - self._standard(wanted)
        one_sided = np.isfinite(self._matrix) != np.isfinite(wanted)
        squares = np.where(np.isfinite(gap), gap, 0.0) ** 2 + one_sided
        distance = np.sqrt(squares.sum(axis=1) / wanted.shape[0])
        keep = min(most + 1, len(self.ids))
        chosen = np.argpartition(distance, keep - 1)[:keep]
        ranked = sorted(chosen.tolist(), key=lambda place: (distance[place], self.ids[place]))
        return [(self.ids[i], float(distance[i])) for i in ranked if self.ids[i] != without][:most]

    def _standard(self, values: Matrix) -> Matrix:
        found: Matrix = (values - self._middle) / self._spread
        return found
