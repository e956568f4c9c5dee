"""A metric over a window: the number, its samples, and the verdict."""

import pytest

from alerts.evaluate.metrics import Metric, WindowCounts, read
from alerts.evaluate.rule import Reading
from alerts.evaluate.rules import window
from alerts.evaluate.rules.window import Parameters
from alerts.evaluate.windows import Span, Windows
from core.events import time_buckets
from core.events.time_buckets import COUNTERS


def packed(latency: dict[int, int] | None = None, **counts: int) -> bytes:
    return time_buckets.pack([counts.get(name, 0) for name in COUNTERS], time_buckets.pack_latency(latency or {}))


def seen(data: bytes, length: int = 600) -> WindowCounts:
    totals, judged = Windows([(1000.0, data)], 1000, 1600).totals(1600, length)
    return WindowCounts(totals, judged, length)


@pytest.mark.parametrize(
    ("metric", "value", "n"),
    [
        ("fraud_rate", 4.0, 200),
        ("approval_rate", 90.0, 200),
        ("review_rate", 6.0, 200),
        ("transactions_per_hour", 600, 300),
        ("revenue_per_hour", 300.0, 300),
        ("predictions_per_hour", 1200.0, 300),
        ("requests_per_minute", 5.0, 300),
        ("error_rate", 10.0, 50),
    ],
)
def test_a_metric_of_ten_minutes(metric: Metric, value: float, n: int) -> None:
    counts = {"predictions": 200, "approved": 180, "review": 12, "blocked": 8, "blocked_normal": 5}
    counts |= {"transactions": 100, "revenue_cents": 5000, "requests": 50, "errors": 5}
    reading = read(metric, seen(packed(None, **counts)))
    assert (reading.value, reading.n) == (pytest.approx(value), n)


def test_a_latency_is_within_a_hundredth() -> None:
    reading = read("latency_p95", seen(packed({time_buckets.bucket(100.0): 100})))
    assert reading.value == pytest.approx(100.0, rel=0.01)
    assert reading.n == 100


@pytest.mark.parametrize("metric", ["fraud_rate", "latency_p95", "error_rate"])
def test_without_samples_there_is_no_value(metric: Metric) -> None:
    reading = read(metric, seen(packed()))
    assert reading.value is None
    assert window.judge(reading, Parameters(metric=metric, window="10m", above=3)).state == "no_data"


def test_while_a_stricter_profile_is_on_the_normal_one_is_judged() -> None:
    first, second = (
        packed(None, predictions=100, blocked=4, blocked_normal=4),
        packed(None, predictions=100, blocked=20, blocked_normal=4),
    )
    loose = Windows([(1000.0, first), (1300.0, second)], 1000, 1600)
    tight = Windows([(1000.0, first), (1300.0, second)], 1000, 1600, [Span(1250.0, 1600.0)])
    assert loose.totals(1600, 600)[1] == 24
    assert tight.totals(1600, 600)[1] == 8
    reading = read("fraud_rate", WindowCounts(*tight.totals(1600, 600), 600))
    assert (reading.value, reading.details["blocked_in_force"]) == (4.0, 24)


@pytest.mark.parametrize(
    ("value", "n", "state"),
    [(3.1, 50, "bad"), (3.0, 50, "between"), (2.5, 50, "good"), (9.9, 49, "no_data"), (None, 0, "no_data")],
)
def test_limits_recovery_and_samples(value: float | None, n: int, state: str) -> None:
    parameters = Parameters(metric="fraud_rate", window="10m", above=3.0, recovered_below=2.5, minimum=50)
    assert window.judge(Reading("", value, n), parameters).state == state


def test_a_recovery_limit_on_the_wrong_side_is_refused() -> None:
    with pytest.raises(ValueError, match="recovered_below"):
        Parameters(metric="fraud_rate", window="10m", above=3.0, recovered_below=3.5)
