"""A storm of one rule on real stores: few messages, one PagerDuty incident, nobody left out, an end after the last."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event as events
from sqlalchemy import text

from alerts.evaluate import ruleset
from alerts.evaluate.evaluator import Evaluator
from alerts.housekeeping import Housekeeping
from alerts.notify.delivery import Deliver
from api.webhooks import pagerduty
from core import clock, settings
from core.alerting import incidents
from core.db.engine import Database
from core.db.queries import sql
from core.events.types import Security
from core.settings import Settings
from core.stores import assemble
from core.web.metrics import Metrics
from tests.integration.alerts.making import rows
from tests.receiving import receiving

MFA = """
[[rule]]
id = "A4"
title = "Failed MFA attempts"
summary = "{value:.0f} wrong second factors for {account} ({realm}) within 5 minutes"
kind = "mfa"
severity = "critical"
keep_firing_for = "15s"
channels = ["sms-security", "pagerduty"]
escalate = ["email-ml"]
parameters = { attempts = 3, window = "1m" }
"""
Make = Callable[..., Evaluator]


def attack(one: Evaluator, now: float, *accounts: int) -> None:
    """Three wrong codes for each account."""
    events = [
        Security(
            id=f"{now}-{account}-{n}", timestamp=now, severity="medium", text="wrong code", category="authentication",
            action="mfa", outcome="failure", actor=f"account-{account:05}",
        )
        for account in accounts
        for n in range(3)
    ]  # fmt: skip
    one._stores.writer.store(events, now)


def triggers(db: Database, channel: str) -> list[Any]:
    statement = f"SELECT notice FROM outbox WHERE channel = '{channel}' AND event = 'trigger' ORDER BY id"
    return [notice for (notice,) in rows(db, statement)]


def step(one: Evaluator, now: float, seconds: int, every: int = 5) -> float:
    """Evaluate until so many seconds later."""
    for _ in range(seconds // every):
        now += every
        assert one.step(now)
    return now


def test_150_accounts_are_two_messages_and_one_pagerduty_incident(db: Database, worker: Make) -> None:
    now = clock.now()
    one = worker(MFA)
    attack(one, now, 0)
    one.step(now)
    assert [notice["more"] for notice in triggers(db, "pagerduty")] == [0], "the first is told at once"
    attack(one, now, *range(1, 150))
    step(one, now, 20)
    for channel in ("pagerduty", "sms-security"):
        found = triggers(db, channel)
        assert [notice["more"] for notice in found] == [0, 149]
        assert len({notice["incident_id"] for notice in found}) == 1
        assert "And 149 more: platform:account-" in found[1]["summary"]
    assert rows(db, "SELECT count(*), count(notified_at), count(DISTINCT group_id) FROM incidents") == [(150, 150, 1)]
    assert rows(db, "SELECT count(*) FROM incident_events WHERE kind = 'notified'") == [(151,)]


def test_all_at_once_are_one_message_and_the_end_comes_with_the_last(db: Database, worker: Make) -> None:
    now = clock.now()
    one = worker(MFA)
    attack(one, now, *range(30))
    one.step(now)
    assert [notice["more"] for notice in triggers(db, "pagerduty")] == [29]
    now = step(one, now, 50)
    attack(one, now, 7)  # one account goes on
    now = step(one, now, 70)
    assert rows(db, "SELECT count(*) FROM incidents WHERE status <> 'resolved'") == [(1,)]
    assert rows(db, "SELECT count(*) FROM outbox WHERE event = 'resolve'") == [(0,)]
    step(one, now, 60)
    assert rows(db, "SELECT count(*) FROM incidents WHERE status <> 'resolved'") == [(0,)]
    ends = rows(
        db, "SELECT channel, incident_id = (SELECT group_id FROM incidents LIMIT 1) FROM outbox WHERE event = 'resolve'"
    )
    assert sorted(ends) == [("pagerduty", True), ("sms-security", True)]


def test_a_rule_or_a_channel_may_opt_out(db: Database, worker: Make) -> None:
    now = clock.now()
    one = worker(MFA.replace('kind = "mfa"', 'kind = "mfa"\ngroup = false'))
    attack(one, now, *range(5))
    one.step(now)
    assert [notice["more"] for notice in triggers(db, "pagerduty")] == [0] * 5
    assert rows(db, "SELECT count(*) FROM incidents WHERE group_id IS NOT NULL") == [(0,)]


def test_alertmanager_groups_by_itself(db: Database, worker: Make) -> None:
    now = clock.now()
    one = worker(MFA.replace('["sms-security", "pagerduty"]', '["alertmanager", "pagerduty"]'))
    attack(one, now, 0)
    one.step(now)
    attack(one, now, *range(1, 6))
    one.step(now + 5)
    assert (len(triggers(db, "alertmanager")), len(triggers(db, "pagerduty"))) == (6, 1)
    step(one, now + 5, 130)
    ended = "SELECT channel, count(*), count(DISTINCT incident_id) FROM outbox WHERE event = 'resolve' GROUP BY 1"
    assert sorted(rows(db, ended)) == [("alertmanager", 6, 6), ("pagerduty", 1, 1)]


def test_an_acknowledged_group_takes_no_more(db: Database, worker: Make) -> None:
    now = clock.now()
    one = worker(MFA)
    attack(one, now, *range(3))
    one.step(now)
    audit = one._stores.audit
    [(lead,)] = rows(db, "SELECT DISTINCT group_id FROM incidents")
    happening = pagerduty.Happening(
        id="e1",
        event_type="incident.acknowledged",
        occurred_at=clock.iso(now),
        data=pagerduty.Data(id="P1", incident_key=lead),
    )
    with db.transaction() as connection:
        assert pagerduty.apply(connection, audit, happening, now) == "done"
    assert rows(db, "SELECT status, count(*) FROM incidents GROUP BY 1") == [("acknowledged", 3)]
    told = "SELECT DISTINCT incident_id, channel FROM outbox WHERE event = 'acknowledge' ORDER BY channel"
    assert rows(db, told) == [(lead, "pagerduty"), (lead, "sms-security")]
    attack(one, now, 9)
    one.step(now + 5)
    assert [notice["more"] for notice in triggers(db, "pagerduty")] == [2, 0], "new ones are a page of their own"


def test_one_person_takes_one_of_many_and_the_group_still_waits(db: Database, worker: Make) -> None:
    now = clock.now()
    one = worker(MFA)
    attack(one, now, *range(2))
    one.step(now)
    first, second = (row[0] for row in rows(db, "SELECT id FROM incidents ORDER BY id <> group_id"))
    with db.transaction() as connection:
        incidents.acknowledge(connection, one._stores.audit, first, "anna", now)
    assert rows(db, "SELECT count(*) FROM outbox WHERE event = 'acknowledge'") == [(0,)]
    with db.transaction() as connection:
        incidents.acknowledge(connection, one._stores.audit, second, "anna", now)
    assert rows(db, "SELECT DISTINCT incident_id FROM outbox WHERE event = 'acknowledge'") == [(first,)]


def test_a_group_is_escalated_once(db: Database, worker: Make) -> None:
    now = clock.now()
    one = worker(MFA.replace("keep_firing_for", 'escalate_after = "20s"\nkeep_firing_for'))
    attack(one, now, 0)
    one.step(now)
    attack(one, now, *range(1, 20))
    now = step(one, now, 40)
    chores = Housekeeping(one._stores, one._rules)
    assert one._lease is not None
    chores.step(one._lease, now)
    chores.step(one._lease, now + 30)
    [(notice,)] = rows(db, "SELECT notice FROM outbox WHERE event = 'escalate'")
    assert notice["more"] == 19
    assert rows(db, "SELECT count(*) FROM incidents WHERE escalated_at IS NULL") == [(0,)]


def test_the_receivers_show_one_incident_that_ends(
    db: Database, configure: Callable[[str], Settings], database_url: str, redis_url: str, tmp_path: Path
) -> None:
    folder = configure(MFA).config_dir
    with receiving(tmp_path / "receivers") as receivers:
        known = settings.load(
            {
                "DATABASE_URL": database_url,
                "REDIS_URL": redis_url,
                "GATEHOUSE_CONFIG": str(folder),
                "GATEHOUSE_SECRET_KEY": "k" * 40,
                **receivers.variables,
            }
        )
        stores = assemble(known)
        deliver = Deliver(known, stores, Metrics())
        one = Evaluator(known, stores, ruleset.load(known), "one")
        now = clock.now()
        deliver.publish(now)
        attack(one, now, *range(40))
        for number in range(40):
            one.step(now + 5 * number)
            deliver.step(now + 5 * number)
        [(lead,)] = rows(db, "SELECT DISTINCT group_id FROM incidents")
        assert list(receivers.pagerduty.incidents) == [lead]
        assert [one["status"] for one in receivers.pagerduty.incidents[lead]] == ["resolved"]
        texts = [one.text for one in receivers.inbox.arrivals() if one.receiver == "twilio"]
        assert len(texts) == 2
        assert "and 39 more" in texts[0]
        stores.close()


@pytest.mark.parametrize("count", [2000])
@pytest.mark.parametrize("grouped", [True, False])
def test_a_big_storm_costs_a_bounded_number_of_statements(
    db: Database, worker: Make, count: int, grouped: bool
) -> None:
    """Opening and ending are a statement a kind of row, not one an incident; so a storm delays nobody."""
    now = clock.now()
    one = worker(MFA if grouped else MFA.replace('kind = "mfa"', 'kind = "mfa"\ngroup = false'))
    one.step(now)
    statements: list[str] = []
    engine = one._stores.database._engine

    def count_on(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        statements.append(statement)

    events.listen(engine, "before_cursor_execute", count_on)
    attack(one, now, *range(count))
    del statements[:]
    one.step(now + 5)
    opening = len(statements)
    del statements[:]
    step(one, now + 5, 120, every=30)
    ending = len(statements)
    events.remove(engine, "before_cursor_execute", count_on)
    assert rows(db, "SELECT count(*), count(*) FILTER (WHERE status = 'resolved') FROM incidents") == [(count, count)]
    assert opening < 60
    assert ending < 200


def test_the_end_of_a_big_group_reads_each_of_its_members_once(db: Database, worker: Make) -> None:
    """However many of one group end at a time, whether all of it is over is asked once."""
    now = clock.now()
    one = worker(MFA)
    attack(one, now, *range(500))
    one.step(now)
    with db.transaction() as connection:
        ids = list(connection.execute(text("UPDATE incidents SET status = 'resolved' RETURNING id")).scalars())
        for way in (
            "hashjoin",
            "mergejoin",
            "material",
            "seqscan",
        ):  # as where the planner still believes that the group is small
            connection.execute(text(f"SET LOCAL enable_{way} = off"))
        asked = text("EXPLAIN (ANALYZE, FORMAT JSON) " + sql("incident_groups.over"))
        (plan,) = connection.execute(asked, {"ids": ids, "left": ["open"]}).scalar_one()
    assert len(ids) == 500
    assert read(plan["Plan"]) <= 4 * len(ids)


def read(plan: dict[str, Any]) -> float:
    """Rows that the scans of a plan read, with those that a filter dropped."""
    rows = plan["Actual Rows"] + plan.get("Rows Removed by Filter", 0)
    own = rows * plan["Actual Loops"] if "Relation Name" in plan else 0
    return float(own + sum(read(one) for one in plan.get("Plans", [])))
