"""The next weekly duty, and that the pages' warning and the training worker mean the same hour."""

from datetime import UTC, datetime

from api.config import MonitoringConfig
from core.schedule import last_daily, next_weekly
from core.settings import load
from ml import config as model_config

SUNDAY = datetime(2026, 3, 1, 1, 59, tzinfo=UTC)


def test_it_is_the_first_after_now() -> None:
    assert next_weekly("sunday", "02:00", SUNDAY) == datetime(2026, 3, 1, 2, tzinfo=UTC)
    assert next_weekly("sunday", "02:00", SUNDAY.replace(hour=2, minute=0)) == datetime(2026, 3, 8, 2, tzinfo=UTC)
    assert next_weekly("monday", "00:30", SUNDAY) == datetime(2026, 3, 2, 0, 30, tzinfo=UTC)


def test_a_daily_duty_was_due_today_or_yesterday() -> None:
    assert last_daily(1, SUNDAY) == datetime(2026, 3, 1, 1, tzinfo=UTC)
    assert last_daily(2, SUNDAY) == datetime(2026, 2, 28, 2, tzinfo=UTC)


def test_the_warning_names_the_hour_of_the_worker() -> None:
    settings = load({})
    shown, done = settings.section("monitoring", MonitoringConfig).precision, model_config.load(settings).retraining
    assert (shown.retraining_day, shown.retraining_time) == (done.day, done.time)
