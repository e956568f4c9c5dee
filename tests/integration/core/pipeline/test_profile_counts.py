"""Samples of profiles on a real PostgreSQL: none is lost or counted twice, whatever is beyond the limits has a name."""

import random
import threading
from collections import Counter
from typing import Any

import pytest

from collector import profile_rollup, upkeep
from core.config import RetentionConfig
from core.db.engine import Database
from core.endpoints import stacks
from core.events.performance.profile import Profile
from core.pipeline.performance import Bounds
from core.pipeline.profile_counts import LONG
from core.pipeline.writer import Writer
from tests.endpoint_world import asked
from tests.profile_world import event

NOW = 1_790_000_000.0
MINUTE = NOW // 60 * 60
BOUNDS = Bounds(profile_series=4, profile_names=10)


@pytest.fixture
def writer(db: Database) -> Writer:
    return Writer(db, normal_block_from=0.7)


def stored(db: Database, table: str = "profile_minutes") -> Counter[tuple[str, str, str]]:
    """Samples by service, route and folded stack; each row's sum is that of its stacks."""
    rows = asked(db, f"SELECT service, route, samples, stacks FROM {table} JOIN profile_series ON id = series_id")
    folded = dict(
        asked(
            db,
            "SELECT s.id, string_agg(f.name, ';' ORDER BY k.place) FROM profile_stacks s"
            " JOIN unnest(s.frames) WITH ORDINALITY k (frame, place) ON true JOIN profile_frames f ON f.id = k.frame"
            " GROUP BY 1",
        )
    ) | {0: "(other)"}
    found: Counter[tuple[str, str, str]] = Counter()
    for service, route, samples, packed in rows:
        of_row = stacks.decode(bytes(packed))
        assert sum(of_row.values()) == samples
        for stack, count in of_row.items():
            found[service, route, folded[stack]] += count
    return found


def test_what_several_processes_say_adds_up_and_counts_once(db: Database, database_url: str) -> None:
    dice = random.Random(7)
    lines = [f"main;view{n % 5};step{n}" for n in range(40)]
    batches: list[list[Profile]] = [
        [
            event(f"{writer}-{n}", NOW - 60 * dice.randrange(5), [f"{one} {dice.randrange(1, 9)}" for one in part])
            for n, part in enumerate(dice.sample(lines, 10) for _ in range(6))
        ]
        for writer in range(3)
    ]
    failed: list[BaseException] = []

    def work(batch: list[Profile]) -> None:
        database = Database(database_url)
        try:
            for _ in range(2):
                Writer(database, normal_block_from=0.7).store(list(batch), NOW)
        except BaseException as error:
            failed.append(error)
        finally:
            database.close()

    threads = [threading.Thread(target=work, args=(batch,)) for batch in batches]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    wanted: Counter[tuple[str, str, str]] = Counter()
    for one in (one for batch in batches for one in batch):
        for stack, count in zip(one.stacks, one.counts, strict=True):
            wanted["shop", "/cart", ";".join(one.frames[place] for place in stack)] += count
    assert stored(db) == wanted


def test_functions_stacks_and_endpoints_of_a_service_are_bounded(db: Database) -> None:
    writer = Writer(db, normal_block_from=0.7, bounds=BOUNDS)
    writer.store([event("a", NOW, [f"main;f{n} {n + 1}" for n in range(30)])], NOW)
    found = stored(db)
    assert found.total() == 30 * 31 // 2
    assert set(found) == {
        *(("shop", "/cart", f"main;f{n}") for n in range(9)), ("shop", "/cart", "main;(other)"),
    }, "of ten functions one is main, and the rest count together"  # fmt: skip
    writer.store([event("b", NOW, ["main;f1;f2 3", "main;f2;f1 2", "main;f0;f0 1"])], NOW)
    assert stored(db)["shop", "/cart", "(other)"] == 6, "beyond ten stacks"
    writer.store([event(f"c{n}", NOW, ["main 1"], route=f"/{n}") for n in range(6)], NOW)
    assert sum(count for (_, route, _), count in stored(db).items() if route == "(other)") == 3
    writer.store([event(f"d{n}", NOW, ["main 1"], service=f"s{n}") for n in range(60)], NOW)
    writer.store([event("own", NOW, ["main 1"], service="console")], NOW)
    services = Counter(service for service, _, _ in stored(db))
    assert services["console"] == 1
    assert len(services) <= 4 * 10 + 2
    assert services["(other)"] == 1
    writer.store([event("next day", NOW + 86_400, ["main;g1;g2 1"])], NOW + 86_400)
    assert stored(db)["shop", "/cart", "main;g1;g2"] == 1, "the next day has room again"


def test_many_stacks_of_a_minute_are_made_to_stand_once(db: Database, writer: Writer) -> None:
    lines = [f"main;f{n} 1" for n in range(400)]
    for batch in range(8):
        writer.store([event(f"{batch}-{n}", NOW, lines) for n in range(3)], NOW)
    ((size,),) = asked(db, "SELECT octet_length(stacks) FROM profile_minutes")
    assert size < LONG + 2 * 400 * 5
    assert stored(db)["shop", "/cart", "main;f7"] == 24


def test_old_minutes_become_hours_and_late_ones_are_added(db: Database, writer: Writer) -> None:
    old = NOW - 50 * 3600
    writer.store([event(f"{n}", old + 60 * n, ["main;a 2", "main;b 1"]) for n in range(90)], NOW)
    writer.store([event("new", NOW, ["main;a 5"])], NOW)
    before = stored(db)
    assert profile_rollup.run(db, 48, NOW) == 2
    assert stored(db) == Counter({("shop", "/cart", "main;a"): 5})
    assert stored(db) + stored(db, "profile_hours") == before
    writer.store([event("late", old, ["main;a 7"])], NOW)
    assert profile_rollup.run(db, 48, NOW) == 1
    assert profile_rollup.run(db, 48, NOW) == 0
    assert stored(db, "profile_hours")["shop", "/cart", "main;a"] == 2 * 90 + 7


def test_what_is_older_than_its_retention_goes(db: Database, writer: Writer) -> None:
    keep = RetentionConfig(90, 90, 730, 48, 30, 2)
    (now,) = asked(db, "SELECT extract(epoch FROM now())::float8")[0]
    writer.store([event("old", now, ["old;gone 1"])], now - 20 * 86_400)
    with db.raw() as connection, connection.cursor() as cursor:
        cursor.execute("UPDATE profile_minutes SET timestamp = timestamp - interval '20 days'")
        cursor.execute("INSERT INTO profile_runs VALUES ('r', 'shop', 'ann', now() - interval '15 days', 5, 100)")
    writer.store([event("new", now, ["main;kept 1"])], now)
    upkeep.run(db, keep)
    assert set(stored(db)) == {("shop", "/cart", "main;kept")}
    left: Any = asked(db, "SELECT name FROM profile_frames ORDER BY 1")
    assert left == [("kept",), ("main",)]
    assert asked(db, "SELECT count(*) FROM profile_stacks") == [(1,)]
    assert asked(db, "SELECT count(*) FROM profile_runs") == [(0,)]
