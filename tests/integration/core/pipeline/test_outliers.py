"""Outliers are stored once a request, the longer report wins, and a service has its number a day."""

import time
from typing import Any

import pytest

from collector import upkeep
from core import settings
from core.db.engine import Database
from core.events.performance.outlier import Frame, Stack
from core.pipeline.performance import Bounds
from core.pipeline.writer import Writer
from tests import endpoint_world, outlier_world
from tests.outlier_world import outlier


def rows(db: Database) -> list[Any]:
    return endpoint_world.asked(
        db, "SELECT service, request, status, running, duration_ns, stacks, place FROM outliers ORDER BY 1, 2"
    )


def days(db: Database) -> dict[str, tuple[int, int]]:
    found = endpoint_world.asked(db, "SELECT service, sum(kept)::int, sum(dropped)::int FROM outlier_days GROUP BY 1")
    return {service: (kept, dropped) for service, kept, dropped in found}


def test_one_is_stored_with_where_most_of_its_stacks_were(db: Database) -> None:
    now = time.time()
    outlier_world.store(db, now, outlier("a", now - 5), outlier("a", now - 5))
    assert rows(db) == [("shop", "a", 200, False, 400_000_000, 3, "shop.prices.load (shop/prices.py:88)")]
    ((detail,),) = endpoint_world.asked(db, "SELECT detail FROM outliers")
    assert detail["machine"]["pools"] == [{"name": "postgres", "used": 4, "most": 16}]
    assert detail["stacks"][1] == {"ms": 120.0, "frames": [0, 2, 3], "cpu_ms": 1.5}
    assert days(db) == {"shop": (1, 0)}


def test_of_one_request_the_longer_report_stays_in_whatever_order_they_come(db: Database) -> None:
    now = time.time()
    ended = outlier("a", now - 60, seconds=40.0, status=504)
    running = outlier("a", now - 60, seconds=30.0, status=0, running=True)
    outlier_world.store(db, now, running, ended)
    outlier_world.store(db, now, outlier("b", now - 60, seconds=30.0, status=0, running=True))
    outlier_world.store(db, now, outlier("b", now - 60, seconds=40.0, status=504))
    outlier_world.store(db, now, outlier("c", now - 60, seconds=40.0, status=504))
    outlier_world.store(db, now, outlier("c", now - 60, seconds=30.0, status=0, running=True))
    assert [(row[1], row[2], row[3]) for row in rows(db)] == [(name, 504, False) for name in "abc"]
    assert days(db) == {"shop": (3, 0)}


def test_a_service_has_its_number_a_day_and_all_others_together_have_ten_times_as_many(db: Database) -> None:
    now = time.time()
    writer = Writer(db, 0.7, bounds=Bounds(outliers=2))
    writer.store([outlier(f"a{number}", now, service="api") for number in range(5)], now)
    writer.store([outlier(f"a{number}", now, service="shop") for number in range(3)], now)
    writer.store([outlier("a0", now, service="shop", seconds=9.0)], now)
    writer.store([outlier("a", now, service=f"many-{number}") for number in range(30)], now)
    writer.store([outlier("b", now, service="scoring")], now)
    found = days(db)
    assert (found["api"], found["shop"], found["scoring"]) == ((2, 3), (2, 1), (1, 0))
    assert found["(other)"] == (0, 12)
    assert len(rows(db)) == 2 + 20 + 1
    assert ("shop", "a0", 9_000_000_000) in {(row[0], row[1], row[4]) for row in rows(db)}


@pytest.mark.parametrize("stacks", [[], [Stack(5.0, [0])]])
def test_one_without_own_frames_has_no_place(db: Database, stacks: list[Stack]) -> None:
    now = time.time()
    outlier_world.store(db, now, outlier("a", now, frames=[Frame("time.sleep")], stacks=stacks))
    assert [row[6] for row in rows(db)] == [""]


def test_they_go_when_they_are_too_old(db: Database) -> None:
    now = time.time()
    keep = settings.load({}).config.retention
    old = now - (keep.outlier_days + 1) * 86_400
    outlier_world.store(db, old, outlier("old", old))
    outlier_world.store(db, now, outlier("new", now - 86_400))
    upkeep.run(db, keep)
    assert [row[1] for row in rows(db)] == ["new"]
    assert days(db) == {"shop": (1, 0)}
