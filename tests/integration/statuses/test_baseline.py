"""What was learnt from a file is in force from the next minute on, versioned and audited, and taken back as it came."""

import argparse
from collections.abc import Iterator

import numpy as np
import pytest

from core import settings
from core.db.engine import Database
from core.errors import BadInput
from core.statuses import feed_codec, store
from core.statuses.detector.params import Params
from core.statuses.feed import Feed
from core.statuses.history import History
from core.stores import Stores, assemble
from statuses import baseline
from statuses.judge import Judge
from tests.integration.statuses.test_judge import BEGIN, NOW, judged, put, world

OWN = Params()


@pytest.fixture
def stores(database_url: str, redis_url: str) -> Iterator[Stores]:
    known = settings.load({"DATABASE_URL": database_url, "REDIS_URL": redis_url, "GATEHOUSE_SECRET_KEY": "k" * 32})
    found = assemble(known)
    yield found
    found.close()


@pytest.fixture(scope="module")
def learnt() -> Feed:
    """A quiet day and an hour."""
    draw = np.random.default_rng(1)
    counts = draw.poisson(np.array([60.0, 5.0])[:, None], (2, 1500)).astype(np.float32)
    return baseline.learnt([History("past", ("approved", "denied"), BEGIN - 9000, counts)], OWN)


def newest(db: Database) -> Feed:
    with db.transaction() as connection:
        found = store.newest_state(connection, "shop")
    assert found is not None
    return feed_codec.decode(found[1])


def test_a_source_that_begins_knows_what_was_learnt(db: Database, stores: Stores, learnt: Feed) -> None:
    assert baseline.put(stores, "shop", learnt, "past.csv", NOW - 6 * 3600) == 1
    rows = world(incident=range(5, 25))  # before a source that nobody knows would be judged at all
    put(db, rows, NOW)
    (found,) = judged(db, NOW + 60)
    assert abs(found.onset - (BEGIN + 5)) <= 1


def test_it_is_in_force_from_then_on_and_taken_back_as_if_it_had_never_been(
    db: Database, stores: Stores, learnt: Feed
) -> None:
    put(db, world(incident=range(0)), NOW - 30)
    judge = Judge(db, OWN, "one")
    judged(db, NOW + 60, judge)
    without = feed_codec.encode(newest(db))
    baseline.put(stores, "shop", learnt, "past.csv", (BEGIN + 200) * 60.0)
    put(db, world(incident=range(0))[-1:], NOW - 30)
    with db.raw() as connection, connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO status_changes (source, minute, received_at)"
            " SELECT source, first, received_at FROM status_sources"
        )
    judged(db, NOW + 60, judge)
    assert newest(db).state.source.age[0] > 1440
    assert baseline.revert(stores, "shop") == 1
    judged(db, NOW + 60, judge)
    assert feed_codec.encode(newest(db)) == without
    with pytest.raises(BadInput, match="no active baseline"):
        baseline.revert(stores, "shop")
    with db.raw() as connection, connection.cursor() as cursor:
        cursor.execute("SELECT action FROM audit_log WHERE action LIKE 'status-baseline%' ORDER BY at")
        assert [row[0] for row in cursor.fetchall()] == ["status-baseline.apply", "status-baseline.revert"]


def test_the_command_lists_versions_and_less_than_a_day_is_refused(stores: Stores, learnt: Feed) -> None:
    said: list[str] = []
    for what in ("list", "list"):
        baseline.run(argparse.Namespace(what=what, source="shop"), stores, said.append)
        baseline.put(stores, "shop", learnt, "past.csv", NOW)
    assert "has no baseline" in said[0]
    assert said[1].startswith("1  active")
    short = History("short", ("approved",), BEGIN, np.full((1, 60), 5, np.float32))
    with pytest.raises(BadInput, match="at least a day"):
        baseline.put(stores, "shop", baseline.learnt([short], OWN), "short.csv", NOW)
