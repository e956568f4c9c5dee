"""Scored transactions whose truth follows from a logistic model; a shift moves the features, not the model."""

from typing import Any

import numpy as np


def scored(n: int, shift: float, seed: list[int]) -> tuple[Any, Any]:
    """Labels (n,) and scores (n,) that are too high by the weight of a fraud, as our training makes them."""
    random = np.random.default_rng(seed)
    x = random.normal(shift, 1, (n, 3))
    margin = -4.6 + x @ [1.5, 1.0, 0.5]
    labels = (random.random(n) < 1 / (1 + np.exp(-margin))).astype(float)
    scores = 1 / (1 + np.exp(-(margin + np.log(18) + 0.3 * random.normal(size=n))))
    return labels, np.round(scores, 6)
