"""Tables that tests of drift share: many kinds of columns from one distribution, and shifts of them."""

from typing import Any

import numpy as np

Table = dict[str, Any]


def table(random: np.random.Generator, n: int) -> Table:
    """Ten columns: continuous, heavy-tailed, tied, correlated, mostly zero, with gaps, a rare flag, categories."""
    z = random.normal(size=n)
    zipf = 1 / np.arange(1, 31)
    return {
        "normal": z,
        "tailed": random.lognormal(0, 1.5, n),
        "tied": random.poisson(2, n).astype(float),
        "correlated": z + 0.3 * random.normal(size=n),
        "mostly zero": np.where(random.random(n) < 0.9, 0.0, random.exponential(1, n)),
        "gaps": np.where(random.random(n) < 0.1, np.nan, random.normal(size=n)),
        "flag": (random.random(n) < 0.02).astype(float),
        "three": words(3)[random.integers(0, 3, n)],
        "twelve": words(12)[random.integers(0, 12, n)],
        "zipf": words(30)[random.choice(30, n, p=zipf / zipf.sum())],
    }


def words(kinds: int) -> Any:
    """Names of categories."""
    return np.array([f"kind {i}" for i in range(kinds)], dtype=object)
