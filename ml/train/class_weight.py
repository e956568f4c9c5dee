"""How many honest transactions a fraud counts for while a model learns. Pure."""

import numpy as np
import numpy.typing as npt


def of_fraud(configured: float, labels: npt.NDArray[np.float64]) -> float:
    """The configured weight, but never more than makes both classes count the same: that is for rare fraud, and where
    fraud is frequent it would drown what is honest. `labels` (m,) of 0/1 hold both classes.
    """
    frauds = float(labels.sum())
    return min(configured, max(1.0, (len(labels) - frauds) / frauds))
