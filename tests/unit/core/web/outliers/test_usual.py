"""The limit of an endpoint is its p99.5, never below 50 ms, follows what happens, and costs bounded memory."""

from random import Random

import pytest

from core.events.endpoint_series import bucket
from core.web.outliers import usual
from core.web.outliers.usual import HALF_LIFE_SECONDS, Usual

ONE = ("/a", "GET")


def counted(durations: list[float]) -> dict[int, int]:
    found: dict[int, int] = {}
    for one in durations:
        found[bucket(one)] = found.get(bucket(one), 0) + 1
    return found


@pytest.mark.parametrize("middle", [0.03, 0.4, 3.0])
def test_the_limit_is_the_quantile_within_two_percent(middle: float) -> None:
    dice = Random(7)
    durations = sorted(dice.lognormvariate(0, 0.5) * middle for _ in range(20_000))
    known = Usual(0.995, 0.05)
    known.add(*ONE, counted(durations), 0.0)
    assert known.limit(*ONE) == pytest.approx(max(0.05, durations[19_899]), rel=0.021)


def test_an_unknown_or_fast_endpoint_has_the_least_limit() -> None:
    known = Usual(0.995, 0.05)
    assert known.limit(*ONE) == 0.05
    known.add(*ONE, {bucket(0.001): 1000}, 0.0)
    assert known.limit(*ONE) == 0.05


def test_an_endpoint_that_became_slow_is_usual_again_soon_and_so_is_one_that_became_fast() -> None:
    known = Usual(0.995, 0.05)
    for step in range(100):
        known.add(*ONE, {bucket(0.06): 100}, 5.0 * step)
    assert known.limit(*ONE) == pytest.approx(0.06, rel=0.03)
    known.add(*ONE, {bucket(1.0): 100}, 500.0)
    assert known.limit(*ONE) == pytest.approx(1.0, rel=0.03), "more than 0.5 % are slow"
    for step in range(600):
        known.add(*ONE, {bucket(0.06): 100}, 505.0 + 5.0 * step)
    assert 4 * HALF_LIFE_SECONDS < 505.0 + 5 * 600
    assert known.limit(*ONE) == pytest.approx(0.06, rel=0.03)


def test_of_too_many_endpoints_the_one_used_longest_ago_is_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(usual, "ENDPOINTS", 3)
    known = Usual(0.995, 0.05)
    for number in range(3):
        known.add(f"/{number}", "GET", {bucket(9.0): 1}, float(number))
    known.add("/0", "GET", {bucket(9.0): 1}, 3.0)
    known.add("/3", "GET", {bucket(9.0): 1}, 4.0)
    assert [known.limit(f"/{number}", "GET") > 1 for number in range(4)] == [True, False, True, True]
