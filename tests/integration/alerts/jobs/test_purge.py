"""Months before a day go, younger rows stay, whatever is asked; it is in the audit log."""

import time
from collections.abc import Callable
from datetime import date, timedelta

import pytest

from alerts.evaluate import ruleset
from alerts.jobs.purge import KIND
from alerts.worker import jobs
from core.db import partitions, stored_kinds
from core.db.engine import Database
from core.endpoints import storage_jobs
from core.errors import BadInput
from core.events.types import Request
from core.pipeline.writer import Writer
from core.settings import Settings
from core.stores import Stores
from tests import endpoint_world as world
from tests.integration.alerts.making import RULES

DAY = 86_400.0


@pytest.fixture
def known(configure: Callable[[str], Settings]) -> Settings:
    return configure(RULES)


def ask(stores: Stores, before: date, kind: str = "requests") -> None:
    with stores.database.transaction() as connection:
        storage_jobs.request(connection, stores.audit, KIND, kind, str(before), "ann", time.time())


def test_months_that_end_before_a_day_go(known: Settings, stores: Stores, db: Database) -> None:
    now = time.time()
    today = date.fromisoformat(time.strftime("%Y-%m-%d", time.gmtime(now)))
    partitions.ensure(db, today)
    events = [
        Request(id=f"{n}", timestamp=now - n * DAY, ip="192.0.2.1", method="GET", path="/", status=200, duration_ms=1.0)
        for n in range(0, 85, 5)
    ]
    Writer(db, 0.7).store([*events], now)
    before = today - timedelta(days=20)
    ask(stores, before)
    assert jobs(known, stores, ruleset.load(known)).step(KIND.name, now)
    ((state, message),) = world.asked(db, "SELECT state, message FROM jobs")
    assert state == "done", message
    first = partitions.month_start(before)
    oldest, count = world.asked(db, "SELECT min(timestamp)::date, count(*) FROM api_requests")[0]
    assert oldest >= first
    assert count == sum(today - timedelta(days=n) >= first for n in range(0, 85, 5))
    ((after,),) = world.asked(db, "SELECT after FROM audit_log WHERE action = 'storage.purged'")
    assert "ann" in str(after)
    assert world.asked(db, "SELECT count(*) > 10 FROM storage_days") == [(True,)]


def test_nothing_young_and_nothing_that_stays_is_deleted(stores: Stores) -> None:
    today = date.fromisoformat(time.strftime("%Y-%m-%d", time.gmtime()))
    with pytest.raises(BadInput, match="or earlier"):
        ask(stores, today - timedelta(days=stored_kinds.LEAST_DAYS - 1))
    with pytest.raises(BadInput):
        ask(stores, today - timedelta(days=100), "audit")


def test_what_may_go_has_months() -> None:
    assert {table for kind in stored_kinds.ALL if kind.may_go for table in kind.tables} <= set(partitions.TABLES)
