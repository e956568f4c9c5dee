"""Scored transactions for `bench performance_estimate`: the truth follows a logistic model, a shift moves the features.

Imported by our own environment and by that of the peers, so it needs NumPy alone.
"""

from typing import Any

import numpy as np

CHUNKS, CHUNK = 10, 5000
THRESHOLD = 0.6


def scored(n: int, shift: float, seed: list[int]) -> tuple[Any, Any]:
    """Labels (n,) and scores (n,) that are too high by the weight of a fraud, as training with weights makes them."""
    random = np.random.default_rng(seed)
    x = random.normal(shift, 1, (n, 3))
    margin = -4.6 + x @ [1.5, 1.0, 0.5]
    labels = (random.random(n) < 1 / (1 + np.exp(-margin))).astype(int)
    return labels, 1 / (1 + np.exp(-(margin + np.log(18) + 0.3 * random.normal(size=n))))


def reference() -> tuple[Any, Any]:
    """20,000 labelled rows."""
    return scored(20_000, 0.0, [1])


def analysis() -> tuple[Any, Any]:
    """Ten chunks of 5,000 rows, each shifted further."""
    made = [scored(CHUNK, 0.08 * chunk, [2, chunk]) for chunk in range(CHUNKS)]
    return np.concatenate([labels for labels, _ in made]), np.concatenate([scores for _, scores in made])
