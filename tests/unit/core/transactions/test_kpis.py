"""KPIs from totals, verdicts from limits and calendars, and the confusion rates of SPEC M1."""

import numpy as np
import pytest

from core import settings
from core.clock import to_datetime
from core.events import time_buckets
from core.events.time_buckets import COUNTERS, Totals
from core.transactions import kpis

CONFIG = settings.load({}).config
NOON = 1_790_251_200.0  # 2026-09-24 12:00 UTC, a Thursday
PEAK = NOON + 7 * 3600


def totals(**counts: int) -> Totals:
    return Totals({name: counts.get(name, 0) for name in COUNTERS}, np.zeros(1051, dtype=int))


def test_the_confusion_rates_of_the_specification() -> None:
    rates = kpis.confusion_rates(142, 18, 89, 11_751)
    assert rates == pytest.approx({"precision": 0.614, "recall": 0.888, "f1": 0.726}, abs=0.001)
    assert kpis.confusion_rates(3, 3, 3, 9) == {"precision": 0.5, "recall": 0.5, "f1": 0.5}
    assert kpis.confusion_rates(0, 0, 1, 9) == {"precision": 0.0, "recall": None, "f1": 0.0}
    assert kpis.confusion_rates(0, 1, 0, 9) == {"precision": None, "recall": 0.0, "f1": 0.0}
    assert kpis.confusion_rates(0, 3, 3, 9) == {"precision": 0.0, "recall": 0.0, "f1": 0.0}
    assert kpis.confusion_rates(0, 0, 0, 5) == {"precision": None, "recall": None, "f1": None}


def test_values_of_an_hour_and_of_a_shorter_window() -> None:
    hour = kpis.values(totals(transactions=1200, revenue_cents=1_150_050, predictions=1000, blocked=12))
    assert hour == {
        "transactions_per_hour": 1200,
        "fraud_rate": 1.2,
        "api_latency_p95": None,
        "revenue_per_hour": 11_500.5,
    }
    assert isinstance(hour["transactions_per_hour"], int)
    short = kpis.values(totals(transactions=10, revenue_cents=1_234, predictions=3, blocked=1), 60)
    assert short == {
        "transactions_per_hour": 600,
        "fraud_rate": 33.3333,
        "api_latency_p95": None,
        "revenue_per_hour": 740.4,
    }
    assert kpis.values(totals())["fraud_rate"] is None


def test_money_is_told_in_cents_and_latency_in_hundredths_of_a_millisecond() -> None:
    seen = totals(revenue_cents=100, predictions=1)
    seen.latency[300] = 1
    found = kpis.values(seen, 7 * 3600)
    assert found["revenue_per_hour"] == 0.14
    exact = seen.quantile(0.95)
    assert exact is not None
    assert exact != round(exact, 2)
    assert found["api_latency_p95"] == round(exact, 2)


@pytest.mark.parametrize(
    ("key", "value", "now", "expected"),
    [
        ("transactions_per_hour", 400, NOON, "warning"),
        ("transactions_per_hour", 400, PEAK, "alert"),
        ("transactions_per_hour", 500, PEAK, "warning"),
        ("transactions_per_hour", 999, PEAK, "warning"),
        ("transactions_per_hour", 1000, PEAK, "ok"),
        ("fraud_rate", 3.01, NOON, "alert"),
        ("fraud_rate", 3.0, NOON, "warning"),
        ("fraud_rate", 2.0, NOON, "warning"),
        ("fraud_rate", 0.5, NOON, "ok"),
        ("fraud_rate", 0.49, NOON, "alert"),
        ("fraud_rate", 1.5, NOON, "ok"),
        ("api_latency_p95", 100, NOON, "warning"),
        ("api_latency_p95", 100.1, NOON, "alert"),
        ("api_latency_p95", 49.9, NOON, "ok"),
        ("api_latency_p95", 50, NOON, "warning"),
        ("revenue_per_hour", 4000, NOON, "warning"),
        ("revenue_per_hour", 4000, NOON + 86_400 + 6 * 3600, "alert"),
        ("fraud_rate", None, NOON, "none"),
    ],
)
def test_the_status_follows_target_limit_and_calendar(key: str, value: float, now: float, expected: str) -> None:
    assert kpis.status(value, CONFIG.kpis[key], CONFIG.windows, now)[0] == expected, to_datetime(now)


def test_a_status_says_which_limit_it_is_about() -> None:
    def why(key: str, value: float | None, now: float = NOON) -> str:
        return kpis.status(value, CONFIG.kpis[key], CONFIG.windows, now)[1]

    assert why("fraud_rate", 5.0) == "above 3 %"
    assert why("fraud_rate", 0.1) == "below 0.5 %"
    assert why("transactions_per_hour", 1.0, PEAK) == "below 500 /h in peak hours"
    assert why("transactions_per_hour", 1.0) == "off target"
    assert why("transactions_per_hour", 2000.0) == "on target"
    assert why("transactions_per_hour", None) == "no data in this window"


def test_a_card_holds_value_target_and_what_it_was_an_hour_before() -> None:
    spark = [{"t": 1, "v": 1.0}]
    current: dict[str, float | None] = {"fraud_rate": 5.0, "revenue_per_hour": 9.0}
    previous: dict[str, float | None] = {"fraud_rate": 4.0, "api_latency_p95": 2.0}
    cards = kpis.cards(current, previous, {"fraud_rate": spark}, CONFIG.kpis, CONFIG.windows, NOON)
    assert cards[1] == {
        "id": "K2",
        "key": "fraud_rate",
        "title": "Fraud rate",
        "value": 5.0,
        "unit": "%",
        "previous": 4.0,
        "delta": 1.0,
        "delta_percent": 25.0,
        "direction": "up",
        "better": "down",
        "target": {"value": 2.0, "op": "<", "text": "target < 2 %"},
        "status": "alert",
        "reason": "above 3 %",
        "spark": spark,
    }
    for one in (cards[2], cards[3]):  # only the one or the other hour has a value
        assert (one["delta"], one["delta_percent"], one["direction"], one["spark"]) == (None, None, "flat", [])


def test_cards_come_in_the_order_of_the_page_with_their_deltas() -> None:
    current = {"transactions_per_hour": 1100, "fraud_rate": 1.0, "api_latency_p95": None, "revenue_per_hour": 0.0}
    before = {"transactions_per_hour": 1000, "fraud_rate": 2.0, "api_latency_p95": 5.0, "revenue_per_hour": 0.0}
    cards = kpis.cards(current, before, {}, CONFIG.kpis, CONFIG.windows, NOON)
    assert [card["id"] for card in cards] == ["K1", "K2", "K3", "K4"]
    assert [card["direction"] for card in cards] == ["up", "down", "flat", "flat"]
    assert cards[0]["delta_percent"] == pytest.approx(10)
    assert cards[2]["delta"] is None
    assert cards[3]["delta_percent"] is None


def test_the_published_document_of_an_empty_hour_says_nothing_rather_than_zero_percent() -> None:
    assert kpis.values(time_buckets.total([]))["fraud_rate"] is None
