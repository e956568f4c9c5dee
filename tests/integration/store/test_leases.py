"""Duties that one process at a time may do."""

import time

import pytest
from sqlalchemy.exc import DBAPIError

from core.errors import DatabaseAway
from core.store import leases
from core.store.db import Database
from core.store.leases import LeaseLost


def test_one_holds_a_duty_until_it_runs_out_or_is_given_up(db: Database) -> None:
    one = leases.take(db, "duty", "one", 30.0)
    assert one is not None
    assert leases.take(db, "duty", "two", 30.0) is None
    again = leases.take(db, "duty", "one", 30.0)
    assert again == one
    leases.give_up(db, one)
    time.sleep(0.01)
    two = leases.take(db, "duty", "two", 30.0)
    assert two is not None
    assert two.token == one.token + 1


def test_who_lost_a_duty_finds_out_in_its_next_transaction(db: Database) -> None:
    one = leases.take(db, "duty", "one", 0.0)
    assert one is not None
    time.sleep(0.01)
    assert leases.take(db, "duty", "two", 30.0) is not None
    with pytest.raises(LeaseLost), db.transaction() as connection:
        leases.hold(connection, one)


def test_a_process_that_was_paused_in_its_transaction_does_not_keep_the_duty(database_url: str, db: Database) -> None:
    paused = Database(database_url)
    one = leases.take(paused, "duty", "one", 0.0)
    assert one is not None
    with pytest.raises((DatabaseAway, DBAPIError)), paused.transaction() as connection:
        leases.hold(connection, one, 0.5)
        began = time.monotonic()
        assert leases.take(db, "duty", "two", 30.0) is not None
        assert time.monotonic() - began < 20
        leases.hold(connection, one)
    paused.close()
