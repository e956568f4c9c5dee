"""How much each kind of data takes: measured by the collector, the newest measurement of each day kept."""

from datetime import datetime
from typing import Any, NamedTuple

import psycopg2.errors

from core.clock import to_datetime
from core.db import stored_kinds
from core.db.engine import Database, execute_values
from core.db.queries import sql
from core.db.stored_kinds import OTHER

LONGEST_MS = 3_000  # that it may take to find the oldest row of a kind


class Size(NamedTuple):
    """Bytes of a kind's tables and of their indexes, its rows as PostgreSQL's statistics have them, and its oldest."""

    table_bytes: int = 0
    index_bytes: int = 0
    rows: int = 0
    oldest: datetime | None = None


def measure(database: Database, now: float) -> dict[str, Size]:
    """Measure every kind and keep it as of today. Raises DatabaseUnavailable."""
    with database.raw() as connection, connection.cursor() as cursor:
        cursor.execute(sql("storage.tables"))
        tables = {str(name): tuple(map(int, sizes)) for name, *sizes in cursor.fetchall()}
    found = _by_kind(tables)
    for kind in stored_kinds.ALL:
        if kind.time:
            found[kind.name] = found[kind.name]._replace(oldest=_oldest(database, kind.tables[0], kind.time))
    at = to_datetime(now)
    rows = [(at.date(), name, size.table_bytes, size.index_bytes, size.rows, size.oldest, at)
            for name, size in sorted(found.items())]  # fmt: skip
    with database.raw() as connection, connection.cursor() as cursor:
        execute_values(cursor, sql("storage.keep"), rows)
    return found


def _by_kind(tables: dict[str, tuple[int, ...]]) -> dict[str, Size]:
    """Sizes of tables with their partitions, added up by kind."""
    of_table = {table: kind.name for kind in stored_kinds.ALL for table in kind.tables}
    found = {kind.name: Size() for kind in stored_kinds.ALL} | {OTHER: Size()}
    for table, (data, indexes, rows) in tables.items():
        name = of_table.get(table, OTHER)
        one = found[name]
        found[name] = Size(one.table_bytes + data, one.index_bytes + indexes, one.rows + rows)
    return found


def _oldest(database: Database, table: str, column: str) -> datetime | None:
    """The time of the oldest row; None for none, and where that takes too long to find."""
    with database.raw() as connection, connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL statement_timeout = {LONGEST_MS}")
        try:
            cursor.execute(f"SELECT min({column}) FROM {table}")  # nosec B608: both are of stored_kinds
            (found,) = cursor.fetchone()
        except psycopg2.errors.QueryCanceled:
            connection.rollback()
            return None
    oldest: Any = found
    return oldest if isinstance(oldest, datetime) else None
