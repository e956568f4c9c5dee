"""Locking accounts: the platform's on a list that it reads, our own console's where people log in."""

import pytest
from sqlalchemy import text

from core import codec
from core.audit import chain
from core.db import keys
from core.events.types import Security
from core.identity import users
from core.security import account_locks


def locks(stage):
    with stage.stores.database.transaction() as connection:
        return {one.account: one for one in account_locks.listed(connection, stage.now)}


@pytest.fixture
def kim(stage):
    """A user of our own console."""
    with stage.stores.database.transaction() as connection:
        return users.insert(connection, "kim", "operator", password_hash="x")


def user(stage, name):
    with stage.stores.database.transaction() as connection:
        return users.by_name(connection, name)


def test_a_platform_account_is_locked_and_listed(stage):
    run = stage.done("lock-account", rule="A4", series="Operator.Kim", source="platform", ips=["203.0.113.7"])
    assert (run.state, run.after) == ("applied", {"account": "operator.kim", "realm": "platform"})
    found = locks(stage)["operator.kim"]
    assert (found.until, found.incident_id) == (None, run.incident_id)
    assert run.revert_at is None
    [event] = [event for event in events(stage) if event["action"] == "account-locked"]
    assert (event["severity"], event["correlation_id"]) == ("critical", run.incident_id)


def events(stage):
    """Security events that wait in the stream."""
    rows = stage.stores.live.redis.xrange(keys.STREAM)
    return [event for _, fields in rows for event in codec.decode(fields[b"e"])]


def test_a_console_account_is_locked_once_and_its_owner_is_told_by_the_login(stage, kim):
    run = stage.done("lock-account", rule="A4", series="kim", source="console")
    assert run.state == "applied"
    assert user(stage, "kim").locked_at is not None
    rows = chain.listed(stage.stores.database, chain.Filter(target="user:kim"))
    assert [(row.actor, row.action) for row in rows] == [("action:lock-account", "user.lock")]
    again = stage.done("lock-account", rule="A4b", series="kim", source="console")
    assert (again.state, again.started_at) == ("applied", None)
    assert "already locked" in again.message
    assert locks(stage) == {}


def test_the_last_administrator_is_not_locked_by_an_event(stage):
    with stage.stores.database.transaction() as connection:
        users.insert(connection, "kim", "admin", password_hash="x")
    run = stage.done("lock-account", rule="A4", series="kim", source="console")
    assert run.state != "applied"
    assert "last administrator" in run.message
    assert user(stage, "kim").locked_at is None
    with stage.stores.database.transaction() as connection:
        users.insert(connection, "lee", "admin", password_hash="x")
    assert stage.done("lock-account", rule="A4b", series="kim", source="console").state == "applied"


def test_a_platform_account_of_the_same_name_locks_nobody_out_of_the_console(stage, kim):
    stage.done("lock-account", rule="A4", series="kim", source="platform")
    assert user(stage, "kim").locked_at is None
    assert set(locks(stage)) == {"kim"}


def test_the_break_glass_administrator_is_never_locked_by_it(stage):
    with stage.stores.database.transaction() as connection:
        users.insert(connection, "root", "admin", password_hash="x", break_glass=True)
    run = stage.done("lock-account", rule="A4", series="root", source="console")
    assert run.state == "refused"
    assert "break-glass" in run.message
    assert user(stage, "root").locked_at is None


def test_without_an_account_it_says_so(stage):
    run = stage.done("lock-account", rule="A4", series="")
    assert (run.state, run.message) == ("refused", "the incident has no account")


def test_many_accounts_are_locked_at_once(stage):
    runs = [stage.ask("lock-account", rule="A4", series=f"user{n}", source="platform") for n in range(20)]
    stage.do()
    assert {stage.again(run).state for run in runs} == {"applied"}
    assert len(locks(stage)) == 20


def test_the_lock_and_its_record_are_one_transaction(stage, monkeypatch):
    def broken(*_, **__):
        raise RuntimeError("the audit log is full")

    run = stage.ask("lock-account", rule="A4", series="user1", source="platform")
    with monkeypatch.context() as patch:
        patch.setattr(type(stage.stores.audit), "append", broken)
        stage.do()
    with stage.stores.database.transaction() as connection:
        assert connection.execute(text("SELECT count(*) FROM account_locks")).scalar_one() == 0
    stage.now += 400
    stage.do()
    assert stage.again(run).state == "applied"


def test_what_does_not_say_whose_account_it_is_locks_nobody_out_of_the_console(stage, kim):
    stage.done("lock-account", rule="A4", series="kim")
    assert user(stage, "kim").locked_at is None


def test_one_token_locks_so_many_accounts_an_hour_and_hinders_no_other(stage):
    most = stage.known.config.limits.reported_per_hour
    names = [f"victim-{number}" for number in range(most + 2)]
    reports = [failure(stage, name, "token:mallory") for name in names] + [failure(stage, "real", "token:shop")]
    stage.stores.writer.store(reports, stage.now)
    runs = []
    for name in names:
        runs.append(stage.done("lock-account", rule="A4", series=f"platform:{name}", realm="platform", account=name))
        stage.now += 5
    assert [run.state for run in runs] == ["applied"] * most + ["refused"] * 2
    assert "reports from token:mallory have caused" in runs[-1].message
    assert {"reports-over-limit"} <= {event["action"] for event in events(stage)}
    run = stage.done("lock-account", rule="A4", series="platform:real", realm="platform", account="real")
    assert run.state == "applied", run.message


def failure(stage, account, sender):
    return Security(
        id=f"f-{account}", timestamp=stage.now, severity="medium", text="wrong code", category="authentication",
        action="mfa", outcome="failure", actor=account, ip="203.0.113.7", source="shop", sender=sender,
    )  # fmt: skip
