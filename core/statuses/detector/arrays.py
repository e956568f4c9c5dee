"""Array types and the few operations that every part of the detector uses. Pure."""

from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

Array: TypeAlias = npt.NDArray[Any]
FLOAT = np.float32


def kept(half_life: float) -> float:
    """What is left after a minute of something that halves in `half_life` minutes."""
    return float(0.5 ** (1.0 / half_life))


def column(*values: float) -> Array:
    """Values as a column, to stand against a row of series."""
    return np.array(values, FLOAT)[:, None]


def push(ring: Array, value: Array) -> None:
    """Put a minute's values in the first row and drop the oldest, in place."""
    ring[1:] = ring[:-1].copy()
    ring[0] = value
