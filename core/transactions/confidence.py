"""How sure a decision is: how far its score lies from the nearest threshold of the policy in force at that row. Pure.

LOW up to 0.10, MEDIUM up to 0.20, HIGH beyond. A score is compared as it is stored, in single precision, and distances
to the millionth: 0.7 is 0.1 away from 0.6, not a little less or more.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from core.policy import Policy

LOW, MEDIUM = 0.10, 0.20
LETTERS = {"L": "LOW", "M": "MEDIUM", "H": "HIGH"}
Thresholds = tuple[float, float, float]
_LETTERS = np.array([*LETTERS])
UNKNOWN: Thresholds = (np.nan, np.nan, np.nan)


def thresholds(policy: Policy) -> Thresholds:
    """All thresholds of a policy."""
    return policy.review_from, policy.fraud_threshold, policy.block_from


def letters(scores: Sequence[float], limits: Sequence[Thresholds]) -> list[str | None]:
    """`L`, `M` or `H` for each score under the thresholds of its row; None where these are unknown."""
    if not len(scores):
        return []
    single = np.asarray(scores, dtype=np.float32).astype(np.float64)[:, np.newaxis]
    distances: npt.NDArray[Any] = np.abs(single - np.asarray(limits, dtype=np.float64)).min(axis=1).round(6)
    found: list[str | None] = _LETTERS[(distances > LOW).astype(np.intp) + (distances > MEDIUM)].tolist()
    for place in np.flatnonzero(np.isnan(distances)).tolist():
        found[place] = None
    return found
