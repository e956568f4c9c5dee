"""A duty changes hands when its lease runs out, and the old holder's work is refused."""

import time

import pytest
from sqlalchemy.exc import DBAPIError

from core.db import leases
from core.db.engine import Database
from core.db.leases import LeaseLost
from core.errors import DatabaseUnavailable


def test_one_holder_until_it_lets_go(db):
    first = leases.take(db, "evaluate", "a", 60)
    assert first is not None
    assert leases.take(db, "evaluate", "b", 60) is None
    assert leases.take(db, "evaluate", "a", 60) == first
    leases.give_up(db, first)
    second = leases.take(db, "evaluate", "b", 60)
    assert second is not None
    assert second.token > first.token


def test_an_old_holder_commits_nothing(db):
    old = leases.take(db, "evaluate", "a", 0.01)
    time.sleep(0.05)
    new = leases.take(db, "evaluate", "b", 60)
    with pytest.raises(LeaseLost), db.transaction() as connection:
        leases.hold(connection, old)
    with db.transaction() as connection:
        leases.hold(connection, new)


def test_a_holder_that_works_cannot_be_overtaken_before_its_commit(db):
    old = leases.take(db, "evaluate", "a", 0.01)
    time.sleep(0.05)
    with db.transaction() as connection:
        leases.hold(connection, old)
        from threading import Thread

        taken = []
        thread = Thread(target=lambda: taken.append(leases.take(db, "evaluate", "b", 60)))
        thread.start()
        thread.join(0.3)
        assert thread.is_alive()
    thread.join(5)
    assert taken[0].token == old.token + 1


def test_a_process_that_was_paused_in_its_transaction_does_not_keep_the_duty(database_url, db):
    paused = Database(database_url)
    one = leases.take(paused, "evaluate", "one", 0.0)

    def slept():
        with paused.transaction() as connection:
            leases.hold(connection, one, 1.0)
            assert leases.take(db, "evaluate", "two", 30.0) is not None
            leases.hold(connection, one)

    with pytest.raises((DatabaseUnavailable, DBAPIError)):
        slept()
    paused.close()
