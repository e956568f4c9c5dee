"""What people do with an incident: once, on record, followed through to whoever was told."""

import pytest

from core import clock
from core.alerting import incidents
from core.alerting.incident import Opening, identify, notice_of
from core.alerting.incidents import IsResolved, NoIncident
from core.audit.chain import Audit
from core.db.engine import Database
from core.errors import BadInput

AUDIT = Audit("k" * 40)


@pytest.fixture
def incident(db: Database) -> str:
    """An open incident of which pagerduty and slack were told."""
    now = clock.now() - 60
    incident_id = identify("A1", "", "alert", now)
    opening = Opening(incident_id, "A1", "", "alert", "high", "Fraud rate", "4 %", now - 600, now, 4.0, 3.0, "%")
    with db.transaction() as connection:
        assert incidents.open_incident(connection, opening)
        assert not incidents.open_incident(connection, opening)
        notice = notice_of(incidents.get(connection, incident_id), "trigger", now)
        incidents.notify(connection, notice, ["pagerduty", "slack"])
    return incident_id


def outbox(db: Database) -> list[tuple[str, str, str]]:
    with db.raw() as connection, connection.cursor() as cursor:
        cursor.execute("SELECT event, channel, notice->>'actor' FROM outbox ORDER BY id")
        return [tuple(row) for row in cursor.fetchall()]


def audited(db: Database) -> list[tuple[str, str]]:
    with db.raw() as connection, connection.cursor() as cursor:
        cursor.execute("SELECT actor, action FROM audit_log ORDER BY seq")
        return [tuple(row) for row in cursor.fetchall()]


def test_an_acknowledgement_counts_once_and_is_followed_through(db: Database, incident: str) -> None:
    now = clock.now()
    with db.transaction() as connection:
        assert incidents.acknowledge(connection, AUDIT, incident, "anna", now)
        assert not incidents.acknowledge(connection, AUDIT, incident, "ben", now)
        found = incidents.get(connection, incident)
    assert (found.status, found.acknowledged_by) == ("acknowledged", "anna")
    assert outbox(db)[2:] == [("acknowledge", "pagerduty", "anna"), ("acknowledge", "slack", "anna")]
    assert audited(db) == [("anna", "incident.acknowledge")]


def test_a_resolution_counts_once_and_ends_it(db: Database, incident: str) -> None:
    now = clock.now()
    with db.transaction() as connection:
        assert incidents.resolve(connection, AUDIT, incident, "anna", now, "false alarm")
        assert not incidents.resolve(connection, AUDIT, incident, "ben", now)
        assert not incidents.recover(connection, incident, now, "recovered")
        with pytest.raises(IsResolved, match="is resolved"):
            incidents.acknowledge(connection, AUDIT, incident, "ben", now)
        with pytest.raises(IsResolved):
            incidents.assign(connection, AUDIT, incident, "ben", now, "ben")
        incidents.comment(connection, AUDIT, incident, "ben", now, "it was the launch")
        kinds = [line["kind"] for line in incidents.timeline(connection, incident)]
    assert kinds == ["opened", "notified", "resolved", "comment"]
    assert [line[0] for line in outbox(db)[2:]] == ["resolve", "resolve"]
    assert audited(db) == [("anna", "incident.resolve"), ("ben", "incident.comment")]


def test_escalations_reach_further_channels_which_then_hear_the_end(db: Database, incident: str) -> None:
    now = clock.now()
    with db.transaction() as connection:
        incidents.escalate(connection, AUDIT, incident, "anna", now, ["sms"], "nobody answers")
        incidents.escalate(connection, AUDIT, incident, "anna", now, ["sms"], "still nobody")
        incidents.resolve(connection, AUDIT, incident, "anna", now)
    assert [line[:2] for line in outbox(db)[2:]] == [
        ("escalate", "sms"),
        ("escalate", "sms"),
        ("resolve", "pagerduty"),
        ("resolve", "slack"),
        ("resolve", "sms"),
    ]


def test_assigning_says_what_changed(db: Database, incident: str) -> None:
    now = clock.now()
    with db.transaction() as connection:
        assert incidents.assign(connection, AUDIT, incident, "anna", now, "ben")
        assert not incidents.assign(connection, AUDIT, incident, "anna", now, "ben")
        assert incidents.assign(connection, AUDIT, incident, "anna", now, "")
        assert incidents.get(connection, incident).assignee is None


def test_what_is_wrong_is_said(db: Database, incident: str) -> None:
    now = clock.now()
    with db.transaction() as connection:
        with pytest.raises(NoIncident, match="no incident 'x'"):
            incidents.resolve(connection, AUDIT, "x", "anna", now)
        with pytest.raises(BadInput, match="comment"):
            incidents.comment(connection, AUDIT, incident, "anna", now, "  ")
        with pytest.raises(BadInput, match="channel"):
            incidents.escalate(connection, AUDIT, incident, "anna", now, [], "why")
