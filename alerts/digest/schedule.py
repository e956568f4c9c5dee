"""Asks for a digest when its hour has come: once a day or week, whatever the workers, and late after a stop."""

from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

from alerts.digest.reports import PERFORMANCE, REPORTS, Report
from core import schedule
from core.clock import to_datetime
from core.db.engine import Database
from core.db.jobs import queue
from core.db.jobs.queue import Kind
from core.performance_config import DigestConfig
from core.reports_config import DailyConfig
from core.settings import Settings

KIND = Kind("digest", look_seconds=5.0)
LATE = 36 * 3600.0  # seconds after its hour up to which it is still sent; of a daily one the next is due then
LATE_DAILY = 12 * 3600.0
EVERY = 60.0  # seconds between looks


def ask_all(database: Database, settings: Settings, now: float) -> bool:
    """Whether any digest was asked for now. Raises DatabaseUnavailable."""
    return sum(ask(database, one.schedule(settings), now, one) for one in REPORTS.values()) > 0


def ask(
    database: Database, config: DigestConfig | DailyConfig, now: float, report: Report = PERFORMANCE
) -> bool:  # fmt: skip
    """Whether a digest was asked for now. Raises DatabaseUnavailable."""
    if not config.receivers:
        return False
    at = to_datetime(now).astimezone(ZoneInfo(config.zone))
    if isinstance(config, DailyConfig):
        due, late = schedule.last_daily(config.hour, at), LATE_DAILY
        key = f"{due:%Y-%m-%d}"
    else:
        due, late = schedule.last_weekly(config.weekday, f"{config.hour:02}:00", at), LATE
        key = "{}-W{:02}".format(*due.isocalendar()[:2])
    if now - due.timestamp() > late:
        return False
    payload = {"due": due.timestamp(), "report": report.name}
    key = key if report is PERFORMANCE else f"{report.name}-{key}"
    with database.transaction() as connection:
        return queue.enqueue(connection, KIND, key=key, payload=payload).is_new


def report_of(payload: Mapping[str, Any]) -> Report:
    """Which digest a job is to make; a job of an older release names none."""
    return REPORTS[payload.get("report", PERFORMANCE.name)]
