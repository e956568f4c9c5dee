"""Hours and days of endpoints are the sums of their minutes, also after late rows, and one collector makes them."""

import threading

import pytest

from collector import endpoint_rollup
from core.db.engine import Database
from core.endpoints import histogram
from core.pipeline.writer import Writer
from tests import endpoint_world as world

DAY = 86_400
START = 20_700 * DAY  # a midnight
NOW = START + 3 * DAY + 7 * 3600 + 1200.0


def rolled(db: Database, now: float = NOW) -> int:
    """Sum up until nothing is left to do."""
    done = 0
    while found := endpoint_rollup.run(db, now):
        done += found
    return done


def of_minutes(db: Database, width: str) -> dict[tuple[int, int], list[object]]:
    """What sums should be, from the minutes."""
    rows = world.asked(
        db,
        f"SELECT extract(epoch FROM date_trunc('{width}', timestamp))::bigint, series_id, sum(hits)::bigint,"
        " sum(sum_ns)::bigint, min(min_ns), max(max_ns), string_agg(sketch, '') FROM endpoint_minutes GROUP BY 1, 2",
    )
    return {(row[0], row[1]): [*row[2:6], histogram.decode(bytes(row[6]))] for row in rows}


def stored(db: Database, table: str) -> dict[tuple[int, int], list[object]]:
    rows = world.asked(
        db,
        f"SELECT extract(epoch FROM timestamp)::bigint, series_id, hits, sum_ns, min_ns, max_ns, sketch FROM {table}",
    )
    return {(row[0], row[1]): [*row[2:6], histogram.decode(bytes(row[6]))] for row in rows}


def over(found: dict[tuple[int, int], list[object]], width: int) -> dict[tuple[int, int], list[object]]:
    return {key: one for key, one in found.items() if key[0] + width <= NOW}


@pytest.fixture
def told(db: Database, database_url: str) -> None:
    world.store(database_url, world.hits(3000, START + 3 * 3600, NOW), 1, NOW, twice=False)


@pytest.mark.usefixtures("told")
def test_what_is_over_is_summed_up(db: Database) -> None:
    assert rolled(db) > 70
    assert stored(db, "endpoint_hours") == over(of_minutes(db, "hour"), 3600)
    assert stored(db, "endpoint_days") == over(of_minutes(db, "day"), DAY)
    left = world.asked(db, "SELECT width, extract(epoch FROM start)::bigint FROM endpoint_stale ORDER BY width")
    assert left == [(3600, int(NOW // 3600 * 3600)), (DAY, START + 3 * DAY)], "what runs is noted once"
    assert rolled(db) == 0


@pytest.mark.usefixtures("told")
def test_a_late_row_is_summed_up_again(db: Database) -> None:
    rolled(db)
    late = world.hits(40, START + 5 * 3600, START + 6 * 3600, seed=9)
    Writer(db, normal_block_from=0.7).store(world.events(late), NOW)
    assert rolled(db) == 2, "one hour and one day"
    assert stored(db, "endpoint_hours") == over(of_minutes(db, "hour"), 3600)
    assert stored(db, "endpoint_days") == over(of_minutes(db, "day"), DAY)


@pytest.mark.usefixtures("told")
def test_several_collectors_and_a_writer_at_once(db: Database, database_url: str) -> None:
    stop = threading.Event()

    def roll() -> None:
        database = Database(database_url)
        while not stop.is_set():
            endpoint_rollup.run(database, NOW)
        database.close()

    threads = [threading.Thread(target=roll) for _ in range(2)]
    for thread in threads:
        thread.start()
    world.store(database_url, world.hits(2000, START, NOW, seed=3), 2, NOW)
    stop.set()
    for thread in threads:
        thread.join()
    rolled(db)
    assert stored(db, "endpoint_hours") == over(of_minutes(db, "hour"), 3600)
    assert stored(db, "endpoint_days") == over(of_minutes(db, "day"), DAY)
