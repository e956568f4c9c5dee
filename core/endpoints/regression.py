"""Whether a deploy changed an endpoint: the requests after it against those before it, by their histograms. Pure.

Durations are compared by rank (Brunner and Munzel, "The Nonparametric Behrens-Fisher Problem", Biometrical Journal 42,
2000): theta = P(X < Y) + P(X = Y) / 2, with X moved by the least change that matters. In logarithmic buckets a change
by a factor is a move by so many buckets, so the test says "by more than 4 %", not "by anything at all". Errors are
compared by the conditional binomial test of two rates (Przyborowski and Wilenski, Biometrika 31, 1940).

Requests of a minute resemble one another, and minutes their neighbours. Both tests are widened by how much more the
minutes vary than independent requests would (a quasi-likelihood's dispersion) and by (1 + r) / (1 - r) for the
correlation r of neighbouring minutes. Both are estimated from an endpoint's own minutes and, as far as those are few,
from all endpoints of the deploy (the moderated t of Smyth, Statistical Applications in Genetics 3, 2004).

`decide` holds the chance that any endpoint of an unchanged deploy is named to `alpha`: each look gets an equal share of
it, and Holm's method ("A Simple Sequentially Rejective Multiple Test Procedure", 1979) divides it over endpoints.
"""

from collections.abc import Hashable, Iterable, Mapping
from math import exp, log, sqrt
from typing import Literal, NamedTuple, TypeVar

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from core.endpoints.histogram import Counts
from core.events.endpoint_series import GROWTH
from core.special_functions import special

Name = TypeVar("Name", bound=Hashable)
Array = NDArray[np.float64]
Durations = Literal["slower", "faster", "no change", "not enough requests"]
Errors = Literal["more errors", "fewer errors", "no change", "not enough requests"]
MOST_CORRELATED = 0.9
FEW_ERRORS = 10  # of which nothing is learnt about how they vary
PRIOR = 30.0  # degrees of freedom that what all endpoints have in common counts for


class Bounds(Struct, frozen=True, kw_only=True):
    """What a change has to be: durations by a factor, the error rate by a factor and by a difference (0..1).

    `alpha` is the chance of naming any endpoint of a deploy that changed nothing, over all its `looks` together. With
    fewer than `least` requests on either side nothing is said.
    """

    alpha: float = 0.05
    looks: int = 4
    duration_factor: float = 1.04
    error_factor: float = 1.5
    error_points: float = 0.005
    least: int = 100


class Side(NamedTuple):
    """An endpoint before or after a deploy, a row a minute: buckets of the requests that did not fail, hits, errors."""

    counts: Counts
    hits: Counts
    errors: Counts


class Dispersion(NamedTuple):
    """How minutes vary: squares and neighbours' products of their residuals, in those of independent requests."""

    squares: float = 0.0
    lagged: float = 0.0
    minutes: int = 0
    freedom: int = 0

    def widening(self, shared: "Dispersion") -> tuple[float, float]:
        """By how much the variance is greater than that of independent requests, and degrees of freedom."""
        prior = min(PRIOR, float(shared.freedom - self.freedom))
        freedom = prior + self.freedom
        if freedom < 3:
            return 2.0, 3.0
        spread = (self.squares + prior * shared.squares / max(1, shared.freedom)) / freedom
        own = self.lagged + prior * shared.lagged / max(1, shared.freedom)
        # A mean taken out of few values makes their correlation look smaller, by about one in so many of them.
        taken = (shared.minutes - shared.freedom) / max(1, shared.minutes)
        correlated = min(max(own / max(spread * freedom, 1e-9) + taken, 0.0), MOST_CORRELATED)
        return max(1.0, spread * (1 + correlated) / (1 - correlated)), freedom


class Rank(NamedTuple):
    """P(X < Y) - 1/2 with X moved, and its variance were requests independent."""

    distance: float
    variance: float


class Evidence(NamedTuple):
    """What a comparison of one endpoint found.

    `ratio` is the typical duration after, as a multiple of before (Hodges and Lehmann); None where either side has no
    durations. `steep` is by how much P(X < Y) falls a bucket. `failed` are errors and hits before and after.
    """

    is_enough: bool
    ratio: float | None = None
    steep: float = 1.0
    slower: Rank = Rank(0.0, 1.0)
    faster: Rank = Rank(0.0, 1.0)
    failed: tuple[float, float, float, float] = (0.0, 0.0, 0.0, 0.0)
    durations: Dispersion = Dispersion()
    errors: Dispersion = Dispersion()


class Result(NamedTuple):
    """What is said of an endpoint. `low` and `high` hold the ratio at 95 %; p-values are of the result's own side."""

    durations: Durations
    errors: Errors
    ratio: float | None = None
    low: float | None = None
    high: float | None = None
    p_durations: float = 1.0
    p_errors: float = 1.0


def compare(before: Side, after: Side, bounds: Bounds) -> Evidence:
    """The evidence of one endpoint."""
    if min(int(before.hits.sum()), int(after.hits.sum())) < bounds.least:
        return Evidence(is_enough=False)
    n_x, n_y, e_x, e_y = (float(one.sum()) for one in (before.hits, after.hits, before.errors, after.errors))
    failed = (e_x, n_x, e_y, n_y)
    errors = _dispersion([_failures(before), _failures(after)]) if e_x + e_y >= FEW_ERRORS else Dispersion()
    first, second = _used(before.counts), _used(after.counts)
    if not len(first) or not len(second):
        return Evidence(is_enough=True, failed=failed, errors=errors)
    low, high = _reach(first, second)
    x, y = first[:, low:high].astype(np.float64), second[:, low:high].astype(np.float64)
    floor = log(bounds.duration_factor) / log(GROWTH)
    ratio, steep = _shift(x.sum(axis=0), y.sum(axis=0))
    slower, durations = _rank(x, y, floor)
    faster, _ = _rank(x, y, -floor)
    return Evidence(True, ratio, steep, slower, faster, failed, durations, errors)


def decide(found: Mapping[Name, Evidence], bounds: Bounds) -> dict[Name, Result]:
    """What is said of each endpoint at one look."""
    enough = {name: one for name, one in found.items() if one.is_enough}
    durations = _together(one.durations for one in enough.values())
    errors = _together(one.errors for one in enough.values())
    tried = {name: _p_values(one, durations, errors, bounds) for name, one in enough.items()}
    p_values = sorted((p, place, test) for place, one in enumerate(tried.values()) for test, p in enumerate(one))
    share = bounds.alpha / bounds.looks
    named: set[tuple[int, int]] = set()
    for rank, (p, place, test) in enumerate(p_values):
        if p > share / (len(p_values) - rank):
            break
        named.add((place, test))
    results = {
        name: _result(enough[name], one, [(place, test) in named for test in range(len(one))], durations)
        for place, (name, one) in enumerate(tried.items())
    }
    return {name: results.get(name) or Result("not enough requests", "not enough requests") for name in found}


def _result(one: Evidence, tried: list[float], named: list[bool], shared: Dispersion) -> Result:
    """p-values and what is named are of slower, faster, more errors, fewer errors."""
    errors: Errors = "more errors" if named[2] else "fewer errors" if named[3] else "no change"
    if one.ratio is None:
        return Result("not enough requests", errors, p_errors=min(tried[2:]))
    widening, freedom = one.durations.widening(shared)
    error = sqrt(one.slower.variance * widening)
    wide = min(float(special().stdtrit(freedom, 0.975)) * error / max(one.steep, 1e-9) * log(GROWTH), 50.0)
    return Result(
        "slower" if named[0] else "faster" if named[1] else "no change", errors,
        one.ratio, one.ratio * exp(-wide), one.ratio * exp(wide), min(tried[:2]), min(tried[2:]),
    )  # fmt: skip


def _p_values(one: Evidence, durations: Dispersion, errors: Dispersion, bounds: Bounds) -> list[float]:
    """One-sided, of slower, faster, more errors, fewer errors."""
    if one.ratio is None:
        slower = faster = 1.0
    else:
        widening, freedom = one.durations.widening(durations)
        slower = float(special().stdtr(freedom, -one.slower.distance / sqrt(one.slower.variance * widening)))
        faster = float(special().stdtr(freedom, one.faster.distance / sqrt(one.faster.variance * widening)))
    widening, _ = one.errors.widening(errors)
    e_x, n_x, e_y, n_y = one.failed
    more, fewer = _rates(e_y, n_y, e_x, n_x, widening, bounds), _rates(e_x, n_x, e_y, n_y, widening, bounds)
    return [slower, faster, more, fewer]


def _rates(more: float, n_more: float, less: float, n_less: float, widening: float, bounds: Bounds) -> float:
    """The p-value of the one rate being greater by the factor; 1 where they are not so far apart as it takes."""
    if not more or more / n_more - less / n_less <= bounds.error_points:
        return 1.0
    share = n_more * bounds.error_factor / (n_more * bounds.error_factor + n_less)
    return float(special().betainc(more / widening, less / widening + 1, share))


def _rank(x: Array, y: Array, move: float) -> tuple[Rank, Dispersion]:
    """P(X moved by so many buckets < Y) against a half, and how minutes vary in it."""
    all_x, all_y = x.sum(axis=0), y.sum(axis=0)
    n_x, n_y = all_x.sum(), all_y.sum()
    places = np.arange(len(all_x), dtype=np.float64)
    of_y = np.interp(places - move, places, _mid(all_x / n_x), left=0.0, right=1.0)  # P(X < y)
    of_x = 1.0 - np.interp(places + move, places, _mid(all_y / n_y), left=0.0, right=1.0)  # P(Y > x)
    theta, other = float(of_y @ all_y / n_y), float(of_x @ all_x / n_x)
    spread_x, spread_y = float((of_x - other) ** 2 @ all_x / n_x), float((of_y - theta) ** 2 @ all_y / n_y)
    varied = _dispersion([_residuals(x, of_x, other, spread_x), _residuals(y, of_y, theta, spread_y)])
    # Where no value of the one lies among those of the other there is no spread: as if a single request did.
    least = 0.25 / min(n_x, n_y) ** 2
    return Rank(theta - 0.5, max(spread_x / n_x + spread_y / n_y, least)), varied


def _mid(shares: Array) -> Array:
    """The distribution at each bucket, half of the bucket itself."""
    return np.asarray(np.cumsum(shares) - shares / 2)


def _residuals(side: Array, scores: Array, mean: float, spread: float) -> Array:
    """How far each minute's sum of scores is off, in standard deviations of independent requests."""
    hits = side.sum(axis=1)
    return np.asarray((side @ scores - mean * hits) / np.sqrt(np.maximum(hits * spread, 1e-12)))


def _failures(side: Side) -> Array:
    """The same of each minute's errors."""
    used = side.hits > 0
    hits, errors = side.hits[used].astype(np.float64), side.errors[used]
    n = hits.sum()
    rate = errors.sum() / n
    bounded = min(max(rate, 0.5 / n), 1 - 0.5 / n)
    return np.asarray((errors - rate * hits) / np.sqrt(hits * bounded * (1 - bounded)))


def _dispersion(sides: list[Array]) -> Dispersion:
    return Dispersion(
        sum(float(one @ one) for one in sides), sum(float(one[1:] @ one[:-1]) for one in sides),
        sum(map(len, sides)), sum(max(0, len(one) - 1) for one in sides),
    )  # fmt: skip


def _together(found: Iterable[Dispersion]) -> Dispersion:
    columns = list(zip(*found, strict=True))
    return Dispersion(*map(sum, columns)) if columns else Dispersion()


def _shift(x: Array, y: Array) -> tuple[float, float]:
    """The median of the ratios of any request after to any before; and by how much P(X < Y) falls a bucket there."""
    differences = np.convolve(y / y.sum(), (x / x.sum())[::-1])  # of -(n-1) .. n-1 buckets
    reached = _mid(differences)
    places = np.arange(len(differences), dtype=np.float64) - (len(x) - 1)
    keep = np.concatenate([[True], np.diff(reached) > 0])
    middle = float(np.interp(0.5, reached[keep], places[keep]))
    ends = np.interp([middle - 2, middle + 2], places, reached)
    return float(GROWTH**middle), float(ends[1] - ends[0]) / 4


def _used(counts: Counts) -> Counts:
    """The minutes with requests."""
    return np.asarray(counts[counts.any(axis=1)])


def _reach(first: Counts, second: Counts) -> tuple[int, int]:
    """The buckets that either side uses, and room to move."""
    places = np.flatnonzero(first.any(axis=0) | second.any(axis=0))
    return max(0, int(places[0]) - 1), int(places[-1]) + 2
