"""Monthly partitions of the big tables: made ahead, dropped by retention."""

from collections.abc import Mapping
from datetime import date, timedelta

import psycopg2.errors

from core import clock
from core.db.engine import Database

TABLES = (
    "fraud_predictions", "transactions", "api_requests", "security_events", "shadow_predictions", "status_counts",
    "endpoint_minutes", "endpoint_hours", "custom_figure_values", "process_samples", "request_counts",
)  # fmt: skip
REPLAYED = {"status_counts"}  # whatever time their rows carry; what no month holds goes by when it was received
PATIENCE_MS = 200  # a statement that waits for a table's lock makes every later one wait too
_LOCK = 7_305_002


def month_start(day: date, offset: int = 0) -> date:
    """The first day of the month `offset` months after that of `day`."""
    index = day.year * 12 + day.month - 1 + offset
    return date(index // 12, index % 12 + 1, 1)


def ensure(
    database: Database,
    today: date | None = None,
    behind: int = 3,
    ahead: int = 2,
    days: Mapping[str, int] | None = None,
) -> list[str]:
    """Make the partitions from `behind` months back to `ahead` months ahead; returns the names made.

    A month for which the default partition already holds rows stays there. None is made that lies wholly before the
    retention of its table (`days`): it would be dropped at once.
    """
    start = today or clock.to_datetime(clock.now()).date()
    made = []
    for table in TABLES:
        for offset in range(-behind, ahead + 1):
            first, after = month_start(start, offset), month_start(start, offset + 1)
            if days and table in days and after <= start - timedelta(days=days[table]):
                continue
            name = f"{table}_{first:%Y_%m}"
            with database.raw() as connection, connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_xact_lock(%s)", (_LOCK,))
                cursor.execute("SELECT to_regclass(%s)", (name,))
                if cursor.fetchone()[0]:
                    continue
                cursor.execute(
                    f"SELECT 1 FROM {table}_default WHERE timestamp >= %s"  # nosec B608: `table` is one of TABLES
                    " AND timestamp < %s LIMIT 1",
                    (first, after),
                )
                if cursor.fetchone():
                    continue
                cursor.execute(f"CREATE TABLE {name} PARTITION OF {table} FOR VALUES FROM ('{first}') TO ('{after}')")
                made.append(name)
    return made


def drop_before(database: Database, days: Mapping[str, int], today: date | None = None) -> list[str]:
    """Drop every monthly partition that lies wholly before the retention of its table; returns their names.

    Writers are not held up: a partition is first detached, for which the table is locked for an instant only, and its
    data goes afterwards, when nobody can want it. One that is in use right now waits for the next round.
    """
    start = today or clock.to_datetime(clock.now()).date()
    dropped = []
    for table, keep in days.items():
        limit = start - timedelta(days=keep)
        for name, attached in _months(database, table):
            if _after(table, name) <= limit and (not attached or _detach(database, table, name)):
                _execute(database, f"DROP TABLE IF EXISTS {name}")  # another collector may be as punctual
                dropped.append(name)
        with database.raw() as connection, connection.cursor() as cursor:
            age = "received_at" if table in REPLAYED else "timestamp"
            cursor.execute(f"DELETE FROM {table}_default WHERE {age} < %s", (limit,))  # nosec B608: as above
    return dropped


def _months(database: Database, table: str) -> list[tuple[str, bool]]:
    """The monthly tables by name, and whether they are attached: a round that was cut off leaves one that is not."""
    with database.raw() as connection, connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname, c.relispartition FROM pg_class c WHERE c.relkind = 'r'"
            " AND c.relnamespace = (SELECT relnamespace FROM pg_class WHERE oid = to_regclass(%s))"
            " AND c.relname ~ %s ORDER BY 1",
            (table, rf"^{table}_\d{{4}}_\d{{2}}$"),
        )
        return [(str(name), bool(attached)) for name, attached in cursor.fetchall()]


def _after(table: str, name: str) -> date:
    """The day after the last of a monthly partition."""
    year, _, month = name.removeprefix(f"{table}_").partition("_")
    return month_start(date(int(year), int(month), 1), 1)


def _detach(database: Database, table: str, name: str) -> bool:
    """Take a partition out of its table; False when its lock cannot be had within PATIENCE_MS."""
    with database.raw() as connection, connection.cursor() as cursor:
        try:
            cursor.execute(f"SET LOCAL lock_timeout = {PATIENCE_MS}")
            cursor.execute(f"ALTER TABLE {table} DETACH PARTITION {name}")
        except psycopg2.errors.LockNotAvailable:
            connection.rollback()
            return False
        except psycopg2.errors.UndefinedTable:
            connection.rollback()
            return False
    return True


def _execute(database: Database, statement: str) -> None:
    with database.raw() as connection, connection.cursor() as cursor:
        cursor.execute(statement)
