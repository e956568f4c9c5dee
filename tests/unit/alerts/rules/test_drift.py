"""Drift of features: the numbers of the page, a reading each."""

import pytest

from alerts.rules import drift
from alerts.rules.drift import Parameters, readings
from core.drift import kl
from core.store.models import ReferenceBins

REFERENCE = [
    ReferenceBins("amount", [10.0], [500, 500, 0]),
    ReferenceBins("age", [1.0], [900, 100, 0]),
    ReferenceBins("never", [1.0], [0, 0, 1000]),
]
LIMITS = Parameters(above=0.15, recovered_below=0.10, minimum=50)


def test_each_feature_has_a_reading_of_all_days() -> None:
    days = [(100, [10, 90, 0, 90, 10, 0, 0, 0, 100]), (100, [20, 80, 0, 90, 10, 0, 0, 0, 100])]
    found = {reading.series: reading for reading in readings(REFERENCE, days)}
    assert set(found) == {"amount", "age"}
    assert found["amount"].value == pytest.approx(kl([30, 170, 0], [500, 500, 0]), abs=1e-5)
    assert found["amount"].n == 200
    assert drift.judge(found["amount"], LIMITS).state == "bad"
    assert drift.judge(found["age"], LIMITS).state == "good"


def test_too_few_predictions_and_none_are_missing_data() -> None:
    few = readings(REFERENCE, [(40, [0, 40, 0, 40, 0, 0, 0, 0, 40])])
    assert {drift.judge(reading, LIMITS).state for reading in few} == {"no_data"}
    none = readings(REFERENCE, [])
    assert {reading.value for reading in none} == {None}


def test_days_of_another_model_do_not_count() -> None:
    assert readings(REFERENCE, [(100, [1, 2, 3])])[0].value is None
