"""Calibration: perfect scores pass, those that are too sure are named so, and few labels say nothing."""

from typing import Any

import numpy as np
import pytest

from console.analytics.scorecard import score_bins
from console.analytics.scorecard.reliability import logistic, reliability


def labelled(seed: int, n: int, sure: float = 1.0) -> tuple[Any, Any]:
    """Frauds and others by bin; with `sure` above 1 the scores are more extreme than the truth."""
    random = np.random.default_rng(seed)
    margin = -2.5 + 1.5 * random.normal(size=n)
    fraud = random.random(n) < 1 / (1 + np.exp(-margin))
    score = 1 / (1 + np.exp(-sure * margin))
    return score_bins.counted(score[fraud]), score_bins.counted(score[~fraud])


def found(bad: Any, good: Any) -> Any:
    return reliability(bad, good, score_bins.MIDDLES, score_bins.BOUNDS)


def test_honest_scores_pass() -> None:
    one = found(*labelled(1, 20_000))
    assert one.ece <= one.by_chance
    assert one.slope_low <= 1 <= one.slope_high
    assert one.intercept_low <= 0 <= one.intercept_high
    assert len(one.groups) == 10
    assert sum(group.n for group in one.groups) == one.n == 20_000
    assert sum(group.frauds for group in one.groups) == one.frauds
    assert sum(group.fits for group in one.groups) >= 8


def test_scores_that_are_too_sure_have_a_slope_below_one() -> None:
    one = found(*labelled(2, 20_000, sure=1.6))
    assert one.slope_high < 1
    assert one.slope == pytest.approx(1 / 1.6, abs=0.05)
    assert one.ece > one.by_chance


def test_few_frauds_say_nothing() -> None:
    bad, good = labelled(3, 20_000)
    assert found(np.where(np.arange(len(bad)) == 250, 19, 0), good) is None


def test_the_fit_is_the_maximum_of_the_penalised_likelihood() -> None:
    """Firth's: the log-likelihood plus half of the logarithm of the information's determinant."""
    random = np.random.default_rng(4)
    x = np.linspace(-3, 2, 12)
    n = np.full(12, 30.0)
    hits = random.binomial(30, 1 / (1 + np.exp(1 - 0.8 * x))).astype(float)

    def value(a: float, b: float) -> float:
        p = 1 / (1 + np.exp(-a - b * x))
        w = n * p * (1 - p)
        information = np.array([[w.sum(), (w * x).sum()], [(w * x).sum(), (w * x * x).sum()]])
        likelihood = (hits * np.log(p) + (n - hits) * np.log(1 - p)).sum()
        return float(likelihood + 0.5 * np.log(np.linalg.det(information)))

    (slope, *_), (intercept, *_) = logistic(hits, n, x)
    best = value(intercept, slope)
    assert all(best >= value(intercept + da, slope + db) for da in (-0.02, 0, 0.02) for db in (-0.02, 0, 0.02))
