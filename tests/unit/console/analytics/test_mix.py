"""A rate of two periods at one mix: by the book, what always holds, coverage, and a planted Simpson's paradox."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from console.analytics.mix import LEAST, REST, Cell, Comparison, Rate, compare, newcombe, standardised
from core.models.performance.interval import wilson

NAMES = ["under $10", "$10 to $20", "$20 to $50", "$50 and more"]


@some.composite
def periods(draw: some.DrawFn, least: int = LEAST) -> dict[str, Cell]:
    """A period in which every segment has at least `least` cases."""
    found = {}
    for name in NAMES:
        cases = draw(some.integers(least, 5000))
        found[name] = Cell(cases, draw(some.integers(0, cases)))
    return found


def value(rate: Rate | None) -> float:
    assert rate is not None
    return rate.value


def test_the_standard_is_the_mean_of_both_mixes() -> None:
    now = {"a": Cell(800, 720), "b": Cell(200, 100)}
    before = {"a": Cell(100, 80), "b": Cell(100, 60)}
    found = compare(now, before)
    # Shares 0.8 and 0.2 now, halves before: weights 0.65 and 0.35.
    assert value(found.adjusted_now) == pytest.approx(0.65 * 0.9 + 0.35 * 0.5)
    assert value(found.adjusted_before) == pytest.approx(0.65 * 0.8 + 0.35 * 0.6)
    assert found.change == pytest.approx(0.82 - 0.70)
    assert found.adjusted_change == pytest.approx(0.03)
    assert found.mix_change == pytest.approx(0.09)


@given(periods(), periods())
@settings(deadline=None)
def test_a_change_is_that_at_the_same_mix_and_that_of_the_mix(now: dict[str, Cell], before: dict[str, Cell]) -> None:
    found = compare(now, before)
    assert found.covered == pytest.approx(1.0)
    shares = [(one.share(found.now), one.share(found.before, is_now=False)) for one in found.segments]
    rates = [(one.now.hits / one.now.cases, one.before.hits / one.before.cases) for one in found.segments]
    of_mix = sum((a - b) * (p + q) / 2 for (a, b), (p, q) in zip(shares, rates, strict=True))
    assert found.mix_change == pytest.approx(of_mix, abs=1e-9), "Kitagawa's composition effect"
    for rate, side in ((found.adjusted_now, 0), (found.adjusted_before, 1)):
        assert rate is not None
        assert 0 <= rate.low <= rate.value <= rate.high <= 1
        assert min(one[side] for one in rates) - 1e-9 <= rate.value <= max(one[side] for one in rates) + 1e-9


@given(periods(), periods())
@settings(deadline=None)
def test_the_other_way_round_it_is_the_opposite(now: dict[str, Cell], before: dict[str, Cell]) -> None:
    one, other = compare(now, before), compare(before, now)
    assert one.adjusted_change == pytest.approx(-(other.adjusted_change or 0.0))
    assert one.mix_change == pytest.approx(-(other.mix_change or 0.0))
    assert one.is_reversed == other.is_reversed
    assert {part.name for part in one.against} == {part.name for part in other.against}


@given(periods())
@settings(deadline=None)
def test_a_period_against_itself_has_no_change(now: dict[str, Cell]) -> None:
    found = compare(now, now)
    assert (found.change, found.adjusted_change, found.mix_change) == pytest.approx((0.0, 0.0, 0.0))
    assert value(found.adjusted_now) == pytest.approx(found.now.hits / found.now.cases)
    assert not found.is_reversed
    assert found.against == ()


@given(periods(), some.integers(2, 9))
@settings(deadline=None)
def test_the_same_mix_needs_no_adjustment(before: dict[str, Cell], times: int) -> None:
    now = {name: Cell(cell.cases * times, cell.hits) for name, cell in before.items()}
    found = compare(now, before)
    assert found.mix_change == pytest.approx(0.0, abs=1e-9)
    assert found.adjusted_change == pytest.approx(found.change)


@given(some.lists(some.integers(1, 9), min_size=4, max_size=4))
@settings(deadline=None)
def test_where_only_the_mix_moved_nothing_is_left_at_the_same_mix(times: list[int]) -> None:
    before = {name: Cell(100, 20 * place + 10) for place, name in enumerate(NAMES)}
    now = {name: Cell(cell.cases * by, cell.hits * by) for (name, cell), by in zip(before.items(), times, strict=True)}
    found = compare(now, before)
    assert found.adjusted_change == pytest.approx(0.0, abs=1e-9)
    assert found.mix_change == pytest.approx(found.change)


@given(periods(least=0), periods(least=0))
@settings(deadline=None)
def test_every_case_is_counted_in_one_segment(now: dict[str, Cell], before: dict[str, Cell]) -> None:
    found = compare(now, before)
    assert sum(one.now.cases for one in found.segments) == found.now.cases
    assert sum(one.before.hits for one in found.segments) == found.before.hits
    weights = [one.weight for one in found.segments if one.weight is not None]
    assert sum(weights) == pytest.approx(1.0 if weights else 0.0)


def simpson() -> Comparison:
    """Every band approves less than before, and all together more: the cheap ones, mostly approved, grew."""
    before = {"under $10": Cell(1000, 960), "$10 to $50": Cell(1000, 900), "$50 and more": Cell(8000, 5600)}
    now = {"under $10": Cell(8000, 7360), "$10 to $50": Cell(1000, 850), "$50 and more": Cell(1000, 600)}
    return compare(now, before)


def test_simpsons_paradox_is_found_and_its_segments_are_named() -> None:
    found = simpson()
    assert found.change == pytest.approx(0.881 - 0.746)
    assert found.adjusted_change is not None
    assert found.adjusted_change < -0.05
    assert found.is_reversed
    assert [one.name for one in found.against] == ["$50 and more", "under $10", "$10 to $50"], "the heaviest first"


def test_a_reversal_by_chance_is_none() -> None:
    before = {"a": Cell(60, 57), "b": Cell(60, 42)}
    now = {"a": Cell(400, 379), "b": Cell(60, 41)}
    found = compare(now, before)
    assert found.change is not None
    assert found.adjusted_change is not None
    assert found.change > 0 > found.adjusted_change
    assert not found.is_reversed
    assert found.against == ()


def test_many_segments_that_moved_by_chance_are_not_named() -> None:
    random = np.random.default_rng(5)
    named = 0
    for _ in range(200):
        sides = [
            {str(place): Cell(500, int(random.binomial(500, rate))) for place in range(12)} for rate in (0.91, 0.9)
        ]
        named += bool(compare(*sides).against)
    assert named <= 15, "at the level of a single segment it would be a third of them"


def test_small_segments_are_one() -> None:
    now = {"a": Cell(500, 400), "b": Cell(30, 20), "c": Cell(40, 10)}
    before = {"a": Cell(500, 450), "b": Cell(60, 50), "d": Cell(10, 10)}
    found = compare(now, before)
    assert [one.name for one in found.segments] == ["a", REST]
    assert found.segments[1].now == Cell(70, 30)
    assert found.segments[1].before == Cell(70, 60)
    assert found.covered == 1.0


def test_a_rest_too_small_is_left_out_and_its_share_told() -> None:
    found = compare({"a": Cell(900, 800), "new": Cell(100, 10)}, {"a": Cell(1000, 900)})
    assert found.covered == pytest.approx(0.9)
    assert found.segments[1].weight is None
    assert value(found.adjusted_now) == pytest.approx(800 / 900)
    assert found.against == (), "what is not compared moved against nothing"


def test_what_is_mostly_incomparable_is_not_adjusted() -> None:
    found = compare({"model 4": Cell(900, 800), "a": Cell(100, 90)}, {"model 3": Cell(900, 700), "a": Cell(100, 90)})
    assert found.adjusted_now is not None, "what is in one period only is compared as the rest"
    found = compare({"model 4": Cell(900, 800), "a": Cell(100, 90)}, {"a": Cell(100, 90)})
    assert found.adjusted_now is None
    assert found.adjusted_change is None
    assert found.mix_change is None


def test_fewer_than_fifty_have_no_rate() -> None:
    found = compare({"a": Cell(49, 40)}, {"a": Cell(5000, 4000)})
    assert found.now.rate is None
    assert found.change is None
    assert found.change_bounds is None
    assert not found.is_reversed
    nothing = compare({}, {})
    assert (nothing.covered, nothing.segments, nothing.adjusted_now) == (0.0, (), None)


def test_one_cell_has_wilsons_interval() -> None:
    found = standardised([Cell(263, 81)], [1.0])
    assert (found.low, found.high) == pytest.approx(wilson(81, 263))


def test_newcombes_interval_is_the_published_one() -> None:
    """Newcombe 1998, table II: 56 of 70 against 48 of 80 gives 0.0524 to 0.3339 by method 10."""
    now, before = (Rate(hits / cases, *(wilson(hits, cases) or (0, 1))) for hits, cases in ((56, 70), (48, 80)))
    assert newcombe(now, before) == pytest.approx((0.0524, 0.3339), abs=1e-4)


def test_the_interval_of_the_change_covers() -> None:
    random = np.random.default_rng(3)
    rates_now, rates_before = np.array([0.97, 0.9, 0.6]), np.array([0.96, 0.93, 0.62])
    cases_now, cases_before = np.array([400, 150, 80]), np.array([150, 150, 200])
    weights = (cases_now / cases_now.sum() + cases_before / cases_before.sum()) / 2
    truth = float(weights @ (rates_now - rates_before))
    inside, tries = 0, 1500
    for _ in range(tries):
        cells = [
            {
                str(place): Cell(int(n), int(hits))
                for place, (n, hits) in enumerate(zip(cases, random.binomial(cases, rates), strict=True))
            }
            for cases, rates in ((cases_now, rates_now), (cases_before, rates_before))
        ]
        low, high = compare(*cells).adjusted_bounds or (0.0, 0.0)
        inside += low <= truth <= high
    assert 0.93 <= inside / tries <= 0.985
