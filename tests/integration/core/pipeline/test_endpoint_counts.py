"""What endpoints did on a real PostgreSQL: exact whatever the number of writers, once whatever is sent again."""

import time
from typing import Any

import pytest

from core.db.engine import Database
from core.endpoints import histogram
from core.events.endpoint_series import MOST_NANO, OTHER, bucket
from core.events.performance.endpoint import Endpoint
from core.pipeline.endpoint_counts import LONG
from core.pipeline.performance import Bounds
from core.pipeline.writer import Writer
from tests import endpoint_world as world

NOW = 1_790_000_000.0
MINUTE = NOW // 60 * 60


@pytest.fixture
def writer(db: Database) -> Writer:
    return Writer(db, normal_block_from=0.7, bounds=Bounds(endpoint_series=4))


def event(key: str, seconds: float = 0.01, hits: int = 1, **more: Any) -> Endpoint:
    given = {"service": "shop", "route": "/a", "method": "GET", "status": 200} | more
    return Endpoint(id=key, timestamp=MINUTE, hits=hits, seconds_sum=hits * seconds, seconds_min=seconds,
                    seconds_max=seconds, buckets={bucket(seconds): hits}, **given)  # type: ignore[arg-type]  # fmt: skip


def minutes(db: Database) -> list[Any]:
    return world.asked(db, "SELECT service, route, hits, sum_ns, min_ns, max_ns, sketch FROM endpoint_minutes"
                       " JOIN endpoint_series ON id = series_id ORDER BY 1, 2, 3")  # fmt: skip


@pytest.mark.parametrize("writers", [1, 2, 4])
def test_minutes_are_what_sql_says_of_raw_rows(db: Database, database_url: str, writers: int) -> None:
    given = world.hits(4000, NOW - 1800, NOW, seed=writers)
    world.keep_raw(db, given)
    world.store(database_url, given, writers, NOW)
    found = world.asked(
        db,
        "SELECT extract(epoch FROM timestamp)::bigint, route, method, status, version, hits, sum_ns, min_ns, max_ns"
        " FROM endpoint_minutes JOIN endpoint_series ON id = series_id ORDER BY 1, 2, 3, 4, 5",
    )
    assert found == world.asked(
        db,
        "SELECT floor(at / 60)::bigint * 60, route, method, status, version, count(*), sum(ns)::bigint, min(ns),"
        " max(ns) FROM raw_hits GROUP BY 1, 2, 3, 4, 5 ORDER BY 1, 2, 3, 4, 5",
    )
    for hits, sketch in world.asked(db, "SELECT hits, sketch FROM endpoint_minutes"):
        assert sum(histogram.decode(bytes(sketch)).values()) == hits
    hours = world.asked(db, "SELECT DISTINCT width, extract(epoch FROM start)::bigint FROM endpoint_stale ORDER BY 2")
    assert hours == [(3600, at) for at in sorted({int(one.at) // 3600 * 3600 for one in given})]


def test_a_key_counts_once_and_senders_are_apart(db: Database, writer: Writer) -> None:
    writer.store([event("a"), event("a"), event("b", 0.02, 3)], NOW)
    writer.store([event("a"), event("a", sender="token:t")], NOW)
    ((_, _, hits, total, least, most, sketch),) = minutes(db)
    assert (hits, total, least, most) == (4, 70_000_000, 10_000_000, 20_000_000)
    assert histogram.decode(bytes(sketch)) == {bucket(0.01): 1, bucket(0.02): 3}


def test_many_histograms_of_a_minute_become_one(db: Database, writer: Writer) -> None:
    for round_ in range(60):
        writer.store([event(f"{round_}-{n}", 0.001 * 1.1**n) for n in range(40)], NOW)
    ((_, _, hits, *_, sketch),) = minutes(db)
    assert hits == 2400
    assert len(sketch) <= LONG + 200
    assert sum(histogram.decode(bytes(sketch)).values()) == 2400


def test_no_sum_overflows(db: Database, writer: Writer) -> None:
    for key in ("a", "b", "c"):
        writer.store([event(key, 1.0, 10**9)] * 2, NOW)
    ((_, _, hits, total, *_),) = minutes(db)
    assert (hits, total) == (3 * 10**9, MOST_NANO)


def test_series_of_a_service_are_bounded_and_the_rest_is_named(db: Database, writer: Writer) -> None:
    writer.store([event(f"{n}", route=f"/{n}") for n in range(9)], NOW)
    writer.store([event(f"again {n}", route=f"/{n}") for n in range(11)], NOW)
    assert {(route, hits) for _, route, hits, *_ in minutes(db)} == {
        *((f"/{n}", 2) for n in range(4)), (OTHER, 12),
    }  # fmt: skip
    writer.store([event("else", service="till", route="/x")], NOW)
    assert ("till", "/x", 1) in {row[:3] for row in minutes(db)}
    writer.store([event("late", route="/late")], NOW + 3 * 86_400)
    assert ("shop", "/late", 1) in {row[:3] for row in minutes(db)}, "what is not in use any more makes room"


def test_services_are_bounded_too_but_not_ours(db: Database, writer: Writer) -> None:
    for service in range(60):
        writer.store([event(f"{service}", service=f"s{service}")], NOW)
    writer.store([event("own", service="console")], NOW)
    services = {row[0]: row[2] for row in minutes(db)}
    assert services.pop(OTHER) == 20
    assert set(services) == {"console", *(f"s{n}" for n in range(40))}


def test_the_longest_names_are_stored(db: Database, writer: Writer) -> None:
    wide = "\U0001f3ab"
    writer.store([event("a", service=wide * 100, route=wide * 300, version=wide * 100, error_type=wide * 100)], NOW)
    assert len(minutes(db)) == 1


def test_a_batch_is_stored_in_time_that_grows_with_its_events_only(db: Database) -> None:
    writer = Writer(db, normal_block_from=0.7)
    sizes = (200, 2000)
    took = []
    for size in sizes:
        batch = [event(f"{size}-{n}", route=f"/{n % 50}") for n in range(size)]
        start = time.perf_counter()
        writer.store(batch, NOW)
        took.append(time.perf_counter() - start)
    assert took[1] / took[0] < 60
