"""The fine bins in which scores are kept: 300 of them, finest where most scores lie. Pure.

Bin i holds EDGES[i-1] <= score < EDGES[i] in single precision, as the scores are stored. Every threshold with two
decimals is an edge, so that a policy's decisions are counted exactly; another is moved to the nearest edge.
"""

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
# (from, to, step) in units of 0.0001, so that no edge carries the error of an addition.
_STEPS = ((0, 200, 5), (200, 1000, 10), (1000, 10_000, 50))


def _made() -> list[float]:
    places = [at for start, end, step in _STEPS for at in range(start, end, step)]
    return [at / 10_000 for at in places[1:]]


EDGES: list[float] = _made()  # inner edges, rising
BINS = len(EDGES) + 1
BOUNDS: Array = np.array([0.0, *EDGES, 1.0])
MIDDLES: Array = (BOUNDS[1:] + BOUNDS[:-1]) / 2
_SINGLE = np.array(EDGES, dtype=np.float32)


def of(scores: npt.ArrayLike) -> npt.NDArray[np.intp]:
    """The bin of each score, as PostgreSQL's `width_bucket` over the same edges gives it."""
    return np.searchsorted(_SINGLE, np.asarray(scores, dtype=np.float32), side="right")


def counted(scores: npt.ArrayLike, weights: npt.ArrayLike | None = None) -> Array:
    """Scores (or the sum of their weights) by bin."""
    return np.bincount(of(scores), None if weights is None else np.asarray(weights, float), BINS).astype(np.float64)


def from_threshold(threshold: float) -> int:
    """The first bin at or above a threshold, moved to the nearest edge."""
    return int(np.abs(BOUNDS - threshold).argmin())


def groups(reference: Array, count: int) -> list[int]:
    """First bins of up to `count` groups that hold about equal shares of `reference` (BINS,); the first is 0."""
    total = reference.sum()
    if not total:
        return [0]
    below = np.concatenate([[0.0], np.cumsum(reference)[:-1]]) / total
    firsts = {int(np.abs(below - share).argmin()) for share in np.arange(1, count) / count}
    return sorted({0, *(first for first in firsts if 0 < below[first] < 1)})


def grouped(values: Array, firsts: list[int]) -> Array:
    """Sums of `values` (…, BINS) by group."""
    return np.add.reduceat(values, firsts, axis=-1)
