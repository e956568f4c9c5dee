"""Wilson's intervals by the book, and their coverage where the usual ones fail."""

import numpy as np
import pytest
from scipy import stats

from core.performance.interval import rates, wilson


@pytest.mark.parametrize(("hits", "cases"), [(0, 10), (10, 10), (1, 7), (142, 231), (3, 4000)])
def test_wilson_equals_scipys(hits: int, cases: int) -> None:
    expected = stats.binomtest(hits, cases).proportion_ci(0.95, "wilson")
    assert wilson(hits, cases) == pytest.approx((expected.low, expected.high))


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
