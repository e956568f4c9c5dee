"""The worker proves the audit log: a break fires the rule, is a security event, and ends with a person's word."""

from dataclasses import replace

import pytest
from sqlalchemy import text

from alerts.audit_watch import AuditWatch
from alerts.evaluate.context import RuleContext, RuleMemory
from alerts.evaluate.rules import audit as rule
from core import clock, settings
from core.audit import chain
from core.audit.chain import Filter
from core.audit.check import acknowledge
from core.events.types import Security
from core.stores import assemble


class Heard:
    """Takes what is published."""

    def __init__(self) -> None:
        self.events: list[Security] = []

    def publish(self, events: list[Security]) -> None:
        self.events += events


@pytest.fixture
def known(database_url, redis_url, tmp_path):
    stores = {"DATABASE_URL": database_url, "REDIS_URL": redis_url, "GATEHOUSE_DATA": str(tmp_path)}
    return settings.load({**stores, "GATEHOUSE_SECRET_KEY": "k" * 40})


def value(known, stores):
    context = RuleContext(known, stores.database, stores.live, RuleMemory(), clock.now())
    (reading,) = rule.gather(context, rule.Parameters(above=0))
    return rule.judge(reading, rule.Parameters(above=0)).state


def test_a_break_fires_until_a_person_has_looked(known) -> None:
    stores = assemble(known)
    heard = Heard()
    watch = AuditWatch(replace(stores, publisher=heard))
    try:
        assert value(known, stores) == "good"
        for number in range(3):
            stores.audit.append(stores.database, "anna", "role", f"user:{number}")
        assert watch.step(clock.now()).problem == ""
        assert (heard.events[-1].severity, heard.events[-1].action) == ("low", "audit-verified")
        assert heard.events[-1].document["gatehouse"]["audit"]["rows"] == 3
        with stores.database.transaction() as connection:
            connection.execute(text("SET LOCAL session_replication_role = replica"))
            connection.execute(text("UPDATE audit_log SET actor = 'eve' WHERE seq = 2"))
        assert watch.step(clock.now()).problem == ""  # the hourly look reads what is new
        assert "altered" in watch.step(clock.now() + 86401).problem  # the daily one everything
        assert (heard.events[-1].severity, heard.events[-1].action) == ("critical", "audit-broken")
        assert value(known, stores) == "bad"
        (broken,) = chain.listed(stores.database, Filter(action="audit.break"))
        acknowledge(stores.database, stores.audit, broken.seq, "ben", "our own drill")
        watch.step(clock.now() + 2 * 86402)
        assert value(known, stores) == "good"
    finally:
        stores.close()


def test_an_operators_row_that_met_a_break_fires_at_once(known) -> None:
    stores = assemble(known)
    try:
        stores.audit.append(stores.database, "anna", "role", "user:1")
        with stores.database.transaction() as connection:
            connection.execute(text("SET LOCAL session_replication_role = replica"))
            connection.execute(text("DELETE FROM audit_log"))
            connection.execute(text("DELETE FROM audit_head"))
        stores.audit.append(stores.database, "anna", "role", "user:2")
        assert value(known, stores) == "bad"
    finally:
        stores.close()
