"""Hours and days of queries (`collector/rollup.py`); what is kept of minutes and hours."""

from collector import rollup
from core.config import RetentionConfig
from core.db.engine import Database
from core.db.queries import sql

AT_ONCE = 20_000  # rows that one statement deletes


def run(database: Database, now: float) -> int:
    """Sum up what is stale and over; how many hours and days that were. Raises DatabaseUnavailable."""
    return rollup.run(database, now, "query_rollup")


def drop(database: Database, keep: RetentionConfig) -> None:
    """Let old minutes, hours and days go, a bounded number at a time. Raises DatabaseUnavailable."""
    for name, days in (
        ("drop_minutes", keep.query_minute_days + 1),
        ("drop_hours", keep.query_days),
        ("drop_days", keep.query_days),
        ("drop_samples", keep.check_days),
        ("drop_series", keep.query_days),
    ):
        gone = AT_ONCE
        while gone >= AT_ONCE:
            with database.raw() as connection, connection.cursor() as cursor:
                cursor.execute(sql(f"query_rollup.{name}"), {"days": days, "most": AT_ONCE})
                gone = cursor.rowcount
