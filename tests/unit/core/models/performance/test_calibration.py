"""The isotonic fit is that of an independent solver, is right on drifted data, and is used only where it helps."""

import numpy as np
import pytest
import scipy

from core.models.performance.calibration import GROUPS, Calibration, fit, isotonic
from tests.unit.core.models.performance.making import scored


@pytest.mark.parametrize("n", [1, 2, 7, 500, 5000])
def test_pooling_equals_scipys(n: int) -> None:
    random = np.random.default_rng(n)
    values, weights = np.round(random.normal(size=n) + np.arange(n) / n, 1), random.integers(1, 9, n).astype(float)
    assert isotonic(values, weights) == pytest.approx(scipy.optimize.isotonic_regression(values, weights=weights).x)


def test_rows_of_values_are_fitted_each_by_itself():
    random = np.random.default_rng(5)
    values, weights = random.random((7, 40)), random.integers(1, 9, 40).astype(float)
    values[3] = np.arange(40)[::-1]  # one step, between rows that rise
    values[4] = np.arange(40)
    fitted = isotonic(values, weights)
    assert fitted.shape == values.shape
    for row, found in zip(values, fitted, strict=True):
        assert found == pytest.approx(scipy.optimize.isotonic_regression(row, weights=weights).x)


def test_probabilities_are_right_on_average() -> None:
    calibration = fit(*scored(30_000, 0.0, [1]))
    labels, scores = scored(30_000, 0.5, [2])
    assert calibration.needed
    assert scores.mean() > 2 * labels.mean()
    assert calibration.apply(scores).mean() == pytest.approx(labels.mean(), rel=0.06)


def test_scores_that_are_probabilities_stay_as_they_are() -> None:
    scores = np.random.default_rng(3).random(4000)
    labels = (np.random.default_rng(4).random(4000) < scores).astype(float)
    assert np.abs(fit(labels, scores).apply(scores) - scores).mean() < 0.03
    certain = fit([0, 1] * 30, [0.0, 1.0] * 30)
    assert not certain.needed
    assert certain.apply([0.0, 0.5, 1.0]) == pytest.approx([0.0, 0.5, 1.0])


def test_the_groups_hold_every_row_once() -> None:
    labels, scores = scored(5000, 0.0, [5])
    calibration = fit(labels, np.round(scores, 2))
    assert calibration.rows == 5000
    assert sum(calibration.frauds) == labels.sum()
    assert len(calibration.edges) <= GROUPS
    assert calibration.edges == sorted(set(calibration.edges))


def test_one_class_and_few_rows() -> None:
    assert not fit([0, 0, 0], [0.1, 0.2, 0.3]).needed
    assert isinstance(fit([0, 1], [0.2, 0.2]), Calibration)
    with pytest.raises(ValueError, match="needs rows"):
        fit([], [])
