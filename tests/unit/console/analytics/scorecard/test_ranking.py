"""The Gini coefficient from bins: equal to that of the raw scores within its bound, with DeLong's variance."""

from typing import Any

import numpy as np
import pytest
from scipy import stats

from console.analytics.scorecard import score_bins
from console.analytics.scorecard.ranking import gini


def made(seed: int, frauds: int, legit: int, apart: float = 1.5) -> tuple[Any, Any]:
    random = np.random.default_rng(seed)
    bad, good = random.normal(apart, 1, frauds), random.normal(0, 1, legit)
    return 1 / (1 + np.exp(4 - 1.5 * bad)), 1 / (1 + np.exp(4 - 1.5 * good))


@pytest.mark.parametrize("seed", range(5))
def test_bins_change_it_by_no_more_than_the_bound(seed: int) -> None:
    bad, good = made(seed, 200, 3000)
    found = gini(score_bins.counted(bad), score_bins.counted(good))
    raw = 2 * stats.mannwhitneyu(bad, good).statistic / (200 * 3000) - 1
    assert found is not None
    assert found.value == pytest.approx(raw, abs=found.bound)
    assert found.bound < 0.01
    assert found.low < found.value < found.high


def test_the_variance_is_delongs() -> None:
    """Placements one by one, as the paper has them."""
    bad, good = (np.round(one, 2) for one in made(3, 60, 300))
    compared = (bad[:, None] > good[None, :]) + 0.5 * (bad[:, None] == good[None, :])
    auc = compared.mean()
    variance = compared.mean(1).var(ddof=1) / 60 + compared.mean(0).var(ddof=1) / 300
    variance += 0.1 * (auc - 0.5) ** 2 / 60**2
    half = stats.t.ppf(0.975, 59) * np.sqrt(variance) / (auc * (1 - auc))
    logit = np.log(auc / (1 - auc))
    places = np.unique(np.concatenate([bad, good]))
    frauds, legit = ([int((one == at).sum()) for at in places] for one in (bad, good))
    found = gini(frauds, legit)
    assert found is not None
    assert found.value == pytest.approx(2 * auc - 1)
    assert found.low == pytest.approx(2 / (1 + np.exp(half - logit)) - 1)
    assert found.high == pytest.approx(2 / (1 + np.exp(-half - logit)) - 1)


def test_a_perfect_order_still_has_an_interval() -> None:
    found = gini([0, 0, 30], [500, 500, 0])
    assert found is not None
    assert found.value == found.high == 1.0
    assert 0.5 < found.low < 1.0


def test_too_few_of_either_kind_have_none() -> None:
    assert gini([0, 19], [500, 0]) is None
    assert gini([0, 500], [19, 0]) is None
