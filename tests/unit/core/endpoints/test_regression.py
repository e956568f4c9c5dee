"""Deploys compared by histograms: changes are named; chance, waves and bursts are not; few requests say nothing."""

from math import log

import numpy as np
import pytest
from numpy.typing import NDArray

from core.endpoints import regression
from core.endpoints.histogram import BUCKETS
from core.endpoints.regression import Bounds, Evidence, Side
from core.events.endpoint_series import GROWTH, LOWEST

BOUNDS = Bounds()
USUAL = log(0.1)


def side(
    seed: int, minutes: int = 30, hits: int = 200, shift: float = 0.0, errors: float = 0.0,
    wave: NDArray[np.float64] | None = None,
) -> Side:  # fmt: skip
    """Lognormal durations around 100 ms, `shift` (of their logarithm) and a `wave` by the minute added."""
    rng = np.random.default_rng(seed)
    centre = USUAL + shift + (np.zeros(minutes) if wave is None else wave)
    failed = rng.binomial(hits, errors, minutes)
    counts = np.zeros((minutes, BUCKETS), np.int64)
    for row, (middle, bad) in enumerate(zip(centre, failed, strict=True)):
        values = np.ceil((middle + 0.6 * rng.standard_normal(hits - bad)) / log(GROWTH)).astype(int) - LOWEST
        counts[row] = np.bincount(values, minlength=BUCKETS)
    return Side(counts, np.full(minutes, hits), failed)


def result(before: Side, after: Side, bounds: Bounds = BOUNDS) -> regression.Result:
    return regression.decide({"one": regression.compare(before, after, bounds)}, bounds)["one"]


@pytest.mark.parametrize(("factor", "word"), [(1.2, "slower"), (1 / 1.2, "faster"), (1.0, "no change")])
def test_durations_are_named_by_their_direction(factor: float, word: str) -> None:
    found = result(side(1), side(2, 10, shift=log(factor)))
    assert (found.durations, found.errors) == (word, "no change")
    assert found.ratio == pytest.approx(factor, rel=0.05)
    assert found.low is not None
    assert found.high is not None
    assert found.low < factor < found.high


def test_a_change_that_does_not_matter_is_none_however_many_requests_there_are() -> None:
    assert result(side(1, hits=20_000), side(2, hits=20_000, shift=log(1.03))).durations == "no change"
    assert result(side(1, hits=20_000), side(2, hits=20_000, shift=log(1.06))).durations == "slower"


@pytest.mark.parametrize(
    ("before", "after", "word"),
    [(0.0, 0.02, "more errors"), (0.03, 0.0, "fewer errors"), (0.01, 0.012, "no change"), (0.0, 0.0, "no change")],
)
def test_error_rates(before: float, after: float, word: str) -> None:
    assert result(side(1, errors=before), side(2, errors=after)).errors == word


def test_durations_without_any_overlap_are_slower() -> None:
    found = result(side(1), side(2, 5, 60, shift=3.0))
    assert found.durations == "slower"
    assert found.ratio == pytest.approx(np.exp(3.0), rel=0.05)


def test_few_requests_say_nothing() -> None:
    found = result(side(1, 10, 5), side(2))
    assert (found.durations, found.errors, found.ratio) == ("not enough requests", "not enough requests", None)


def test_an_endpoint_that_only_fails_has_no_durations() -> None:
    found = result(side(1), side(2, 10, errors=1.0))
    assert (found.durations, found.errors) == ("not enough requests", "more errors")


def test_minutes_that_vary_by_themselves_are_believed_less() -> None:
    """A step of 12 % is nothing beside minutes that wander by as much."""
    rng = np.random.default_rng(5)
    waves = [0.15 * np.repeat(rng.standard_normal(number // 5), 5) for number in (60, 10)]
    calm = result(side(1, 60), side(2, 10, shift=0.12))
    wild = result(side(1, 60, wave=waves[0]), side(2, 10, shift=0.12, wave=waves[1] - waves[1].mean()))
    assert calm.durations == "slower"
    assert wild.durations == "no change"
    assert wild.p_durations > 100 * calm.p_durations


def test_a_burst_of_errors_is_less_than_as_many_on_their_own() -> None:
    spread, burst = side(1, errors=0.0), side(2, 30, errors=0.0)
    errors = np.zeros(30, np.int64)
    errors[3] = 60
    after = burst._replace(errors=errors)
    even = burst._replace(errors=np.full(30, 2))
    assert result(spread, even).p_errors < 1e-6 < result(spread, after).p_errors


def test_the_share_of_alpha_is_divided_over_looks_and_endpoints() -> None:
    before, after = side(1, 20, 60), side(2, 10, 60, shift=log(1.14))
    alone = result(before, after, Bounds(looks=1, alpha=0.5))
    assert alone.durations == "slower"
    evidence = regression.compare(before, after, BOUNDS)
    others: dict[str, Evidence] = {
        f"other {number}": regression.compare(side(10 + number, 20, 60), side(90 + number, 10, 60), BOUNDS)
        for number in range(20)
    }
    found = regression.decide({"one": evidence, **others}, Bounds(looks=10, alpha=1e-6))
    assert {one.durations for one in found.values()} == {"no change"}


def test_nothing_at_all() -> None:
    assert regression.decide({}, BOUNDS) == {}
