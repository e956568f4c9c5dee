"""Monthly partitions of the big tables: made ahead, dropped by retention."""

from datetime import date, timedelta

from core import clock
from core.store.db import Database

TABLES = ("fraud_predictions", "transactions", "api_requests", "security_events")
_LOCK = 7_305_002


def month_start(day: date, offset: int = 0) -> date:
    """The first day of the month `offset` months after that of `day`."""
    index = day.year * 12 + day.month - 1 + offset
    return date(index // 12, index % 12 + 1, 1)


def ensure(database: Database, today: date | None = None, behind: int = 3, ahead: int = 2) -> list[str]:
    """Make the partitions from `behind` months back to `ahead` months ahead; returns the names made.

    A month for which the default partition already holds rows stays there.
    """
    start = today or clock.to_datetime(clock.now()).date()
    made = []
    for table in TABLES:
        for offset in range(-behind, ahead + 1):
            first, after = month_start(start, offset), month_start(start, offset + 1)
            name = f"{table}_{first:%Y_%m}"
            with database.raw() as connection, connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_xact_lock(%s)", (_LOCK,))
                cursor.execute("SELECT to_regclass(%s)", (name,))
                if cursor.fetchone()[0]:
                    continue
                cursor.execute(
                    f"SELECT 1 FROM {table}_default WHERE timestamp >= %s AND timestamp < %s LIMIT 1", (first, after)
                )
                if cursor.fetchone():
                    continue
                cursor.execute(f"CREATE TABLE {name} PARTITION OF {table} FOR VALUES FROM ('{first}') TO ('{after}')")
                made.append(name)
    return made


def drop_before(database: Database, days: dict[str, int], today: date | None = None) -> list[str]:
    """Drop every monthly partition that lies wholly before the retention of its table; returns their names."""
    start = today or clock.to_datetime(clock.now()).date()
    dropped = []
    with database.raw() as connection, connection.cursor() as cursor:
        for table, keep in days.items():
            limit = start - timedelta(days=keep)
            cursor.execute(
                "SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid"
                " WHERE i.inhparent = to_regclass(%s)",
                (table,),
            )
            for (name,) in cursor.fetchall():
                suffix = name.removeprefix(f"{table}_")
                if suffix == "default":
                    cursor.execute(f"DELETE FROM {name} WHERE timestamp < %s", (limit,))
                elif month_start(date(int(suffix[:4]), int(suffix[5:]), 1), 1) <= limit:
                    cursor.execute(f"DROP TABLE IF EXISTS {name}")  # another collector may be as punctual
                    dropped.append(name)
    return dropped
