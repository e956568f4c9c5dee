"""Drift of features: the numbers of the page, one reading for the model."""

import pytest

from alerts.evaluate.rules import drift
from alerts.evaluate.rules.drift import Parameters, reading
from core.models.drift import kl
from core.models.registry import ReferenceBins

REFERENCE = [
    ReferenceBins("amount", [10.0], [500, 500, 0]),
    ReferenceBins("age", [1.0], [900, 100, 0]),
    ReferenceBins("never", [1.0], [0, 0, 1000]),
]
LIMITS = Parameters(above=0.15, recovered_below=0.10, minimum=50)


def test_the_reading_is_the_largest_divergence_of_all_days_and_names_its_feature() -> None:
    days = [(100, [10, 90, 0, 90, 10, 0, 0, 0, 100]), (100, [20, 80, 0, 90, 10, 0, 0, 0, 100])]
    found = reading(REFERENCE, days)
    assert (found.series, found.n) == ("", 200)
    assert found.value == pytest.approx(kl([30, 170, 0], [500, 500, 0]), abs=1e-5)
    assert found.details["feature"] == "amount"
    assert found.details["largest"].startswith("amount 0.")
    assert ", age 0.0" in found.details["largest"]
    assert drift.judge(found, LIMITS).state == "bad"
    usual = reading(REFERENCE, [(200, [100, 100, 0, 180, 20, 0, 0, 0, 200])])
    assert drift.judge(usual, LIMITS).state == "good"


def test_too_few_predictions_and_none_are_missing_data() -> None:
    few = reading(REFERENCE, [(40, [0, 40, 0, 40, 0, 0, 0, 0, 40])])
    assert drift.judge(few, LIMITS).state == "no_data"
    assert reading(REFERENCE, []).value is None
    assert reading([], []).value is None


def test_days_of_another_model_do_not_count() -> None:
    assert reading(REFERENCE, [(100, [1, 2, 3])]).value is None
