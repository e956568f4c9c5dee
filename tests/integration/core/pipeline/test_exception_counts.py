"""Exceptions on a real PostgreSQL: one group a bug, exact counts with any number of writers, bounded and reopened."""

import threading
import time
from typing import Any

import pytest

from core.db.engine import Database
from core.events.performance.exception import OTHER, Cause
from core.pipeline import exception_counts
from core.pipeline.performance import Bounds
from core.pipeline.writer import Writer
from tests import endpoint_world as world
from tests.exception_world import report

HOUR = 1_790_000_000 // 3600 * 3600


@pytest.fixture
def writer(db: Database) -> Writer:
    return Writer(db, normal_block_from=0.7, bounds=Bounds(exception_groups=3))


def groups(db: Database, columns: str = "service, culprit, occurrences, state") -> list[Any]:
    return world.asked(db, f"SELECT {columns} FROM exception_groups ORDER BY service, culprit")


def test_a_thousand_messages_are_one_group_and_counted_by_minute_hour_and_user(db: Database, writer: Writer) -> None:
    given = [
        report(f"{n}", HOUR + n * 4, version=f"{1 + n // 500}.0", users={f"u{n % 7}": 2}, count=2) for n in range(1000)
    ]
    for first in range(0, 1000, 250):
        writer.store([*given[first : first + 250], given[first]], HOUR + 4000)
    writer.store(given[:250], HOUR + 4000)
    assert groups(db) == [("shop", "shop.cart.total", 2000, "open")]
    (row,) = groups(db, "first_version, last_version, message, extract(epoch FROM last_seen)::int")
    assert row == ("1.0", "2.0", "no order 999", HOUR + 999 * 4)
    assert world.asked(db, "SELECT sum(occurrences)::int, count(*) FROM exception_minutes") == [(2000, 67)]
    assert world.asked(db, "SELECT version, sum(occurrences)::int FROM exception_hours GROUP BY 1 ORDER BY 1") == [
        ("1.0", 1000), ("2.0", 1000),
    ]  # fmt: skip
    assert world.asked(db, "SELECT count(*), sum(occurrences)::int FROM exception_users") == [(7, 2000)]
    ((samples, stack),) = world.asked(db, "SELECT count(*), max(stack->'chain'->0->>'message') FROM exception_samples")
    assert 1 < samples <= exception_counts.MOST_SAMPLES
    assert stack.startswith("no order")


def test_the_way_there_makes_a_group_and_a_moved_line_does_not(db: Database, writer: Writer) -> None:
    writer.store([report("a", HOUR, "cart", "helper"), report("b", HOUR, "pay", "helper")], HOUR)
    moved = report("c", HOUR, "cart", "helper")
    for frame in moved.frames:
        frame.line += 200
    writer.store([moved], HOUR)
    assert [row[2] for row in groups(db)] == [2, 1] or [row[2] for row in groups(db)] == [1, 2]


def test_several_writers_count_each_once(db: Database, database_url: str) -> None:
    given = [report(f"{n}", HOUR + n, f"view{n % 2}", users={f"u{n % 5}": 1}) for n in range(200)]

    def store(part: int) -> None:
        one = Writer(Database(database_url), normal_block_from=0.7)
        for first in range(0, 200, 20):
            one.store(given[first : first + 20][:: 1 if part % 2 else -1], HOUR)
        one.database.close()

    threads = [threading.Thread(target=store, args=(part,)) for part in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [row[2] for row in groups(db)] == [100, 100]
    assert world.asked(db, "SELECT sum(occurrences)::int FROM exception_users") == [(200,)]


def test_a_resolved_one_that_comes_back_is_open_again_and_an_ignored_one_stays(db: Database, writer: Writer) -> None:
    writer.store([report("a", HOUR, "resolved"), report("b", HOUR, "skipped")], HOUR)
    with db.raw() as connection, connection.cursor() as cursor:
        cursor.execute("UPDATE exception_groups SET state = CASE WHEN culprit LIKE '%%resolved' THEN 'resolved'"
                       " ELSE 'ignored' END, state_at = to_timestamp(%s)", (HOUR + 10,))  # fmt: skip
    writer.store([report("late", HOUR + 5, "resolved")], HOUR)  # from before it was resolved
    assert [row[3] for row in groups(db)] == ["resolved", "ignored"]
    writer.store([report("c", HOUR + 20, "resolved"), report("d", HOUR + 20, "skipped")], HOUR)
    assert [row[3] for row in groups(db)] == ["open", "ignored"]
    assert groups(db, "extract(epoch FROM reopened_at)::int") == [(HOUR + 20,), (None,)]


def test_different_ones_are_bounded_and_the_rest_is_named(db: Database, writer: Writer) -> None:
    for round_ in range(3):
        writer.store([report(f"{round_}-{n}", HOUR, f"f{n}", users={"u": 1}) for n in range(50)], HOUR)
    found = {row[1]: row[2] for row in groups(db)}
    assert found == {"": 141, "shop.cart.f0": 3, "shop.cart.f1": 3, "shop.cart.f2": 3}
    assert groups(db, "type")[0] == (OTHER,)
    writer.store([report(f"s{n}", HOUR, "f", service=f"s{n}") for n in range(60)], HOUR)
    others = {row[0]: row[2] for row in groups(db)}
    assert len(others) <= 3 * exception_counts.SERVICES + 1
    assert sum(row[2] for row in groups(db)) == 150 + 60
    assert OTHER in others


def test_places_users_and_samples_of_a_group_are_bounded(db: Database, writer: Writer) -> None:
    for part in range(8):
        for n in range(30):
            users = {f"{part}-{n}-{k}": 1 for k in range(20)}
            one = report(f"{part}-{n}", HOUR + n * 70, route=f"/{part}/{n}", version=f"{n}", users=users)
            writer.store([one], HOUR)
    hours = world.asked(db, "SELECT max(n) FROM (SELECT count(*) n FROM exception_hours GROUP BY timestamp) h")
    assert hours[0][0] <= exception_counts.MOST_PLACES + 1
    assert world.asked(db, "SELECT count(*) FROM exception_users") == [(exception_counts.MOST_USERS,)]
    assert world.asked(db, "SELECT count(*) FROM exception_samples")[0][0] <= exception_counts.MOST_SAMPLES
    assert groups(db)[0][2] == 240


def test_a_stack_is_stored_within_its_bound(db: Database, writer: Writer) -> None:
    wide = report("a", HOUR, *(f"f{n}{'x' * 250}" for n in range(500)), message="m" * 100_000)
    wide.causes = [Cause("E", "c" * 100_000, wide.frames) for _ in range(300)]
    began = time.monotonic()
    wide.complete()
    writer.store([wide], HOUR)
    assert time.monotonic() - began < 5
    ((size, left_out, first, last),) = world.asked(
        db, "SELECT length(stack::text), (stack->>'left_out')::int, stack->'chain'->0->'frames'->0->>'function',"
        " stack->'chain'->0->'frames'->-1->>'function' FROM exception_samples"
    )  # fmt: skip
    assert size < 2 * exception_counts.MOST_STACK
    assert left_out > 400
    assert first.startswith("f0")
    assert last.startswith("f499")
