"""Tests of whether two samples come from one distribution, both sides taken as samples, and their joint control. Pure.

Every p-value here is exact or errs to the safe side, so that false alarms stay at or under the nominal rate. The
distributions are those of `scipy.special`, which XGBoost loads too; what `scipy.stats` would add and cost is in
docs/decisions/0004-what-scipy-computes.md.
"""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from numpy.typing import ArrayLike

from core.special_functions import special

Array = npt.NDArray[np.float64]
# Below this expected count a cell is too small for the chi-squared distribution (Cochran 1954).
SMALL = 5.0
DRAWS = 4999
# Up to here sparse tables are judged by exact draws; larger ones have their rare categories merged.
EXACT_ROWS, EXACT_CELLS = 5000, 200


def kolmogorov_smirnov(distance: float, n: int, m: int) -> float:
    """The p-value of a two-sample distance `distance` (the limit of Kolmogorov 1933, Smirnov 1948).

    With ties, or a distance that was taken on a grid, the true p-value is smaller: it errs to the safe side.
    """
    return float(special().kolmogorov(distance * math.sqrt(n * m / (n + m)))) if n and m else 1.0


def statistic(counts: Array, reference: Array) -> float:
    """Pearson's chi-squared of a 2 x k table of counts whose columns all have a positive sum."""
    n, m = counts.sum(), reference.sum()
    both = counts + reference
    # Both rows' cells at once: (O1 - E1)^2 (1/E1 + 1/E2) = (m O1 - n O2)^2 / (n m (O1 + O2)).
    return float(np.sum((m * counts - n * reference) ** 2 / both) / (n * m))


def chi_squared(counts: ArrayLike, reference: ArrayLike, seed: int = 0) -> tuple[float, int, float]:
    """(chi-squared, degrees of freedom, p) of homogeneity of two samples over k categories.

    Unlike a test of fit it does not take the reference as exact. With small expected counts the p-value comes from
    DRAWS tables with the same margins (seeded), or, when the table is large, rare categories are merged first.
    """
    a, b = np.asarray(counts, dtype=float), np.asarray(reference, dtype=float)
    seen = (a + b) > 0
    a, b = a[seen], b[seen]
    n, m = a.sum(), b.sum()
    if len(a) < 2 or n == 0 or m == 0:
        return 0.0, 0, 1.0
    smallest = min(n, m) / (n + m) * float((a + b).min())
    if smallest >= SMALL:
        found = statistic(a, b)
        return found, len(a) - 1, _upper_tail(found, len(a) - 1)
    if len(a) == 2:
        return statistic(a, b), 1, fisher(int(a[0]), int(n), int(b[0]), int(m))
    if min(n, m) <= EXACT_ROWS and len(a) <= EXACT_CELLS:
        found = statistic(a, b)
        p = _upper_tail(found, len(a) - 1)
        drawn = p if p > 0.2 else _drawn(a, b, found, seed)
        # Where no draw was as extreme, the merged table says how much less likely it is: valid, as below that p only
        # the merged table's own can fall. Without it no test of a family of 250 or more could ever hold.
        return found, len(a) - 1, drawn if drawn > 1 / (DRAWS + 1) else min(drawn, _by_merged(a, b)[2])
    return _by_merged(a, b)


def _by_merged(a: Array, b: Array) -> tuple[float, int, float]:
    a, b = merged(a, b)
    found = statistic(a, b) if len(a) > 1 else 0.0
    return found, len(a) - 1, _upper_tail(found, len(a) - 1)


def fisher(a: int, n: int, b: int, m: int) -> float:
    """Two-sided p of Fisher's exact test: `a` of `n` against `b` of `m` have a property."""
    total = a + b
    values = np.arange(max(0, total - m), min(n, total) + 1)
    logs = _log_choose(n, values) + _log_choose(m, total - values) - _log_choose(n + m, total)
    return min(1.0, float(np.exp(logs[logs <= logs[a - values[0]] + 1e-9]).sum()))


def shares(a: int, n: int, b: int, m: int) -> float:
    """The p-value of the shares a/n and b/m being one: chi-squared, or Fisher's exact test when a cell is small."""
    if not n or not m:
        return 1.0
    return chi_squared([a, n - a], [b, m - b])[2]


def holm(values: Sequence[float]) -> list[float]:
    """Adjusted p-values (Holm 1979): all that are under alpha hold together with at most alpha of one being wrong,
    whatever the dependence between the tests."""
    order = np.argsort(values, kind="stable")
    adjusted = [1.0] * len(values)
    largest = 0.0
    for rank, index in enumerate(order):
        largest = max(largest, min(1.0, (len(values) - rank) * values[index]))
        adjusted[index] = largest
    return adjusted


def merged(a: Array, b: Array) -> tuple[Array, Array]:
    """The table with its rarest categories put together until every expected count is SMALL or more.

    Which are merged follows from the margins alone, so the test stays valid.
    """
    order = np.argsort(a + b, kind="stable")
    a, b = a[order], b[order]
    expected = (a + b) * min(a.sum(), b.sum()) / (a.sum() + b.sum())
    few = int(np.searchsorted(expected, SMALL))
    while few < len(a) and expected[:few].sum() < SMALL:
        few += 1
    if few < 2:
        return a, b
    return np.append(a[few:], a[:few].sum()), np.append(b[few:], b[:few].sum())


def _drawn(a: Array, b: Array, found: float, seed: int) -> float:
    random: Any = np.random.default_rng(seed)
    margins, n = (a + b).astype(np.int64), int(min(a.sum(), b.sum()))
    tables = random.multivariate_hypergeometric(margins, n, size=DRAWS, method="marginals")
    total = int(margins.sum())
    other = total - n
    drawn = ((other * tables - n * (margins - tables)) ** 2 / margins).sum(axis=1) / (n * other)
    return float((1 + np.sum(drawn >= found * (1 - 1e-9))) / (DRAWS + 1))


def _upper_tail(x: float, freedom: int) -> float:
    """P(X > x) of the chi-squared distribution; 1 without a degree of freedom."""
    return float(special().chdtrc(freedom, x)) if freedom > 0 else 1.0


def _log_choose(n: int, k: Any) -> Any:
    gammaln = special().gammaln
    return gammaln(n + 1) - gammaln(k + 1) - gammaln(n - k + 1)
