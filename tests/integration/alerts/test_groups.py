"""What people do to a group: taken and taken back as one in PagerDuty, escalated for whoever of it still waits."""

from collections.abc import Callable

from alerts.evaluate.evaluator import Evaluator
from alerts.housekeeping import Housekeeping
from alerts.notify.stages.overtaken import overtaken
from api.webhooks import pagerduty
from core import clock
from core.alerting import deliveries, incidents
from core.alerting.deliveries import Pace
from core.db.engine import Database
from tests.integration.alerts.making import rows
from tests.integration.alerts.test_storms import MFA, attack, step, triggers

Make = Callable[..., Evaluator]


def happen(one: Evaluator, db: Database, lead: str, action: str, number: int, now: float) -> str:
    """A person does this in PagerDuty, to the incident that stands for the group."""
    happening = pagerduty.Happening(
        id=f"e{number}",
        event_type=f"incident.{action}",
        occurred_at=clock.iso(now),
        data=pagerduty.Data(id="P1", incident_key=lead),
    )
    with db.transaction() as connection:
        return pagerduty.apply(connection, one._stores.audit, happening, now)


def test_what_is_taken_back_in_pagerduty_is_taken_back_of_the_whole_group(db: Database, worker: Make) -> None:
    now = clock.now()
    one = worker(MFA)
    attack(one, now, *range(5))
    one.step(now)
    [(lead,)] = rows(db, "SELECT DISTINCT group_id FROM incidents")
    rows(db, "INSERT INTO channel_states (channel, kind) VALUES ('pagerduty', 'pagerduty') RETURNING 1")
    states = "SELECT status, count(*) FROM incidents GROUP BY 1 ORDER BY 1"
    for number, (action, found) in enumerate(
        (
            ("acknowledged", "acknowledged"),
            ("unacknowledged", "open"),
            ("acknowledged", "acknowledged"),
            ("resolved", "resolved"),
            ("reopened", "open"),
            ("resolved", "resolved"),
        )
    ):
        assert happen(one, db, lead, action, number, now + number) == "done"
        assert rows(db, states) == [(found, 5)]
    sent = "SELECT event FROM outbox WHERE channel = 'sms-security' ORDER BY id"
    assert [event for (event,) in rows(db, sent)] == [
        "trigger", "acknowledge", "acknowledge", "resolve", "trigger", "resolve"
    ]  # fmt: skip
    _, again = triggers(db, "sms-security")
    assert (again["incident_id"], again["more"], again["status"]) == (lead, 4, "open")
    assert len(triggers(db, "pagerduty")) == 1, "PagerDuty knows: it was reopened there"
    reopened = "SELECT count(*) FROM incident_events WHERE kind = 'reopened'"
    assert rows(db, reopened) == [(5,)]


def test_what_one_took_by_itself_stays_taken(db: Database, worker: Make) -> None:
    now = clock.now()
    one = worker(MFA)
    attack(one, now, *range(3))
    one.step(now)
    lead, mine, _ = (row[0] for row in rows(db, "SELECT id FROM incidents ORDER BY id <> group_id, id"))
    with db.transaction() as connection:
        incidents.acknowledge(connection, one._stores.audit, mine, "anna", now)
    happen(one, db, lead, "acknowledged", 1, now + 1)
    happen(one, db, lead, "unacknowledged", 2, now + 2)
    assert rows(db, "SELECT id FROM incidents WHERE status = 'acknowledged'") == [(mine,)]


def test_a_silence_of_one_holds_no_escalation_of_the_others(db: Database, worker: Make) -> None:
    now = clock.now()
    one = worker(MFA.replace("keep_firing_for", 'escalate_after = "20s"\nkeep_firing_for'))
    attack(one, now, *range(3))
    one.step(now)
    now = step(one, now, 40)
    mute = (
        "INSERT INTO silences (rule, series, owner, reason, created_at, starts_at, ends_at, exact_rule, exact_series)"
        " SELECT rule, series, 'anna', 'known', now(), now() - interval '1 day', now() + interval '1 day', true, true"
        " FROM incidents {} RETURNING 1"
    )
    rows(db, mute.format("WHERE id = group_id"))
    chores = Housekeeping(one._stores, one._rules)
    assert one._lease is not None
    chores.step(one._lease, now)
    assert len(rows(db, "SELECT notice FROM outbox WHERE event = 'escalate'")) == 1


def test_an_escalation_of_a_group_is_sent_while_any_of_it_waits(db: Database, worker: Make) -> None:
    now = clock.now()
    one = worker(MFA.replace("keep_firing_for", 'escalate_after = "20s"\nkeep_firing_for'))
    attack(one, now, *range(2))
    one.step(now)
    now = step(one, now, 25)
    assert one._lease is not None
    Housekeeping(one._stores, one._rules).step(one._lease, now)
    rows(db, "INSERT INTO channel_states (channel, kind) VALUES ('email-ml', 'email') RETURNING 1")
    with db.transaction() as connection:
        message = deliveries.claim(db, "email-ml", "w", Pace(60.0, 5), now + 1, 30.0)
        assert message is not None
        first, second = (row[0] for row in rows(db, "SELECT id FROM incidents ORDER BY id <> group_id"))
        incidents.acknowledge(connection, one._stores.audit, first, "anna", now)
        assert overtaken(connection, message) == ""
        incidents.acknowledge(connection, one._stores.audit, second, "anna", now)
        assert overtaken(connection, message) == "all of the group was acknowledged meanwhile"
        incidents.resolve(connection, one._stores.audit, first, "anna", now)
        incidents.resolve(connection, one._stores.audit, second, "anna", now)
        assert overtaken(connection, message) == "all of the group was resolved meanwhile"
