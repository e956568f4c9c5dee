"""Worlds for `statuses_slices`: transactions with six attributes of skewed, dependent values, and one fault a world.

An hour before and ten minutes during an incident. Values follow Zipf's law; an issuer belongs mostly to a country, a
gateway serves countries unevenly. Base rates of denial differ by issuer, type and amount. Everything comes from the
seed.
"""

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from core.statuses.slices.rows import Rows, from_rows
from core.statuses.slices.search import Condition

Array = npt.NDArray[Any]
VALUES = {"country": 10, "issuer": 17, "gateway": 6, "method": 5, "type": 5, "amount": 5}
MORE_VALUES = {"country": 14, "issuer": 24, "gateway": 7, "method": 6, "type": 5, "amount": 5}
BEFORE, DURING = 60_000, 10_000  # transactions
LEAST_HIT = 60  # transactions of the slice that fails, during the incident


class World(NamedTuple):
    """The search's input, and the conditions of the slice that failed, none where all did."""

    rows: Rows
    fault: tuple[Condition, ...]


def make(seed: int, failing: float, everywhere: bool = False, sizes: dict[str, int] = VALUES) -> World:
    """A world where a part `failing` of one slice's transactions (or of all) fail beside those that always do."""
    random = np.random.default_rng([seed, round(100 * failing), everywhere])
    n = BEFORE + DURING
    during = np.arange(n) >= BEFORE
    codes = traffic(random, n, sizes)
    differ = sum(random.normal(0, 0.4, sizes[name])[codes[name]] for name in ("issuer", "type", "amount"))
    bad = random.random(n) < np.minimum(0.03 * np.exp(differ), 0.9)
    fault = {} if everywhere else _fault(random, codes, during)
    hit = np.logical_and.reduce([during, *(codes[name] == code for name, code in fault.items())])
    bad |= hit & (random.random(n) < failing)
    columns = {name: (codes[name], [f"{name} {i}" for i in range(size)]) for name, size in sizes.items()}
    named = tuple(Condition(name, f"{name} {code}") for name, code in sorted(fault.items()))
    return World(from_rows(columns, during, bad), named)


def traffic(random: np.random.Generator, n: int, sizes: dict[str, int]) -> dict[str, Array]:
    """Codes of `n` transactions by attribute."""
    drawn = {name: random.choice(size, n, p=_zipf(size)) for name, size in sizes.items()}
    home = random.permutation(sizes["issuer"]) % sizes["country"]
    drawn["country"] = np.where(random.random(n) < 0.7, home[drawn["issuer"]], drawn["country"])
    served = random.permutation(sizes["country"]) % sizes["gateway"]
    drawn["gateway"] = np.where(random.random(n) < 0.5, served[drawn["country"]], drawn["gateway"])
    return drawn


def _zipf(size: int) -> Array:
    weights = 1.0 / np.arange(1, size + 1)
    found: Array = weights / weights.sum()
    return found


def _fault(random: np.random.Generator, codes: dict[str, Array], during: Array) -> dict[str, int]:
    """One to three conditions: those of a transaction during the incident, so that slices fail as often as they are."""
    inside = np.flatnonzero(during)
    while True:
        row = int(random.choice(inside))
        chosen = sorted(random.choice(list(codes), int(random.integers(1, 4)), replace=False))
        fault = {str(name): int(codes[name][row]) for name in chosen}
        if sum(np.logical_and.reduce([codes[name][inside] == code for name, code in fault.items()])) >= LEAST_HIT:
            return fault
