"""Divergences of a distribution against its reference over shared bins, smoothed and without their bias (M4). Pure."""

from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
Status = Literal["healthy", "watch", "drifted"]

# Predictions below which the headline says nothing: without any change, and with fewer rows, 0.15 is passed by chance.
MINIMUM = 100


def kl(counts: ArrayLike, reference: ArrayLike, prior: float = 0.5) -> float:
    """KL(current || reference) in nats over shared bins, with `prior` added to each count (Jeffreys) so that no bin is
    empty, less its expected value under no change, (k-1)/2 (1/n + 1/m), and not below 0: what remains does not grow
    with few samples (Miller 1955 gives the bias of plug-in entropies).
    """
    p, q, bias = _smoothed(counts, reference, prior)
    return max(0.0, float(np.sum(p * np.log(p / q))) - bias / 2)


def psi(counts: ArrayLike, reference: ArrayLike, prior: float = 0.5) -> float:
    """Population stability index, sum (p-q) ln(p/q), smoothed as `kl` is and less (k-1)(1/n + 1/m), its expected value
    under no change (Yurdakul 2018), not below 0. By custom 0.1 is a small shift and 0.25 a large one.
    """
    p, q, bias = _smoothed(counts, reference, prior)
    return max(0.0, float(np.sum((p - q) * np.log(p / q))) - bias)


def _smoothed(counts: ArrayLike, reference: ArrayLike, prior: float) -> tuple[Floats, Floats, float]:
    """Shares of the k used bins now and before, and (k-1)(1/n + 1/m); nothing when a side has no rows."""
    now, before = np.asarray(counts, dtype=float), np.asarray(reference, dtype=float)
    n, m = now.sum(), before.sum()
    if n == 0 or m == 0:
        return np.empty(0), np.empty(0), 0.0
    used = (now + before) > 0
    k = int(used.sum())
    p, q = ((side[used] + prior) / (total + prior * k) for side, total in ((now, n), (before, m)))
    return p, q, float((k - 1) * (1 / n + 1 / m))


def status(value: float, watch: float = 0.10, threshold: float = 0.15) -> Status:
    """`healthy`, `watch` or `drifted`."""
    return "drifted" if value > threshold else "watch" if value >= watch else "healthy"
