"""Scores become probabilities: a line is found, goes into the leaves exactly, and is left out if idle."""

import msgspec
import numpy as np
import pytest

from ml.train import recalibration, training
from ml.train.recalibration import Line
from tests.unit.ml.examples import config, table


def drawn(n: int, intercept: float, slope: float, seed: int = 1) -> tuple[np.ndarray, np.ndarray]:
    """Labels and margins of which margin' = intercept + slope * margin are the log-odds."""
    rng = np.random.default_rng(seed)
    margins = rng.normal(-1, 1.5, n)
    rate = 1 / (1 + np.exp(-(intercept + slope * margins)))
    return (rng.random(n) < rate).astype(float), margins


@pytest.mark.parametrize(("intercept", "slope"), [(-2.9, 1.0), (-4.0, 2.5), (0.7, 0.4)])
def test_the_line_is_found_and_its_mean_is_the_fraud_rate(intercept: float, slope: float) -> None:
    labels, margins = drawn(40_000, intercept, slope)
    line = recalibration.fit(labels, margins)
    assert (line.intercept, line.slope) == pytest.approx((intercept, slope), rel=0.12, abs=0.1)
    scores = 1 / (1 + np.exp(-(line.intercept + line.slope * margins)))
    assert scores.mean() == pytest.approx(labels.mean(), rel=1e-3)


def test_scores_that_are_probabilities_stay() -> None:
    lines = [recalibration.fit(*drawn(3000, 0.0, 1.0, seed)) for seed in range(40)]
    assert sum((line.intercept, line.slope) != (0.0, 1.0) for line in lines) <= 3


def test_few_frauds_set_a_level_and_no_slope() -> None:
    labels = np.zeros(5000)
    labels[:8] = 1
    line = recalibration.fit(labels, np.random.default_rng(2).normal(0, 1, 5000))
    assert line.slope == 1
    assert line.intercept < -5


@pytest.mark.parametrize(
    ("labels", "margins"),
    [
        (np.zeros(50), np.zeros(50)),
        (np.ones(50), np.arange(50.0)),
        (np.repeat([0.0, 1.0], 100), np.repeat([-30.0, 30.0], 100)),
        (np.repeat([0.0, 1.0], 100), np.repeat([3.0, -3.0], 100)),
        (np.repeat([0.0, 1.0], 100), np.zeros(200)),
    ],
)
def test_odd_rows_give_a_finite_line_that_never_turns_round(labels: np.ndarray, margins: np.ndarray) -> None:
    line = recalibration.fit(labels, margins)
    assert np.isfinite([line.intercept, line.slope]).all()
    assert line.slope > 0


@pytest.mark.parametrize("start", [0.5, 0.02])
def test_a_model_takes_the_line_into_its_leaves(start: float) -> None:
    settings = msgspec.structs.replace(config(), base_score=start)
    found = table(800)
    booster = training.loaded(training.train(found, settings, search=False))
    moved = recalibration.applied(booster, Line(-1.3, 1.7), start)
    before, after = (one.inplace_predict(found.rows, predict_type="margin") for one in (booster, moved))
    np.testing.assert_allclose(after, -1.3 + 1.7 * before, atol=2e-4)
    assert training.base_score(moved) == pytest.approx(start)
