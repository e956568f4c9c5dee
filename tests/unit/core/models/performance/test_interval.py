"""Wilson's intervals by the book, and their coverage where the usual ones fail."""

import numpy as np
import pytest
import scipy

from core.models.performance.interval import rates, wilson, wilson_weighted


@pytest.mark.parametrize(("hits", "cases"), [(0, 10), (10, 10), (1, 7), (142, 231), (3, 4000)])
def test_wilson_equals_scipys(hits: int, cases: int) -> None:
    expected = scipy.stats.binomtest(hits, cases).proportion_ci(0.95, "wilson")
    assert wilson(hits, cases) == pytest.approx((expected.low, expected.high))


def test_wilsons_interval_is_the_published_one() -> None:
    """Newcombe 1998, table I: 81 of 263 gives 0.2553 to 0.3662."""
    assert wilson(81, 263) == pytest.approx((0.2553, 0.3662), abs=1e-4)


def test_no_case_has_no_interval() -> None:
    assert wilson(0, 0) is None
    assert rates(0, 0, 0, 10) == {"precision": None, "recall": None, "f1": None}


def test_the_reference_figures_lie_inside_their_intervals() -> None:
    found = rates(142, 18, 89, 11_751)
    for name, value in (("precision", 0.6147), ("recall", 0.8875), ("f1", 0.7263)):
        bounds = found[name]
        assert bounds is not None
        assert bounds[0] < value < bounds[1]
        assert bounds[1] - bounds[0] < 0.14


def test_the_f1_interval_covers() -> None:
    random = np.random.default_rng(1)
    share = np.array([0.02, 0.01, 0.015, 0.955])
    truth = 2 * share[0] / (2 * share[0] + share[1] + share[2])
    inside = 0
    for _ in range(400):
        tp, fn, fp, tn = random.multinomial(4000, share)
        bounds = rates(tp, fn, fp, tn)["f1"]
        assert bounds is not None
        inside += bounds[0] <= truth <= bounds[1]
    assert inside / 400 >= 0.92


def test_weighted_cases_tell_as_much_as_the_equal_cases_that_they_stand_for() -> None:
    assert wilson_weighted(30, 70, 30, 70) == wilson(30, 100)
    low, high = wilson_weighted(300, 700, 3000, 7000) or (0, 0)
    assert (low, high) == pytest.approx(wilson(30, 100)), "ten each: a hundred cases"
    assert wilson_weighted(50, 0, 500, 0) == pytest.approx(wilson(5, 5)), "one side is empty"
    assert wilson_weighted(0, 0, 0, 0) is None


def test_the_interval_of_weighted_cases_holds_the_truth_as_often_as_it_says() -> None:
    """A tenth of 600 risky cases is seen, each counted ten times, beside 400 calm ones."""
    random, held, runs = np.random.default_rng(4), 0, 2000
    truth = (600 * 0.8 + 400 * 0.1) / 1000
    for _ in range(runs):
        seen = random.binomial(600, 0.1)
        frauds, calm = random.binomial(seen, 0.8), random.binomial(400, 0.1)
        hits, others = 10 * frauds + calm, 10 * (seen - frauds) + 400 - calm
        squares = 100 * frauds + calm, 100 * (seen - frauds) + 400 - calm
        low, high = wilson_weighted(hits, others, *squares) or (0, 0)
        held += low <= truth <= high
    assert 0.93 <= held / runs <= 0.97
