"""Kullback-Leibler divergence of a feature's distribution against its reference, smoothed (M4). Pure."""

import numpy as np
from numpy.typing import ArrayLike

MINIMUM = 50


def kl(counts: ArrayLike, reference: ArrayLike, prior: float = 0.5) -> float:
    """KL(current || reference) in nats over shared bins, with `prior` added to each count (Jeffreys) so that no bin is
    empty, less its expected value under no change, (k-1)/2 (1/n + 1/m), and not below 0: what remains does not grow
    with few samples (Miller 1955 gives the bias of plug-in entropies).
    """
    p_counts = np.asarray(counts, dtype=float)
    q_counts = np.asarray(reference, dtype=float)
    n, m = p_counts.sum(), q_counts.sum()
    if n == 0 or m == 0:
        return 0.0
    used = (p_counts + q_counts) > 0
    p = (p_counts[used] + prior) / (n + prior * used.sum())
    q = (q_counts[used] + prior) / (m + prior * used.sum())
    plug_in = float(np.sum(p * np.log(p / q)))
    bias = (int(used.sum()) - 1) / 2 * (1 / n + 1 / m)
    return max(0.0, plug_in - float(bias))


def status(value: float, watch: float = 0.10, threshold: float = 0.15) -> str:
    """`healthy`, `watch` or `drifted`."""
    return "drifted" if value > threshold else "watch" if value >= watch else "healthy"
