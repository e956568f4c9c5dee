"""Figures of alerts from what people said of incidents."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from console import quality
from core.alerting.judgement import Told
from core.quality_config import QualityConfig

TERMS = QualityConfig(zone="Europe/Berlin", night_from=22, night_to=7, minutes=30)
NOON = datetime(2026, 11, 25, 11, 0, tzinfo=UTC)  # a Wednesday, 12:00 in Berlin


def told(number: int, judgement: Any = None, rule: str = "A1", at: datetime = NOON, **other: Any) -> Told:
    known: dict[str, Any] = {
        "id": f"i{number}", "rule": rule, "series": "", "severity": "high", "title": rule,
        "began_at": at - timedelta(minutes=10), "opened_at": at, "notified_at": at, "acknowledged_at": None,
        "resolved_at": None, "judgement": judgement,
    }  # fmt: skip
    return Told(**known | other)


def test_counts_precision_and_hours() -> None:
    words = ["right", "right", "right", "wrong", "useless", None, None]
    found = quality.of([told(number, word) for number, word in enumerate(words)], TERMS)
    assert (found.incidents, found.right, found.wrong, found.useless, found.judged) == (7, 3, 1, 1, 5)
    assert found.precision == pytest.approx(0.6)
    assert found.interval is not None
    assert found.interval[0] < 0.6 < found.interval[1]
    assert (found.hours, found.hours_for_nothing) == (3.5, 1.0)


def test_few_judgements_have_no_precision() -> None:
    found = quality.of([told(number, "right") for number in range(quality.FEWEST - 1)], TERMS)
    assert (found.precision, found.interval) == (None, None)
    assert quality.of([], TERMS).acknowledge is None


def test_times_are_medians_from_the_notification_and_from_the_beginning() -> None:
    some = [
        told(n, acknowledged_at=NOON + timedelta(minutes=n), resolved_at=NOON + timedelta(minutes=10 * n))
        for n in (1, 2, 30)
    ]
    found = quality.of(some, TERMS)
    assert (found.acknowledge, found.recover) == (120.0, 1800.0)


@pytest.mark.parametrize(
    ("hour", "is_night"), [(20, False), (21, True), (23, True), (5, True), (6, False), (12, False)]
)  # UTC; Berlin is an hour later
def test_night_is_where_people_are(hour: int, is_night: bool) -> None:
    assert quality.is_night(NOON.replace(hour=hour), TERMS) is is_night


def test_a_night_within_a_day() -> None:
    terms = QualityConfig(zone="UTC", night_from=1, night_to=5)
    assert [hour for hour in range(24) if quality.is_night(NOON.replace(hour=hour), terms)] == [1, 2, 3, 4]


def test_rules_that_cost_most_for_nothing_come_first_and_weeks_begin_on_monday_there() -> None:
    sunday = datetime(2026, 11, 29, 23, 30, tzinfo=UTC)  # Monday 00:30 in Berlin
    some = [told(1, "right"), told(2, "wrong", "A2"), told(3, None, "K1"), told(4, "wrong", "A2", at=sunday)]
    assert list(quality.by_rule(some, TERMS)) == ["A2", "A1", "K1"]
    weeks = quality.by_week(some, TERMS)
    assert [(f"{week:%Y-%m-%d %H:%M}", one.incidents) for week, one in weeks.items()] == [
        ("2026-11-23 00:00", 3), ("2026-11-30 00:00", 1)
    ]  # fmt: skip
