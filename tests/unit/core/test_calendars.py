"""Calendars: zones, midnight, week days, dated windows."""

from datetime import datetime

import pytest

from core.calendars import inside
from core.config import Calendar, DailyWindow, DatedWindow, WeeklyWindow


def at(text: str) -> float:
    return datetime.fromisoformat(text).timestamp()


@pytest.mark.parametrize(
    ("instant", "expected"),
    [
        ("2026-07-01T18:00:00+00:00", True),
        ("2026-07-01T21:59:59+00:00", True),
        ("2026-07-01T22:00:00+00:00", False),
        ("2026-07-01T17:59:59+00:00", False),
    ],
)
def test_a_daily_window_begins_with_its_start_and_ends_before_its_end(instant: str, expected: bool) -> None:
    assert inside(Calendar(daily=[DailyWindow("18:00", "22:00")]), at(instant)) is expected


def test_a_zone_moves_with_its_summer_time() -> None:
    calendar = Calendar(zone="Europe/Berlin", daily=[DailyWindow("18:00", "19:00")])
    assert inside(calendar, at("2026-07-01T16:30:00+00:00"))
    assert inside(calendar, at("2026-12-01T17:30:00+00:00"))
    assert not inside(calendar, at("2026-12-01T16:30:00+00:00"))


def test_a_window_over_midnight() -> None:
    daily = Calendar(daily=[DailyWindow("22:00", "02:00")])
    assert inside(daily, at("2026-07-01T23:00:00+00:00"))
    assert inside(daily, at("2026-07-02T01:59:00+00:00"))
    weekly = Calendar(weekly=[WeeklyWindow("friday", "22:00", "02:00")])
    assert inside(weekly, at("2026-11-21T01:00:00+00:00"))
    assert not inside(weekly, at("2026-11-20T01:00:00+00:00"))


def test_a_dated_window_counts_once() -> None:
    calendar = Calendar(dated=[DatedWindow("2026-11-20T10:00:00+00:00", "2026-11-20T12:00:00+00:00")])
    assert inside(calendar, at("2026-11-20T11:00:00+00:00"))
    assert not inside(calendar, at("2026-11-21T11:00:00+00:00"))
