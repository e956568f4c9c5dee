"""Hours are what their rows say: after late rows, labels and retries, while rows come in, and of history too."""

import threading

import pytest

from collector import analytics_rollup
from core.db import queries
from core.db.engine import Database
from core.errors import ConfigError
from core.events.types import Prediction
from tests import analytics_world as world
from tests.analytics_world import DAY, HOUR, KEEP, MIDNIGHT, NOW

RAW = (
    "SELECT date_trunc('hour', timestamp), false, decision::text, count(*), count(*) FILTER (WHERE extra ? 'holdout')"
    " FROM fraud_predictions GROUP BY 1, 3 ORDER BY 1, 3"
)
SUMS = "SELECT hour, replayed, decision::text, predictions, held FROM analytics_decisions ORDER BY 1, 3"


ALL = analytics_rollup.topics()


@pytest.fixture(autouse=True)
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Some topics stand for all."""
    some = tuple(one for one in ALL if one.name in ("decisions", "confidence", "score_decisions"))
    monkeypatch.setattr(analytics_rollup, "topics", lambda: some)


def agrees(db: Database) -> bool:
    return world.ask(db, SUMS) == world.ask(db, RAW) != []


def test_what_was_stored_is_summed_up_and_then_nothing_is_left_to_do(db: Database) -> None:
    world.store(db, world.events(400, NOW - DAY, NOW))
    assert world.settle(db) > 20
    assert agrees(db)
    assert world.ask(db, "SELECT count(*) FROM analytics_stale") == [(0,)]
    assert world.settle(db) == 0


def test_late_rows_labels_and_retries(db: Database) -> None:
    first = world.events(400, NOW - DAY, NOW)
    world.store(db, first)
    world.settle(db)
    world.store(db, first)
    assert world.ask(db, "SELECT count(*) FROM analytics_stale") == [(0,)], "what is known already changes nothing"
    world.store(db, world.events(30, NOW - 6 * HOUR, NOW - 5.5 * HOUR, seed=2))
    assert world.settle(db) <= 2 * 3, "two hours of three sources"
    assert agrees(db)
    one = next(event for event in first if isinstance(event, Prediction))
    world.store(db, world.labels([one], 1.0, NOW))
    hours = world.ask(db, "SELECT source, extract(epoch FROM hour)::bigint FROM analytics_stale")
    assert ("predictions", int(float(one.timestamp or 0) // HOUR * HOUR)) in hours
    assert {source for source, _ in hours} <= {"predictions", "transactions"}, "and that of its sale, if it has one"


def test_a_reported_prediction_that_is_taken_out_is_no_longer_counted(db: Database) -> None:
    reported = Prediction(
        id="x", transaction_id="x", timestamp=NOW - DAY, score=0.9, decision="BLOCKED", threshold=0.6, sender="shop"
    )
    own = Prediction(id="x", transaction_id="x", timestamp=NOW - HOUR, score=0.1, decision="APPROVED", threshold=0.6)
    world.store(db, [reported])
    world.settle(db)
    world.store(db, [own])
    world.settle(db)
    assert agrees(db)
    assert [row[2] for row in world.ask(db, SUMS)] == ["APPROVED"]


def test_an_hour_that_changes_is_summed_up_again_after_a_pause(db: Database) -> None:
    world.store(db, world.events(20, NOW - 60, NOW - 50))
    assert analytics_rollup.run(db, KEEP, NOW) == 1
    world.store(db, world.events(20, NOW - 60, NOW - 50, seed=2))
    assert analytics_rollup.run(db, KEEP, NOW + analytics_rollup.PAUSE - 1) == 0
    assert analytics_rollup.run(db, KEEP, NOW + analytics_rollup.PAUSE) == 1
    assert agrees(db)
    world.ask(db, "UPDATE analytics_summed SET seconds = 60 RETURNING 1")
    world.store(db, world.events(20, NOW - 60, NOW - 50, seed=3))
    assert analytics_rollup.run(db, KEEP, NOW + analytics_rollup.PAUSE + 599) == 0, "ten times its own cost"
    assert analytics_rollup.run(db, KEEP, NOW + analytics_rollup.PAUSE + 600) == 1


def test_history_is_summed_up_in_bounded_steps_that_go_on_where_they_stopped(db: Database) -> None:
    world.store(db, world.events(300, NOW - 3 * DAY, NOW))
    world.ask(db, "DELETE FROM analytics_stale RETURNING 1")
    assert analytics_rollup.fill(db, KEEP, NOW, seconds=0.0) == 0
    steps = 0
    while analytics_rollup.fill(db, KEEP, NOW, seconds=0.001):
        steps += 1
        assert steps < 100 * len(analytics_rollup.topics())
    assert steps > 1
    assert agrees(db)
    assert world.ask(db, "SELECT DISTINCT done FROM analytics_topics") == [(True,)]


def test_hours_that_an_older_release_stored_without_a_note_are_found(db: Database) -> None:
    world.store(db, world.events(60, NOW - 5 * HOUR, NOW))
    world.settle(db)
    assert analytics_rollup.check(db, NOW) == 0
    world.store(db, world.events(10, NOW - 3 * HOUR, NOW - 2.5 * HOUR, seed=2))
    world.ask(db, "DELETE FROM analytics_stale RETURNING 1")
    assert 1 <= analytics_rollup.check(db, NOW) <= 2
    world.settle(db)
    assert agrees(db)


def test_pages_read_sums_and_never_raw_rows() -> None:
    """So their cost does not grow with predictions (C4)."""
    for topic in ("decisions", "confidence", "score_decisions"):
        for name in queries.names():
            if name.startswith(f"{topic}.") and not name.endswith(".put"):
                assert "fraud_predictions" not in queries.text_of(name), name


def test_sums_outlive_their_rows(db: Database) -> None:
    world.store(db, world.events(50, MIDNIGHT - 40 * DAY, MIDNIGHT - 39 * DAY))
    world.settle(db)
    sums = world.ask(db, SUMS)
    world.ask(db, "DELETE FROM fraud_predictions RETURNING 1")
    world.ask(
        db, "INSERT INTO analytics_stale (source, hour) SELECT 'predictions', hour FROM analytics_decisions RETURNING 1"
    )
    world.settle(db, NOW + 60 * DAY)
    assert world.ask(db, SUMS) == sums, "what is no longer kept is not summed up anew"
    analytics_rollup.drop(db, 730)
    assert world.ask(db, SUMS) == sums
    analytics_rollup.drop(db, 1)
    assert world.ask(db, SUMS) == []


def test_what_a_topic_keeps_beside_its_hours_goes_with_them(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    days = "SELECT predictions FROM analytics_score_days"
    monkeypatch.setattr(analytics_rollup, "topics", lambda: tuple(one for one in ALL if one.name == "scores"))
    world.store(db, world.events(50, MIDNIGHT - 40 * DAY, MIDNIGHT - 39 * DAY))
    world.settle(db)
    analytics_rollup.drop(db, 730)
    assert world.ask(db, days) == [(50,)]
    analytics_rollup.drop(db, 1)
    assert world.ask(db, days) == []


def test_while_rows_come_in_two_collectors_lose_nothing(db: Database, database_url: str) -> None:
    over = threading.Event()

    def collect() -> None:
        own = Database(database_url)
        while not over.is_set():
            analytics_rollup.step(own, KEEP, NOW)
            world.ask(own, "DELETE FROM analytics_summed RETURNING 1")
        own.close()

    collectors = [threading.Thread(target=collect) for _ in range(2)]
    for one in collectors:
        one.start()
    for seed in range(1, 9):
        world.store(db, world.events(60, NOW - 3 * HOUR, NOW, seed=seed), batch=40)
    over.set()
    for one in collectors:
        one.join()
    world.settle(db)
    assert agrees(db)


def test_every_topic_says_what_it_reads_and_has_its_table(db: Database) -> None:
    names = {one.name for one in ALL}
    assert "decisions" in names
    for name in names:
        assert world.ask(db, f"SELECT count(hour) FROM analytics_{name}") == [(0,)]
    with pytest.raises(ConfigError, match="which rows it reads"):
        analytics_rollup._sources("sql/queries/analytics/analytics_rollup.sql")
