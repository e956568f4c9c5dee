"""Swap sets: who goes where, with the rate of fraud where enough are labelled."""

import numpy as np
import pytest

from console.analytics.scorecard import score_bins, swaps
from core.models.performance.interval import wilson
from core.policy import Policy, decide

BEFORE, AFTER = (0.40, 0.70), (0.25, 0.55)


def test_of_policies_equals_deciding_every_score_twice() -> None:
    random = np.random.default_rng(1)
    scores = np.round(random.beta(0.6, 1.2, 4000), 4)
    frauds = random.random(4000) < scores
    known = random.random(4000) < 0.5
    bad, good = (score_bins.counted(scores[chosen]) for chosen in (known & frauds, known & ~frauds))
    found = swaps.of_policies(score_bins.counted(scores), bad, good, BEFORE, AFTER)
    first, second = (Policy(1, "p", 0.5, *one) for one in (BEFORE, AFTER))
    pairs = [(decide(float(one), first), decide(float(one), second)) for one in scores]
    assert found.same == sum(was == now for was, now in pairs)
    for swap in found.swaps:
        chosen = np.array([pair == (swap.before, swap.after) for pair in pairs])
        assert swap.n == chosen.sum()
        assert swap.labelled == (chosen & known).sum()
        assert swap.frauds == (chosen & known & frauds).sum()
        assert swap.labelled < swaps.MINIMUM or (swap.low, swap.high) == wilson(swap.frauds, swap.labelled)
    assert [swap.n for swap in found.swaps] == sorted((swap.n for swap in found.swaps), reverse=True)


def test_few_labelled_ones_have_no_rate() -> None:
    found = swaps.of_counts([("APPROVED", "REVIEW", 80, 49, 10), ("REVIEW", "REVIEW", 20, 5, 1)])
    assert (found.n, found.same) == (100, 20)
    assert found.swaps == [swaps.Swap("APPROVED", "REVIEW", 80, 49, 10, None, None, None)]


def test_a_threshold_between_edges_is_named() -> None:
    assert swaps.moved([0.4, 0.7, 0.333]) == pytest.approx([0.333])
