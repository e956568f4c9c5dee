"""Asks for the digest when its hour has come: once a week, whatever the number of workers, and late after a stop."""

from zoneinfo import ZoneInfo

from core import schedule
from core.clock import to_datetime
from core.db.engine import Database
from core.db.jobs import queue
from core.db.jobs.queue import Kind
from core.performance_config import DigestConfig

KIND = Kind("digest", look_seconds=5.0)
LATE = 36 * 3600.0  # seconds after its hour up to which it is still sent
EVERY = 60.0  # seconds between looks


def ask(database: Database, config: DigestConfig, now: float) -> bool:
    """Whether a digest was asked for now. Raises DatabaseUnavailable."""
    if not config.receivers:
        return False
    at = to_datetime(now).astimezone(ZoneInfo(config.zone))
    due = schedule.last_weekly(config.weekday, f"{config.hour:02}:00", at)
    if now - due.timestamp() > LATE:
        return False
    year, week, _ = due.isocalendar()
    payload = {"due": due.timestamp()}
    with database.transaction() as connection:
        return queue.enqueue(connection, KIND, key=f"{year}-W{week:02}", payload=payload).is_new
