"""A regression with random effects, and draws of its rates: how estimates borrow strength between groups. Pure.

Cells (a week, a model, a band of amount …) have few cases each. Each cell's rate is μ plus a slope times a trend plus
one effect a factor, on the logit scale (shares) or the log scale (rates an exposure); the effects of a factor are drawn
from a normal distribution whose variance is estimated, so a group with few cases stays near the mean of all and one
with none is as uncertain as groups differ (Gelman and Little 1997, "Poststratification into many categories").

Variances are updated as MacKay (1992) does; draws are those of the normal approximation at the mode (Laplace; Breslow
and Clayton 1993).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int64]
Family = Literal["share", "rate"]
ROUNDS = 60
# What is known beforehand: of the variance of effects, its mean and how many effects that is worth; the variances of
# the intercept and of the slope. Chosen so that intervals hold what they promise (`bench/fraud_cost_coverage.py`).
PRIOR = {"share": (2.0, 0.03), "rate": (3.0, 0.15)}
FIXED = {"share": (2.25, 0.25), "rate": (400.0, 0.5)}
_FAR = 30.0  # of a linear predictor


@dataclass(frozen=True, slots=True)
class Design:
    """Cells as columns (c,): the group of each in every factor, `sizes` groups each, and the trend, about -2 … 2."""

    codes: Sequence[Codes]
    sizes: Sequence[int]
    trend: Floats

    @property
    def groups(self) -> list[slice]:
        """Where each factor's effects are among all; intercept and slope come first."""
        offsets = [2 + sum(self.sizes[:place]) for place in range(len(self.sizes))]
        return [slice(offset, offset + size) for offset, size in zip(offsets, self.sizes, strict=True)]

    @property
    def matrix(self) -> Floats:
        """One row a cell, one column an effect."""
        found = np.zeros((len(self.trend), 2 + sum(self.sizes)))
        found[:, 0], found[:, 1] = 1.0, self.trend
        for group, code in zip(self.groups, self.codes, strict=True):
            found[np.arange(len(code)), group.start + code] = 1.0
        return found


@dataclass(frozen=True, slots=True)
class Effects:
    """What data say of the effects (p,): their mode and the Cholesky factor of the Hessian there."""

    mode: Floats
    factor: Floats

    def predictors(self, design: Design, draws: int, random: np.random.Generator) -> Floats:
        """Linear predictors (draws, c) of these cells."""
        noise = np.linalg.solve(self.factor.T, random.standard_normal((len(self.mode), draws)))
        return np.clip(_summed(self.mode[:, None] + noise, design).T, -_FAR, _FAR)

    def at_mode(self, design: Design) -> Floats:
        """The same (c,) at the mode."""
        found: Floats = _summed(self.mode[:, None], design)[:, 0]
        return found


def fit(family: Family, design: Design, hits: Floats, of: Floats, guess: float) -> Effects:
    """The effects behind `hits` (c,) among `of` (c,) cases or exposures; `guess`: the intercept before it is known."""
    matrix, groups = design.matrix, design.groups
    cases, variance = PRIOR[family]
    precision = np.concatenate([1 / np.array(FIXED[family]), np.full(sum(design.sizes), 1 / variance)])
    mode = np.zeros(len(precision))
    mode[0] = guess
    prior = mode.copy()
    for _ in range(ROUNDS):
        before = mode
        mode, hessian = _newton(family, matrix, hits, of, mode, prior, precision)
        spread = np.diag(np.linalg.inv(hessian))
        for group in groups:
            squares = float((mode[group] ** 2 + spread[group]).sum()) + cases * variance
            precision[group] = (group.stop - group.start + cases) / squares
        if np.abs(mode - before).max() < 1e-4:
            break
    mode, hessian = _newton(family, matrix, hits, of, mode, prior, precision)
    factor: Floats = np.linalg.cholesky(hessian).astype(np.float64)
    return Effects(mode, factor)


def _newton(
    family: Family, matrix: Floats, hits: Floats, of: Floats, mode: Floats, prior: Floats, precision: Floats
) -> tuple[Floats, Floats]:
    """A step towards the mode, and the Hessian there."""
    eta = np.clip(matrix @ mode, -_FAR, _FAR)
    if family == "share":
        rate = 1 / (1 + np.exp(-eta))
        expected, weight = of * rate, of * rate * (1 - rate)
    else:
        expected = weight = of * np.exp(eta)
    hessian = (matrix * weight[:, None]).T @ matrix + np.diag(precision)
    step = np.linalg.solve(hessian, matrix.T @ (hits - expected) - precision * (mode - prior))
    largest = float(np.abs(step).max())
    return mode + step * min(1.0, 2.0 / largest if largest > 0 else 1.0), hessian


def _summed(effects: Floats, design: Design) -> Floats:
    """(c, d) of effects (p, d)."""
    total = effects[:1] + design.trend[:, None] * effects[1:2]
    for group, code in zip(design.groups, design.codes, strict=True):
        total += effects[group.start + code]
    return total
