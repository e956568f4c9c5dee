"""What the two sides of the drift benchmarks share: the same data by seed, and the memory of a piece of work.

Imported by our own environment and by that of the peers, so it needs NumPy alone.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

KINDS = (2, 3, 5, 8, 12, 12)


def table(n: int, seed: int) -> dict[str, Any]:
    """14 columns of numbers and 6 of words, `n` rows, from one distribution."""
    random = np.random.default_rng(seed)
    found: dict[str, Any] = {}
    for i in range(14):
        found[f"x{i}"] = random.lognormal(0, 1, n) if i % 3 else random.normal(0, 1, n)
    for i, kinds in enumerate(KINDS):
        found[f"c{i}"] = names(kinds)[random.integers(0, kinds, n)]
    return found


def names(kinds: int) -> Any:
    """Words."""
    return np.array([f"kind{i}" for i in range(kinds)], dtype=object)


def amounts() -> tuple[Any, Any]:
    """Amounts, one of them a million; and three times as much."""
    random = np.random.default_rng(1)
    return np.append(random.lognormal(4, 1, 4999), 1e6), np.append(random.lognormal(4, 1, 1999) * 3, 1e6)


def gaps() -> tuple[Any, Any]:
    """Numbers; and the same with half of them missing."""
    random = np.random.default_rng(2)
    return random.normal(size=5000), np.where(random.random(2000) < 0.5, np.nan, random.normal(size=2000))


def twelve(seed: int) -> tuple[Any, Any]:
    """Twelve categories without drift: a reference of 1,000 rows and 5,000 current ones."""
    random = np.random.default_rng([12, seed])
    return names(12)[random.integers(0, 12, 1000)], names(12)[random.integers(0, 12, 5000)]


def grown(work: Callable[[], object]) -> float:
    """MB by which the process grew at its peak while `work` ran (Linux)."""
    Path("/proc/self/clear_refs").write_text("5")  # the peak begins at the present size
    before = _status("VmRSS")
    work()
    return (_status("VmHWM") - before) / 1024


def _status(field: str) -> float:
    """kB of a field of this process's status."""
    line = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith(field))
    return float(line.split()[1])
