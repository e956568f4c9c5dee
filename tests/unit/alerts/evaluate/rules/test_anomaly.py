"""What is unusual: on busy, seasonal and mostly empty series, without being moved by outliers."""

import numpy as np
import pytest

from alerts.evaluate.rule import Reading
from alerts.evaluate.rules import anomaly
from alerts.evaluate.rules.anomaly import Parameters, banded, spanned

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


APPROVED = Parameters(metric="approval_rate", window="1h", trailing="6h", side="above", minimum=200)


@pytest.mark.parametrize("usual", [0.60, 0.90, 0.975, 0.995])
@pytest.mark.parametrize("n", [250, 1100, 20_000])
def test_a_share_at_rest_is_usual_whatever_it_is_and_however_much_is_counted(usual: float, n: int) -> None:
    rng = np.random.default_rng(int(1000 * usual) + n)
    trailing = 100.0 * rng.binomial(n, usual, 360) / n
    for value in 100.0 * rng.binomial(n, usual, 500) / n:
        reading = banded(Reading("", value, n), trailing, NONE, APPROVED)
        assert anomaly.judge(reading, APPROVED).state != "bad"
        assert reading.band is not None
        assert 0.0 <= reading.band[0] < 100.0 * usual <= reading.band[1] <= 100.0


@pytest.mark.parametrize(("usual", "n"), [(0.60, 250), (0.90, 1100), (0.975, 1100), (0.995, 20_000)])
def test_approving_everything_is_unusual_where_something_was_held(usual: float, n: int) -> None:
    trailing = 100.0 * np.random.default_rng(5).binomial(n, usual, 360) / n
    assert anomaly.judge(banded(Reading("", 100.0, n), trailing, NONE, APPROVED), APPROVED).state == "bad"


def test_a_share_of_which_nothing_was_learnt_is_missing_data() -> None:
    assert anomaly.judge(banded(Reading("", 100.0, 1100), NONE, NONE, APPROVED), APPROVED).state == "no_data"
