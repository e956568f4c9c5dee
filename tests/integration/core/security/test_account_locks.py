"""Locks of platform accounts: extended, released once, and anew after a release."""

import pytest

from core.audit import chain
from core.audit.chain import Audit
from core.errors import BadInput
from core.security import account_locks

AUDIT = Audit("a key")
NOW = 1_800_000_000.0


def lock(db, until, now=NOW, account=" Operator.Kim "):
    with db.transaction() as connection:
        return account_locks.lock(connection, AUDIT, account, now, until, "A4", "action:lock-account")


def names(db, now):
    with db.transaction() as connection:
        return [one.account for one in account_locks.listed(connection, now)]


def test_a_lock_is_extended_and_ends(db):
    assert lock(db, NOW + 100).account == "operator.kim"
    found = lock(db, NOW + 300, now=NOW + 50)
    assert (found.since.timestamp(), found.until.timestamp()) == (NOW, NOW + 300)
    assert lock(db, NOW + 200, now=NOW + 60).until.timestamp() == NOW + 300
    assert names(db, NOW + 299) == ["operator.kim"]
    assert names(db, NOW + 301) == []


def test_a_person_releases_it_once_and_a_new_lock_begins_anew(db):
    lock(db, None)
    with db.transaction() as connection:
        account_locks.release(connection, AUDIT, "OPERATOR.KIM", "anna", NOW + 5)
    assert names(db, NOW + 6) == []
    with pytest.raises(BadInput, match="not locked"), db.transaction() as connection:
        account_locks.release(connection, AUDIT, "operator.kim", "anna", NOW + 7)
    assert lock(db, NOW + 100, now=NOW + 8).since.timestamp() == NOW + 8
    rows = chain.listed(db, chain.Filter(target="account:operator.kim"))
    assert [row.action for row in rows] == ["account.lock", "account.release", "account.lock"]


def test_an_account_has_a_name(db):
    with pytest.raises(BadInput, match="1 to 200"):
        lock(db, None, account="  ")
