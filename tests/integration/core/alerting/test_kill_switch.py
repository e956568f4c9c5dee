"""The kill switch: on at first, thrown with a reason and on record, and held by whoever applies something."""

from threading import Thread

import pytest

from core.alerting import kill_switch
from core.audit import chain
from core.audit.chain import Audit
from core.errors import BadInput

AUDIT = Audit("a key")


def throw(db, is_on, reason="", now=1000.0):
    with db.transaction() as connection:
        return kill_switch.set_state(connection, AUDIT, "actions", is_on, "anna", reason, now)


def test_it_is_on_until_somebody_turns_it_off(db):
    with db.transaction() as connection:
        assert kill_switch.state(connection).is_on
    throw(db, False, "it acts on a wrong limit")
    with db.transaction() as connection:
        found = kill_switch.held(connection)
    assert (found.is_on, found.actor, found.reason) == (False, "anna", "it acts on a wrong limit")
    rows = chain.listed(db, chain.Filter(target="switch:actions"))
    assert [(row.actor, row.action, row.after) for row in rows] == [
        ("anna", "switch.throw", '{"on":false,"reason":"it acts on a wrong limit"}')
    ]


def test_turning_it_off_wants_a_reason(db):
    with pytest.raises(BadInput, match="enter a reason"):
        throw(db, False, "  ")
    with pytest.raises(BadInput, match="500"):
        throw(db, False, "x" * 501)
    with db.transaction() as connection, pytest.raises(BadInput, match="no switch 'other'"):
        kill_switch.state(connection, "other")


def test_thrown_again_it_keeps_who_was_first_and_writes_nothing(db):
    throw(db, False, "first", now=1000.0)
    assert throw(db, False, "second", now=2000.0).reason == "first"
    assert len(chain.listed(db, chain.Filter(target="switch:actions"))) == 1


def test_it_is_thrown_only_after_whoever_applies_has_finished(db):
    with db.transaction() as connection:
        assert kill_switch.held(connection).is_on
        thread = Thread(target=throw, args=(db, False, "stop"))
        thread.start()
        thread.join(0.3)
        assert thread.is_alive()
    thread.join(10)
    assert not thread.is_alive()
    with db.transaction() as connection:
        assert not kill_switch.held(connection).is_on
