"""A regression with random effects, and draws of its rates: how estimates borrow strength between groups. Pure.

Cells (a week, a model, a band of amount …) have few cases each. Each cell's rate is μ plus one effect a factor, on the
logit scale (shares) or the log scale (rates an exposure); the effects of a factor are drawn from a normal distribution
whose variance is estimated, so a group with few cases stays near the mean of all and one with none is as uncertain as
groups differ (Gelman and Little 1997, "Poststratification into many categories"). Variances are updated as MacKay
(1992) does, posterior draws are those of the normal approximation at the mode (Laplace; Breslow and Clayton 1993).
"""

from collections.abc import Sequence
from typing import Literal

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int64]
Family = Literal["share", "rate"]
ROUNDS = 60
PRIOR_CASES, PRIOR_VARIANCE = 2.0, 0.1  # what is known of an effect's variance beforehand
INTERCEPT_VARIANCE = {"share": 2.25, "rate": 400.0}
_FAR = 30.0  # of a linear predictor


class Effects:
    """What the data say of the effects: mode and the factor of the covariance's inverse."""

    def __init__(self, mode: Floats, factor: Floats, sizes: Sequence[int]) -> None:
        self.mode, self._factor, self._sizes = mode, factor, tuple(sizes)

    def predictors(self, codes: Sequence[Codes], draws: int, random: np.random.Generator) -> Floats:
        """Linear predictors (draws, c) of the cells with these codes, one array a factor."""
        noise = random.standard_normal((len(self.mode), draws))
        return self._summed(self.mode[:, None] + np.linalg.solve(self._factor.T, noise), codes)

    def at_mode(self, codes: Sequence[Codes]) -> Floats:
        """The same (c,) at the mode."""
        found: Floats = self._summed(self.mode[:, None], codes)[0]
        return found

    def _summed(self, found: Floats, codes: Sequence[Codes]) -> Floats:
        total = np.repeat(found[:1], len(codes[0]), axis=0)
        for offset, code in zip(_offsets(self._sizes), codes, strict=True):
            total += found[offset + code]
        return np.clip(total.T, -_FAR, _FAR)


def fit(
    family: Family, codes: Sequence[Codes], sizes: Sequence[int], hits: Floats, of: Floats, guess: float
) -> Effects:
    """The effects behind `hits` (c,) among `of` (c,) cases or exposures; `codes` (c,) of each factor below its size.

    `guess` is the intercept's mean before anything is known.
    """
    design = _design(codes, sizes)
    groups = _groups(sizes)
    precision = np.concatenate([[1 / INTERCEPT_VARIANCE[family]], np.full(sum(sizes), 1 / PRIOR_VARIANCE)])
    mode = np.zeros(design.shape[1])
    mode[0] = guess
    prior = mode.copy()
    for _ in range(ROUNDS):
        before = mode
        mode, hessian = _newton(family, design, hits, of, mode, prior, precision)
        spread = np.diag(np.linalg.inv(hessian))
        for group in groups:
            squares = float((mode[group] ** 2 + spread[group]).sum()) + PRIOR_CASES * PRIOR_VARIANCE
            precision[group] = (group.stop - group.start + PRIOR_CASES) / squares
        if np.abs(mode - before).max() < 1e-4:
            break
    mode, hessian = _newton(family, design, hits, of, mode, prior, precision)
    return Effects(mode, np.linalg.cholesky(hessian), sizes)


def _newton(
    family: Family, design: Floats, hits: Floats, of: Floats, mode: Floats, prior: Floats, precision: Floats
) -> tuple[Floats, Floats]:
    """A step towards the mode, and the Hessian there."""
    eta = np.clip(design @ mode, -_FAR, _FAR)
    if family == "share":
        rate = 1 / (1 + np.exp(-eta))
        expected, weight = of * rate, of * rate * (1 - rate)
    else:
        expected = weight = of * np.exp(eta)
    hessian = (design * weight[:, None]).T @ design + np.diag(precision)
    step = np.linalg.solve(hessian, design.T @ (hits - expected) - precision * (mode - prior))
    largest = float(np.abs(step).max())
    return mode + step * min(1.0, 2.0 / largest if largest > 0 else 1.0), hessian


def _design(codes: Sequence[Codes], sizes: Sequence[int]) -> Floats:
    cells = len(codes[0])
    design = np.zeros((cells, 1 + sum(sizes)))
    design[:, 0] = 1.0
    for offset, code in zip(_offsets(sizes), codes, strict=True):
        design[np.arange(cells), offset + code] = 1.0
    return design


def _offsets(sizes: Sequence[int]) -> list[int]:
    return [1 + sum(sizes[:place]) for place in range(len(sizes))]


def _groups(sizes: Sequence[int]) -> list[slice]:
    return [slice(offset, offset + size) for offset, size in zip(_offsets(sizes), sizes, strict=True)]
