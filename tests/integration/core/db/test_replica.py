"""Reads of history on a real streaming replica: while it keeps up, and from the primary when it does not."""

import os
import secrets
import time

import pytest

from core.db import replica
from core.db.engine import Database
from core.db.replica import HistoryReader
from core.errors import DatabaseUnavailable
from stack.ports import find_free
from stack.postgres import Postgres
from tests.waiting import until

NOWHERE = "postgresql://nobody@127.0.0.1:9/none"


@pytest.fixture(scope="module")
def pair(server_directory):
    """A primary and a replica that streams from it."""
    password = secrets.token_urlsafe(12)
    primary = Postgres(server_directory / "primary", find_free(), password, server_directory / "primary.log")
    primary.start()
    copy = server_directory / "replica"
    copy.mkdir(mode=0o700)
    primary.run("pg_basebackup", "-D", str(copy), "-R", "-X", "stream", "-c", "fast")
    if primary.uid is not None:
        for path in (copy, *copy.rglob("*")):
            os.chown(path, primary.uid, -1)
    standby = Postgres(copy, find_free(), password, server_directory / "replica.log")
    standby.start()
    yield primary, standby
    standby.stop()
    primary.stop()


@pytest.fixture
def rows(pair, monkeypatch):
    """The primary's database with a table of one row, which the replica has too."""
    monkeypatch.setattr(replica, "LOOK_SECONDS", 0.0)
    primary, standby = pair
    database = Database(primary.url())
    with database.raw() as connection, connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS told; CREATE TABLE told (n int); INSERT INTO told VALUES (1)")
    history = HistoryReader(database, standby.url())
    caught_up(history)
    yield database, history
    history.close()
    database.close()


def told(database):
    with database.raw() as connection, connection.cursor() as cursor:
        cursor.execute("SELECT count(*), pg_is_in_recovery() FROM told")
        return cursor.fetchone()


def say(database):
    with database.raw() as connection, connection.cursor() as cursor:
        cursor.execute("INSERT INTO told VALUES (2)")


def caught_up(history):
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        try:
            if history.read(told).behind is not None:
                return
        except Exception as error:
            if "told" not in str(error):
                raise
        time.sleep(0.05)
    raise AssertionError("the replica never followed")


def test_without_a_replica_the_primary_is_read(db):
    history = HistoryReader(db)
    assert history.place() == (db, None)
    assert history.read(lambda database: database is db) == (True, None)


def test_a_replica_that_keeps_up_is_read_and_says_how_far_it_is(rows):
    database, history = rows
    say(database)
    until(lambda: history.read(told).found[0] == 2)
    (count, on_replica), behind = history.read(told)
    assert (count, on_replica) == (2, True)
    assert 0 <= behind <= replica.MOST_BEHIND


def test_one_that_lags_is_passed_over(rows, pair):
    database, _ = rows
    history = HistoryReader(database, pair[1].url(), most_behind=0.0)
    say(database)
    assert history.read(told) == ((2, False), None)
    history.close()


def test_a_query_that_the_replica_gives_up_is_read_from_the_primary(rows):
    database, history = rows
    tried = []

    def work(where):
        tried.append(where)
        if where is not database:
            raise DatabaseUnavailable("canceling statement due to conflict with recovery")
        return told(where)

    assert history.read(work) == ((1, False), None)
    assert len(tried) == 2


def test_a_server_that_is_no_replica_is_passed_over(rows, pair):
    database, _ = rows
    history = HistoryReader(database, pair[0].url())
    assert history.place() == (database, None)
    history.close()


def test_one_that_is_away_is_passed_over_and_used_again(rows, pair):
    _, history = rows
    _, standby = pair
    standby.stop()
    assert history.read(told) == ((1, False), None)
    standby.start()
    caught_up(history)
    assert history.read(told).found[1] is True


def test_when_both_are_away_it_says_so():
    history = HistoryReader(Database(NOWHERE), NOWHERE)
    with pytest.raises(DatabaseUnavailable):
        history.read(told)
