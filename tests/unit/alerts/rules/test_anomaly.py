"""What is unusual: on busy, seasonal and mostly empty series, without being moved by outliers."""

import numpy as np
import pytest

from alerts.rule import Reading
from alerts.rules import anomaly
from alerts.rules.anomaly import Parameters, banded, spanned

PER_HOUR = Parameters(metric="transactions_per_hour", window="5m")
NONE = np.array([])


def verdict(value: float, trailing: np.ndarray, days: np.ndarray = NONE, parameters: Parameters = PER_HOUR) -> str:
    reading = banded(Reading("", value, 10), trailing, days, parameters)
    return anomaly.judge(reading, parameters).state


def test_a_busy_series_is_unusual_far_from_its_median() -> None:
    trailing = np.random.default_rng(1).poisson(90, 180) * 12.0
    assert verdict(1080, trailing) == "good"
    assert verdict(3000, trailing) == "bad"
    assert verdict(0, trailing) == "bad"


def test_outliers_in_the_past_do_not_widen_the_range() -> None:
    trailing = np.random.default_rng(2).poisson(90, 180) * 12.0
    spoiled = trailing.copy()
    spoiled[:40] = 50_000
    assert verdict(5000, spoiled) == "bad"


def test_one_event_in_an_empty_series_is_no_anomaly_and_a_burst_is() -> None:
    trailing = np.zeros(180)
    assert verdict(12.0, trailing) == "good"
    assert verdict(30 * 12.0, trailing) == "bad"


def test_a_rise_that_every_day_brings_is_usual() -> None:
    rng = np.random.default_rng(3)
    trailing, days = rng.poisson(20, 180) * 12.0, rng.poisson(90, 7 * 60) * 12.0
    assert verdict(90 * 12.0, trailing) == "bad"
    assert verdict(90 * 12.0, trailing, days) == "good"


def test_too_little_knowledge_is_missing_data() -> None:
    assert spanned(np.zeros(5), NONE, 6.0) is None
    assert verdict(100.0, np.zeros(5)) == "no_data"
    assert spanned(np.full(50, np.nan), NONE, 6.0) is None


@pytest.mark.parametrize(
    ("side", "low", "high"), [("both", "bad", "bad"), ("above", "good", "bad"), ("below", "bad", "good")]
)
def test_sides(side: str, low: str, high: str) -> None:
    parameters = Parameters(metric="transactions_per_hour", side=side)  # type: ignore[arg-type]
    trailing = np.random.default_rng(4).poisson(90, 180) * 12.0
    assert verdict(0, trailing, NONE, parameters) == low
    assert verdict(4000, trailing, NONE, parameters) == high
