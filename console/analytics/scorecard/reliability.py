"""Calibration: whether the predicted chance of fraud is the share of fraud that labels show. Pure.

From counts by score bin and the predicted chance of each bin. Groups of about equal numbers are compared with Wilson
intervals; the expected calibration error (Naeini et al. 2015) is put beside what chance alone would give a perfect
model, since it is never 0; slope and intercept of a logistic recalibration (Cox 1958) say whether scores are too sure.
"""

from functools import lru_cache
from statistics import NormalDist

import numpy as np
import numpy.typing as npt
from msgspec import Struct
from numpy.typing import ArrayLike

from core.models.performance.interval import LEVEL, wilson

Array = npt.NDArray[np.float64]
GROUPS, DRAWS, LEAST = 10, 999, 1e-6
MINIMUM = 20  # frauds, and others


class Group(Struct, frozen=True):
    """Labelled rows with scores in [low_score, high_score): mean predicted chance against the observed share."""

    low_score: float
    high_score: float
    n: int
    frauds: int
    predicted: float
    observed: float
    low: float
    high: float

    @property
    def fits(self) -> bool:
        """Whether the predicted chance lies in the interval of the observed one."""
        return self.low <= self.predicted <= self.high


class Reliability(Struct, frozen=True):
    """`ece` with the 95 % point `by_chance` of a perfectly calibrated model; a `slope` of 1 and an `intercept` of 0 are
    perfect, below 1 the scores are too sure of themselves. Intervals are 95 %."""

    groups: list[Group]
    n: int
    frauds: int
    ece: float
    by_chance: float
    slope: float
    slope_low: float
    slope_high: float
    intercept: float
    intercept_low: float
    intercept_high: float


def reliability(
    frauds: ArrayLike, legit: ArrayLike, predicted: ArrayLike, bounds: ArrayLike, groups: int = GROUPS, seed: int = 0
) -> Reliability | None:
    """From counts (B,) by bin with `bounds` (B + 1,); None where fewer than MINIMUM of either kind are known."""
    bad, p = np.asarray(frauds, float), np.clip(np.asarray(predicted, float), LEAST, 1 - LEAST)
    n, limits = bad + np.asarray(legit, float), np.asarray(bounds, float)
    if min(bad.sum(), n.sum() - bad.sum()) < MINIMUM:
        return None
    firsts = _firsts(n, groups)
    total, hits, mass = (np.add.reduceat(values, firsts) for values in (n, bad, n * p))
    ends = [*firsts[1:], len(n)]
    made = [
        Group(float(limits[first]), float(limits[end]), int(k), int(h), float(s / k), float(h / k), *_wilson(h, k))
        for first, end, k, h, s in zip(firsts, ends, total, hits, mass, strict=True)
    ]
    by_chance = _by_chance(n.astype(np.int64).tobytes(), p.tobytes(), tuple(firsts), seed)
    fit = logistic(bad, n, np.log(p / (1 - p)))
    return Reliability(
        made, int(n.sum()), int(bad.sum()), float(np.abs(hits - mass).sum() / n.sum()),
        by_chance, *fit[0], *fit[1],
    )  # fmt: skip


@lru_cache(maxsize=64)
def _by_chance(numbers: bytes, chances: bytes, firsts: tuple[int, ...], seed: int) -> float:
    """The error that LEVEL of draws of a perfect model stay below; the same weeks, which a page shows again, once."""
    n, p = np.frombuffer(numbers, np.int64), np.frombuffer(chances, np.float64)
    drawn = np.random.default_rng(seed).binomial(n, p, (DRAWS, len(n)))
    perfect = np.abs(np.add.reduceat(drawn, firsts, axis=1) - np.add.reduceat(n * p, firsts)).sum(1) / n.sum()
    return float(np.quantile(perfect, LEVEL))


def logistic(hits: Array, n: Array, x: Array, level: float = LEVEL) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """(slope, low, high) and (intercept, low, high) of logit(hits / n) = a + b x by Newton's method, Wald intervals.

    Firth's (1993) half case in each direction keeps both finite where the two kinds are apart.
    """
    used = n > 0
    hits, n, x = hits[used], n[used], x[used]
    design = np.column_stack([np.ones(len(x)), x])
    beta = np.array([0.0, 1.0])
    information = np.eye(2)
    for _ in range(50):
        p = 1 / (1 + np.exp(-np.clip(design @ beta, -30, 30)))
        weight = n * p * (1 - p)
        information = design.T @ (design * weight[:, None]) + 1e-9 * np.eye(2)
        leverage = weight * np.einsum("ij,jk,ik->i", design, np.linalg.inv(information), design)
        score = design.T @ (hits - n * p + leverage * (0.5 - p))
        step = np.linalg.solve(information, score)
        beta = beta + np.clip(step, -2, 2)
        if np.abs(step).max() < 1e-8:
            break
    spread = np.sqrt(np.diag(np.linalg.inv(information)))
    z = NormalDist().inv_cdf(0.5 + level / 2)
    a, b = ((float(v), float(v - z * s), float(v + z * s)) for v, s in zip(beta, spread, strict=True))
    return b, a


def _firsts(n: Array, groups: int) -> list[int]:
    """First bins of groups of about equal numbers, each with a row."""
    below = np.cumsum(n) - n
    wanted = [int(np.searchsorted(below, n.sum() * at / groups)) for at in range(1, groups)]
    firsts = sorted({0, *(first for first in wanted if first < len(n))})
    kept: list[int] = []
    for first, end in zip(firsts, [*firsts[1:], len(n)], strict=True):
        if n[first:end].sum() > 0:
            kept.append(first if kept else 0)
    return kept


def _wilson(hits: float, n: float) -> tuple[float, float]:
    found = wilson(hits, n)
    assert found is not None  # a group has rows
    return found
