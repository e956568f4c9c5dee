"""What is unusual: on busy, seasonal and mostly empty series, without being moved by outliers."""

from types import SimpleNamespace

import numpy as np
import pytest

from alerts.evaluate.rule import Reading
from alerts.evaluate.rules import anomaly
from alerts.evaluate.rules.anomaly import Parameters, banded, spanned
from alerts.evaluate.windows import Windows
from core.events import time_buckets
from core.events.time_buckets import bucket

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


LATENCY = Parameters(metric="latency_p95", window="5m", horizon="4d")
START = 1_795_219_200  # midnight


def minute(at: float) -> bytes:
    """Ten calls of about 40 ms; from three days and twelve hours on of 400."""
    milliseconds = 400.0 if at >= START + 3.5 * 86400 else 40.0 + at // 60 % 7
    return time_buckets.pack([0] * len(time_buckets.COUNTERS), time_buckets.pack_latency({bucket(milliseconds): 10}))


def stored(first: float, after: float) -> Windows:
    low, high = (time_buckets.floor(at, 60) for at in (first, after))
    return Windows([(at, minute(at)) for at in range(low, high, 60) if at >= START], low, high, width=60)


@pytest.mark.parametrize(
    ("metric", "detector", "by_records"),
    [
        ("latency_p95", "auto", True),
        ("revenue_per_hour", "auto", True),
        ("latency_p95", "spread", False),
        ("transactions_per_hour", "auto", False),
        ("approval_rate", "auto", False),
        ("error_rate", "records", True),
    ],
)
def test_what_is_neither_count_nor_share_has_records(metric: str, detector: str, by_records: bool) -> None:
    assert Parameters(metric=metric, detector=detector).by_records is by_records  # type: ignore[arg-type]


def test_records_are_read_a_day_at_a_time_and_then_window_by_window() -> None:
    spans, learner = [], anomaly.learner_of(LATENCY, START + 3 * 86400)

    def read(first: float, after: float) -> Windows:
        spans.append(after - first)
        return stored(first, after)

    rounds = 1
    while not learner.follow(read, START + 3 * 86400):
        rounds += 1
        assert learner.band(START + 3 * 86400) is None
    assert rounds == 4
    assert max(spans) == 86400 + 300
    learner.follow(read, START + 3 * 86400 + 299)
    assert len(spans) == 4
    learner.follow(read, START + 3 * 86400 + 301)
    assert spans[4:] == [600]
    low, high = learner.band(START + 3 * 86400 + 301)
    assert 38 < low < 44.5 < high < 48
    assert anomaly.judge(Reading("", low + 0.01, 10, band=(low, high)), LATENCY).state == "good"


def test_live_past_and_a_series_of_ones_own_agree() -> None:
    history = SimpleNamespace(
        start=START + 3.4 * 86400,
        end=START + 3.6 * 86400,
        windows=lambda first, after, width: stored(first, after),
        at=lambda now, length: stored(now - length, now).totals(int(now), length),
    )
    past = anomaly.past(history, LATENCY)  # type: ignore[arg-type]
    learner = anomaly.learner_of(LATENCY, history.start)
    series = [
        (at, stored(at - 300, at).totals(at, 300)[0].quantile(0.95)) for at in range(START + 300, START + 320_000, 300)
    ]
    own = {at: reading.band for at, [reading] in anomaly.along(series, LATENCY)}
    states = []
    for now in range(int(history.start), int(history.end), 600):
        while not learner.follow(stored, now):
            pass
        [reading] = past(now)
        assert reading.band == learner.band(now)
        if now in own:  # whose values are not rounded, and whose point at `now` is not yet known
            assert reading.band == pytest.approx(own[now], rel=0.01)
        states.append(anomaly.judge(reading, LATENCY).state)
    assert states[:14] == ["good"] * 14
    assert states[16:] == ["bad"] * len(states[16:])


def test_a_window_of_too_few_calls_is_not_learnt() -> None:
    learner = anomaly.learner_of(Parameters(metric="latency_p95", horizon="4d", minimum=51), START + 3 * 86400)
    while not learner.follow(stored, START + 3 * 86400):
        pass
    assert learner.band(START + 3 * 86400) is None
