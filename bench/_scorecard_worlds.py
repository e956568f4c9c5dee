"""Histories whose truth is known, for the intervals of the scorecard.

Scores are honest probabilities, amounts grow with the score, labels are given at random, and frauds become known weeks
later.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from console.analytics.scorecard import score_bins

DAYS, ROWS, LABELLED, K = 28, 400, 0.5, 20
BEFORE, AFTER = (0.40, 0.70), (0.25, 0.55)
LAGS = np.array([0.25, 0.2, 0.15, 0.12, 0.1, 0.08, 0.06, 0.04])
WEEKS, FRAUDS_A_WEEK = 16, 60.0


@dataclass(frozen=True)
class History:
    """Arrays (DAYS, BINS): all rows, labelled frauds and others, and the amounts of the frauds and their squares."""

    rows: Any
    frauds: Any
    legit: Any
    amounts: Any
    squares: Any


def history(seed: list[int], days: int = DAYS, labelled: float = LABELLED) -> History:
    """A history of `days` days."""
    random = np.random.default_rng(seed)
    margin = -3.4 + 1.6 * random.normal(size=(days, ROWS))
    score = (1 / (1 + np.exp(-margin))).astype(np.float32)
    fraud = random.random(score.shape) < score
    amount = random.lognormal(3.0 + score, 0.8)
    known = random.random(score.shape) < labelled
    place = score_bins.of(score) + score_bins.BINS * np.arange(days)[:, None]

    def by_bin(chosen: Any, weights: Any) -> Any:
        flat = np.bincount(place[chosen], weights[chosen], days * score_bins.BINS)
        return flat.reshape(days, score_bins.BINS)

    one = np.ones_like(amount)
    everything = np.ones_like(fraud)
    return History(
        by_bin(everything, one), by_bin(known & fraud, one), by_bin(known & ~fraud, one),
        by_bin(known & fraud, amount), by_bin(known & fraud, amount**2),
    )  # fmt: skip


@lru_cache(1)
def truth() -> History:
    """What every history is a sample of: 4,000 days with all labels."""
    parts = [history([99, part], 200, 1.0) for part in range(20)]
    return History(*(np.concatenate([getattr(part, name) for part in parts]) for name in History.__annotations__))


def vintages(seed: list[int], rate: float = FRAUDS_A_WEEK) -> tuple[Any, Any, Any]:
    """Frauds by week and lag as far as the lags are over, how many of them are, and all frauds of each week."""
    random = np.random.default_rng(seed)
    level = rate * np.exp(random.normal(0, 0.3, WEEKS))
    counts = np.array([random.multinomial(random.poisson(one), LAGS) for one in level])
    ages = np.minimum(np.arange(WEEKS, 0, -1), len(LAGS))
    return np.where(np.arange(len(LAGS)) < ages[:, None], counts, 0), ages, counts.sum(1)
