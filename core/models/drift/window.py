"""All features of a live window in one pass over their bins (M4): what the headline is made of, in well under 1 ms.

The reference's bins lie one after another in flat arrays, as `feature_histograms` stores the counts. Pure.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from numpy.typing import ArrayLike

from core.models.drift.divergence import Status, status

Array = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class FeatureDrift:
    """One feature of a window: KL divergence in nats and PSI, both without their bias, and the status of the KL."""

    name: str
    kl: float
    psi: float
    status: Status


class Window:
    """The fitted reference of some features; `counts` of each end with the bin of missing values."""

    def __init__(self, names: Sequence[str], counts: Sequence[Sequence[float]], prior: float = 0.5) -> None:
        sizes = [len(bins) for bins in counts]
        self.names = list(names)
        self.width = sum(sizes)
        self._prior = prior
        self._starts = np.concatenate([[0], np.cumsum(sizes[:-1])]).astype(np.intp) if sizes else np.empty(0, np.intp)
        self._feature = np.repeat(np.arange(len(sizes)), sizes)
        self._last = self._starts + np.array(sizes, dtype=np.intp) - 1
        self._reference: Array = np.concatenate([np.asarray(bins, dtype=float) for bins in counts] or [np.empty(0)])
        self._totals = self._sums(self._reference)

    def divergences(self, counts: ArrayLike) -> tuple[Array, Array]:
        """(KL, PSI) of every feature for flat counts (width,); 0 where one side has no rows."""
        p_counts, q_counts = np.asarray(counts, dtype=float), self._reference
        n, m = self._sums(p_counts), self._totals
        used = (p_counts + q_counts) > 0
        k = self._sums(used.astype(float))
        p = (p_counts + self._prior) / (n + self._prior * k)[self._feature]
        q = (q_counts + self._prior) / (m + self._prior * k)[self._feature]
        ratio = np.where(used, np.log(p / q), 0.0)
        able = (n > 0) & (m > 0)
        with np.errstate(divide="ignore", invalid="ignore"):
            bias = (k - 1) * (1 / n + 1 / m)
        kl, psi = self._sums(p * ratio) - bias / 2, self._sums((p - q) * ratio) - bias
        return np.where(able, np.maximum(kl, 0.0), 0.0), np.where(able, np.maximum(psi, 0.0), 0.0)

    def judge(self, counts: ArrayLike, watch: float = 0.10, threshold: float = 0.15) -> list[FeatureDrift]:
        """Every feature, the largest KL first. A feature that was never there, on either side, is left out."""
        flat = np.asarray(counts, dtype=float)
        kl, psi = self.divergences(flat)
        present = self._totals - self._reference[self._last] + self._sums(flat) - flat[self._last] > 0
        found = [
            FeatureDrift(name, value, stability, status(value, watch, threshold))
            for name, value, stability, there in zip(
                self.names, kl.tolist(), psi.tolist(), present.tolist(), strict=True
            )
            if there
        ]
        return sorted(found, key=lambda feature: (-feature.kl, feature.name))

    def _sums(self, values: Array) -> Array:
        """The sum of each feature's bins."""
        return np.add.reduceat(values, self._starts) if len(self._starts) else np.empty(0)
