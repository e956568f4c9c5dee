"""The bins of scores: their edges hold every two-decimal threshold, and groups of them have about equal shares."""

import numpy as np

from console.analytics.scorecard import score_bins
from console.analytics.scorecard.score_bins import BINS, BOUNDS, EDGES


def test_thresholds_of_two_decimals_are_edges() -> None:
    for hundredth in range(1, 100):
        place = score_bins.from_threshold(hundredth / 100)
        assert BOUNDS[place] == hundredth / 100
    assert len(EDGES) + 1 == BINS == 300
    assert all(np.diff(EDGES) > 0)


def test_a_score_on_an_edge_lies_above_it() -> None:
    places = score_bins.of(EDGES)
    assert places.tolist() == list(range(1, BINS))
    assert score_bins.of([0.0, 1.0]).tolist() == [0, BINS - 1]


def test_groups_hold_about_equal_shares_of_the_reference() -> None:
    scores = np.random.default_rng(1).random(100_000)
    firsts = score_bins.groups(score_bins.counted(scores), 10)
    sizes = score_bins.grouped(score_bins.counted(scores), firsts)
    assert len(firsts) == 10
    assert firsts[0] == 0
    assert sizes.sum() == 100_000
    assert sizes.min() > 9000


def test_a_reference_in_one_bin_is_one_group() -> None:
    assert score_bins.groups(score_bins.counted(np.full(100, 0.0001)), 10) == [0]
    assert score_bins.groups(np.zeros(BINS), 10) == [0]
