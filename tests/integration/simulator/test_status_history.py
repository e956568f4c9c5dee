"""The history of statuses is what the live traffic sends, once, and every minute of it waits for the judge."""

import time

import msgspec
from sqlalchemy import text

from api import status_rows
from core import codec
from core.db.engine import Database
from core.pipeline.writer import Writer
from core.settings import load
from simulator import status_history, statuses
from tests.unit.simulator.scenarios.play import CONFIG

SHORT = msgspec.structs.replace(
    CONFIG, statuses=msgspec.structs.replace(CONFIG.statuses, history_days=0.25, detailed_hours=0.5)
)


def rows(db: Database) -> dict[tuple[int, str, str, str], int]:
    with db.transaction() as connection:
        found = connection.execute(
            text(
                "SELECT floor(extract(epoch FROM timestamp) / 60)::int, status, auth_code, dimensions, count"
                " FROM status_counts"
            )
        )
        return {(row[0], row[1], row[2], row[3]): row[4] for row in found}


def test_it_is_stored_once_and_live_rows_of_its_minutes_change_nothing(
    db: Database, database_url: str, redis_url: str
) -> None:
    assert status_history.fill(load({}), SHORT) == 0
    settings = load({"DATABASE_URL": database_url, "REDIS_URL": redis_url})
    assert status_history.fill(settings, SHORT) == 360
    writer = Writer(db, 0.7)
    first = rows(db)
    last = max(minute for minute, *_ in first)
    assert last - min(minute for minute, *_ in first) == 359
    assert {minute for minute, *_, where in first if where} == set(range(last - 29, last + 1))
    sent = [row for minute in range(last - 3, last + 1) for row in statuses.rows(minute, SHORT)]
    parsed = status_rows.parse(codec.encode(sent), time.time(), most=5000)
    writer.store([status_rows.event(parsed.rows, time.time(), "live")], time.time())
    assert rows(db) == first
    with db.transaction() as connection:
        changed = connection.execute(text("SELECT count(DISTINCT minute) FROM status_changes")).scalar_one()
    assert changed == 360
    assert status_history.fill(settings, SHORT) == 0
    assert rows(db) == first
