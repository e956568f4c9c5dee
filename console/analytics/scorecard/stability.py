"""PSI of scores and CSI of features against the reference, with critical values that know the number of rows. Pure.

The population stability index is the sum of (p - q) ln(p / q) over the bins. Without any change it is not 0: it is
about (1/n + 1/m) times a chi-squared variable with B - 1 degrees of freedom (Yurdakul 2018), so that the customary 0.1
and 0.25 alarm at 50 rows by chance, and sleep at a million. Where an expected count is small the distribution is drawn
instead: n of the n + m rows at random, which is exact whatever the shares are (Fisher's permutation argument).
"""

from collections.abc import Iterable
from functools import lru_cache
from typing import Literal

import numpy as np
import numpy.typing as npt
from msgspec import Struct
from numpy.typing import ArrayLike

Array = npt.NDArray[np.float64]
State = Literal["few", "stable", "small", "shifted", "large"]
ALPHA = 0.05
PRIOR = 0.5  # rows added to each bin (Jeffreys), so that none is empty
LARGE = 100.0  # expected rows in each bin from where the chi-squared distribution is right to a tenth of ALPHA
DRAWS = 3999
MINIMUM = 50
SMALL_SHIFT, LARGE_SHIFT = 0.10, 0.25  # by custom (Siddiqi 2006)


class Shares(Struct, frozen=True):
    """Scores by group: shares of the reference and of now; group i begins at `starts[i]`."""

    starts: list[float]
    reference: list[float]
    now: list[float]


class Stability(Struct, frozen=True):
    """One distribution: `n` rows now against `m` of the reference in `bins`; `psi` is beyond chance above `critical`.

    `p` is the chance of such a PSI without a change; `drawn`: both come from random draws. `few`: too few rows to say.
    """

    name: str
    psi: float
    critical: float
    p: float
    n: int
    m: int
    bins: int
    drawn: bool
    state: State


def index(counts: ArrayLike, reference: ArrayLike) -> Array:
    """The PSI of counts (…, B) against counts (…, B), each with PRIOR added."""
    now, before = np.asarray(counts, float) + PRIOR, np.asarray(reference, float) + PRIOR
    p, q = now / now.sum(-1, keepdims=True), before / before.sum(-1, keepdims=True)
    found: Array = ((p - q) * np.log(p / q)).sum(-1)
    return found


def judge(name: str, counts: ArrayLike, reference: ArrayLike, minimum: int = MINIMUM) -> Stability:
    """The PSI with its critical value. Bins that nothing fell in, on either side, are left out."""
    now, before = np.asarray(counts, float), np.asarray(reference, float)
    used = (now + before) > 0
    now, before = now[used], before[used]
    n, m, bins = int(now.sum()), int(before.sum()), len(now)
    if min(n, m) < minimum:
        return Stability(name, 0.0, 0.0, 1.0, n, m, bins, False, "few")
    value = float(index(now, before))
    if bins < 2:
        return Stability(name, 0.0, 0.0, 1.0, n, m, bins, False, "stable")
    if min(n, m) / (n + m) * float((now + before).min()) >= LARGE:
        from scipy import special  # 27 MB that only who opens the scorecard pays for

        scale = 1 / n + 1 / m
        critical, p = scale * float(special.chdtri(bins - 1, ALPHA)), float(special.chdtrc(bins - 1, value / scale))
        drawn = False
    else:
        null = _drawn(tuple((now + before).astype(int).tolist()), n)
        critical = float(null[int(np.ceil((1 - ALPHA) * (DRAWS + 1))) - 1])
        p = float((1 + (null >= value - 1e-12).sum()) / (1 + DRAWS))
        drawn = True
    return Stability(name, value, critical, p, n, m, bins, drawn, _state(value, critical))


def beyond_chance(found: Iterable[Stability], alpha: float = ALPHA) -> set[str]:
    """Names whose shift is beyond chance when all are looked at together (Holm 1979)."""
    judged = sorted((one for one in found if one.state != "few" and one.bins > 1), key=lambda one: one.p)
    names: set[str] = set()
    for place, one in enumerate(judged):
        if one.p > alpha / (len(judged) - place):
            break
        names.add(one.name)
    return names


def _state(value: float, critical: float) -> State:
    if value <= critical:
        return "stable"
    return "large" if value > LARGE_SHIFT else "shifted" if value > SMALL_SHIFT else "small"


@lru_cache(256)
def _drawn(pooled: tuple[int, ...], n: int) -> Array:
    """The sorted PSI of DRAWS random choices of `n` of the pooled rows; the seed is the table, so a reload agrees."""
    random = np.random.default_rng([n, *pooled])
    chosen = random.multivariate_hypergeometric(list(pooled), n, size=DRAWS, method="marginals")
    return np.sort(index(chosen, np.array(pooled) - chosen))
