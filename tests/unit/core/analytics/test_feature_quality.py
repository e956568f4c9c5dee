"""Counts add up, bins of a category have their words, and estimated quantiles lie in the bins of the true ones."""

import numpy as np
import pytest

from core.analytics.feature_quality import QUANTILES, Counts, Expected, quantiles
from core.models.registry import ReferenceBins
from core.pipeline.feature_rows import histogram

EDGES = [1.0, 2.0, 4.0, 8.0]


@pytest.mark.parametrize("seed", range(5))
def test_each_estimated_quantile_lies_in_the_bin_of_the_true_one(seed: int) -> None:
    values = np.random.default_rng(seed).lognormal(1, 1, 500).astype(np.float32).astype(float)
    counts = histogram(values.reshape(-1, 1), [ReferenceBins("x", EDGES, [])]).tolist()
    found = quantiles(counts, EDGES, values.min(), values.max())
    assert found is not None
    true = np.quantile(values, QUANTILES, method="inverted_cdf")
    bins = [np.searchsorted(EDGES, each, side="right") for each in (found, true)]
    for estimated, real, edge in zip(*bins, found, strict=True):
        assert estimated == real or edge in EDGES, "or on the edge between both"
    assert found == sorted(found)


def test_nothing_is_said_without_values_or_bounds() -> None:
    assert quantiles([0, 0, 0, 0, 0, 7], EDGES, None, None) is None
    assert quantiles([1, 2, 0], EDGES, 0.0, 9.0) is None, "bins of another model"


def test_a_single_value_is_every_quantile() -> None:
    assert quantiles([0, 5, 0, 0, 0, 0], EDGES, 1.5, 1.5) == [1.5] * len(QUANTILES)


def test_whole_numbers_have_whole_quantiles() -> None:
    found = quantiles([10, 0, 30, 10, 0], [1.5, 2.5, 3.5], 1, 4, (0.1, 0.2, 0.5, 0.8, 0.9))
    assert found == [1, 1, 3, 3, 4]


def test_counts_add_up_and_have_no_share_without_values() -> None:
    both = Counts(10, 1, 2, 3, 0).plus(Counts(10, 0, 0, 0, 4))
    assert (both.values, both.problems, both.unexpected) == (20, 10, 9)
    assert both.share("problems") == 0.5
    assert Counts().share("missing") is None


def test_bins_of_a_category_are_its_words_with_the_unseen_ones_between() -> None:
    known = Expected(1, "payment", "category", None, None, 0.5, ["card", "invoice"], [], [])
    assert known.labels == ["card", "any other word", "invoice"]
    assert known._replace(unseen=None).labels == ["card", "invoice"]
    assert known._replace(categories=[]).labels == []
