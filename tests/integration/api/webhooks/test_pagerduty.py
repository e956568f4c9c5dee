"""What people do in PagerDuty happens here: signed, once, in order or not at all."""

import json
from typing import Any

import pytest
from flask.testing import FlaskClient

from api.webhooks.pagerduty import IGNORED, NOTES
from core import clock
from core.alerting import incidents
from core.alerting.incident import Opening
from core.audit.chain import Audit
from core.db.engine import Database
from simulator.receivers.pagerduty import signature, webhook_event
from tests.integration.api.webhooks.conftest import ID, PAGERDUTY_SECRET

PATH = "/api/v1/webhooks/pagerduty"
THERE = {"id": "Q0123", "status": "triggered", "title": "Fraud rate is high"}


def happening(action: str, key: str = ID) -> dict[str, Any]:
    return webhook_event(key, THERE, action, "Jane Doe")


def post(client: FlaskClient, event: dict[str, Any], header: str | None = None) -> Any:
    body = json.dumps({"event": event}).encode()
    signed = signature(PAGERDUTY_SECRET, body) if header is None else header
    headers = {"X-PagerDuty-Signature": signed}
    return client.post(PATH, data=body, headers=headers, content_type="application/json")


def state(db: Database) -> tuple[str, str | None, list[tuple[str, str]]]:
    with db.transaction() as connection:
        found = incidents.get(connection, ID)
        lines = [(line["kind"], line["actor"]) for line in incidents.timeline(connection, ID)]
    return found.status, found.assignee, lines


def sent(db: Database) -> list[tuple[str, str]]:
    with db.raw() as connection, connection.cursor() as cursor:
        cursor.execute("SELECT channel, event FROM outbox ORDER BY channel, id")
        return list(cursor.fetchall())


def test_from_acknowledgement_to_resolution(client: FlaskClient, db: Database, incident: str) -> None:
    for action in ("triggered", "acknowledged", "reassigned", "annotated", "resolved"):
        answer = post(client, happening(action))
        assert answer.status_code == 200, answer.data
    status, assignee, lines = state(db)
    assert (status, assignee) == ("resolved", "Jane Doe")
    kinds = [kind for kind, actor in lines if actor == "pagerduty:Jane Doe"]
    assert kinds == ["acknowledged", "assigned", "comment", "resolved"]
    assert sent(db) == [
        (channel, event) for channel in ("pagerduty", "sms-security") for event in ("trigger", "acknowledge", "resolve")
    ]
    with db.raw() as connection, connection.cursor() as cursor:
        cursor.execute("SELECT action FROM audit_log WHERE actor = 'pagerduty:Jane Doe' ORDER BY seq")
        actions = [row[0] for row in cursor.fetchall()]
    assert actions == ["incident.acknowledge", "incident.assign", "incident.comment", "incident.resolve"]


def test_an_event_counts_once_however_often_it_is_sent(client: FlaskClient, db: Database, incident: str) -> None:
    event = happening("annotated")
    post(client, happening("triggered"))
    assert [post(client, event).json["status"] for _ in range(3)] == ["done", "known", "known"]
    assert [kind for kind, _ in state(db)[2]].count("comment") == 1


def test_a_late_acknowledgement_does_not_reopen(client: FlaskClient, db: Database, incident: str) -> None:
    assert post(client, happening("resolved")).json["status"] == "done"
    assert post(client, happening("acknowledged")).json["status"] == "ignored"
    assert state(db)[0] == "resolved"


def test_incidents_that_are_not_ours_are_left_alone(client: FlaskClient, incident: str) -> None:
    assert post(client, happening("acknowledged", "somebody-elses")).json["status"] == "ignored"
    assert post(client, happening("annotated")).json["status"] == "ignored", "nobody said what Q0123 is"


@pytest.mark.parametrize("header", ["", "v1=", "v1=" + "0" * 64, "v0=abc", "v1=é", "x" * 10_000])
def test_without_its_signature_nothing_happens(client: FlaskClient, db: Database, incident: str, header: str) -> None:
    answer = post(client, happening("acknowledged"), header)
    assert (answer.status_code, answer.content_type) == (401, "application/problem+json")
    assert state(db)[0] == "open"


def test_one_of_several_signatures_is_enough(client: FlaskClient, incident: str) -> None:
    event = happening("acknowledged")
    body = json.dumps({"event": event}).encode()
    both = f"v1={'0' * 64}, {signature(PAGERDUTY_SECRET, body)}"
    assert post(client, event, both).status_code == 200


def test_the_raw_body_is_what_is_signed(client: FlaskClient, incident: str) -> None:
    event = happening("acknowledged")
    header = signature(PAGERDUTY_SECRET, json.dumps({"event": event}, indent=1).encode())
    assert post(client, event, header).status_code == 401


def test_an_old_recording_is_refused(client: FlaskClient, db: Database, incident: str) -> None:
    event = {**happening("acknowledged"), "occurred_at": clock.iso(clock.now() - 8 * 86400)}
    answer = post(client, event)
    assert (answer.status_code, answer.json["field"]) == (400, "$.event.occurred_at")
    assert state(db)[0] == "open"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"id": ""}, "$.event.id"),
        ({"id": 5}, "$.event.id"),
        ({"id": "a\0"}, "$.event.id"),
        ({"occurred_at": "yesterday"}, "$.event.occurred_at"),
        ({"data": []}, "$.event.data"),
    ],
)
def test_bad_input_is_named(client: FlaskClient, change: dict[str, Any], field: str) -> None:
    answer = post(client, {**happening("acknowledged"), **change})
    assert (answer.status_code, answer.json["field"]) == (400, field)


def test_without_its_secret_the_route_is_closed(known: Any, make_app: Any) -> None:
    from core import settings

    bare = {name: value for name, value in known.source.items() if "PAGERDUTY" not in name}
    answer = post(make_app(settings.load(bare)).test_client(), happening("acknowledged"))
    assert answer.status_code == 404
    assert "GATEHOUSE_PAGERDUTY_WEBHOOK_SECRET" in answer.json["detail"]


def at(event: dict[str, Any], seconds: float, **more: Any) -> dict[str, Any]:
    """The event as one that happened so many seconds from now."""
    return {**event, "occurred_at": clock.iso(clock.now() + seconds), **more}


def statuses(client: FlaskClient, *events: dict[str, Any]) -> list[str]:
    answers = [post(client, event) for event in events]
    assert [answer.status_code for answer in answers] == [200] * len(answers)
    return [answer.json["status"] for answer in answers]


def escalation(db: Database) -> tuple[Any, ...]:
    with db.raw() as connection, connection.cursor() as cursor:
        cursor.execute("SELECT status, acknowledged_by, escalated_at, waiting_since IS NOT NULL FROM incidents")
        return tuple(cursor.fetchall()[0])


def test_a_withdrawn_acknowledgement_puts_escalation_back_on(client: FlaskClient, db: Database, incident: str) -> None:
    with db.raw() as connection, connection.cursor() as cursor:
        cursor.execute("UPDATE incidents SET escalated_at = now()")
    timed_out = {"id": "PSVC", "type": "service_reference", "summary": "Payments"}
    told = statuses(client, at(happening("acknowledged"), -20), at(happening("unacknowledged"), -10, agent=timed_out))
    assert told == ["done", "done"]
    assert escalation(db) == ("open", None, None, True)
    assert ("unacknowledged", "pagerduty:Payments") in state(db)[2]
    assert statuses(client, happening("acknowledged")) == ["done"]
    assert state(db)[0] == "acknowledged"


def test_what_is_reopened_there_is_reopened_here_and_told(client: FlaskClient, db: Database, incident: str) -> None:
    with db.raw() as connection, connection.cursor() as cursor:
        cursor.execute("INSERT INTO channel_states (channel, kind) VALUES ('pagerduty', 'pagerduty')")
    assert statuses(client, at(happening("resolved"), -20), at(happening("reopened"), -10)) == ["done", "done"]
    assert escalation(db) == ("open", None, None, True)
    assert sent(db).count(("sms-security", "trigger")) == 2
    assert sent(db).count(("pagerduty", "trigger")) == 1, "a trigger there could open a second incident"
    assert statuses(client, at(happening("acknowledged"), -5), happening("resolved")) == ["done", "done"]
    assert state(db)[0] == "resolved"
    assert sent(db).count(("pagerduty", "resolve")) == 2
    with db.raw() as connection, connection.cursor() as cursor:
        cursor.execute("SELECT action FROM audit_log ORDER BY seq")
        assert ("incident.reopen",) in cursor.fetchall()


def test_reopening_beside_another_open_incident_of_the_series_changes_nothing(
    client: FlaskClient, db: Database, incident: str
) -> None:
    assert statuses(client, at(happening("resolved"), -20)) == ["done"]
    with db.transaction() as connection:
        old = incidents.get(connection, ID)
        opening = Opening("other", old.rule, old.series, old.kind, "high", "t", "s", clock.now(), clock.now())
        assert incidents.open_incident(connection, opening)
        assert not incidents.open_incident(connection, opening._replace(id="third")), "and none is opened beside it"
    assert statuses(client, at(happening("reopened"), -10)) == ["known"]
    assert state(db)[0] == "resolved"


@pytest.mark.parametrize(
    ("arrivals", "end"),
    [
        ((("unacknowledged", 2), ("acknowledged", 1)), "open"),
        ((("resolved", 2), ("acknowledged", 1)), "resolved"),
        ((("acknowledged", 1), ("acknowledged", 3), ("unacknowledged", 2)), "acknowledged"),
        ((("resolved", 1), ("reopened", 3), ("resolved", 2)), "open"),
        ((("resolved", 1), ("resolved", 4), ("reopened", 2)), "resolved"),
        ((("acknowledged", 1), ("acknowledged", 1), ("unacknowledged", 1)), "open"),
    ],
)
def test_what_comes_in_another_order_ends_as_it_did_there(
    client: FlaskClient, db: Database, incident: str, arrivals: tuple[tuple[str, int], ...], end: str
) -> None:
    statuses(client, *(at(happening(action), -100 + second) for action, second in arrivals))
    assert state(db)[0] == end


def test_what_was_done_here_since_is_not_taken_back(client: FlaskClient, db: Database, incident: str) -> None:
    audit = Audit("k" * 40)
    with db.transaction() as connection:
        incidents.acknowledge(connection, audit, ID, "olga", clock.now())
    assert statuses(client, at(happening("unacknowledged"), -300)) == ["ignored"]
    assert state(db)[0] == "acknowledged"
    with db.transaction() as connection:
        incidents.resolve(connection, audit, ID, "olga", clock.now())
    assert statuses(client, at(happening("reopened"), -200)) == ["ignored"]
    assert state(db)[0] == "resolved"


def test_the_newest_assignment_counts(client: FlaskClient, db: Database, incident: str) -> None:
    def to(name: str, second: int) -> dict[str, Any]:
        event = at(happening("reassigned"), -100 + second)
        return {**event, "data": {**event["data"], "assignees": [{"id": "P1", "summary": name}]}}

    assert statuses(client, to("Ann", 1), to("Cyd", 3), to("Bob", 2)) == ["done", "done", "ignored"]
    assert state(db)[1] == "Cyd"


def test_only_a_person_resolves_there(client: FlaskClient, db: Database, incident: str) -> None:
    for kind in ("service_reference", "inbound_integration_reference"):
        agent = {"id": "PSVC", "type": kind, "summary": "Payments"}
        assert statuses(client, {**happening("resolved"), "agent": agent}) == ["ignored"]
    assert state(db)[0] == "open"
    assert [line for line in state(db)[2] if line[0] == "comment"] == [("comment", "pagerduty:Payments")] * 2


@pytest.mark.parametrize("name", sorted(NOTES))
def test_what_is_worth_a_line_is_on_the_timeline(client: FlaskClient, db: Database, incident: str, name: str) -> None:
    event = happening(name.removeprefix("incident."))
    event["data"]["priority"] = {"id": "PRI", "summary": "P1"}
    assert statuses(client, event) == ["done"]
    assert ("comment", "pagerduty:Jane Doe") in state(db)[2]
    assert state(db)[0] == "open"


@pytest.mark.parametrize("name", [*IGNORED, "incident.yet_to_be_invented", "service.updated"])
def test_the_rest_is_left_alone(client: FlaskClient, db: Database, incident: str, name: str) -> None:
    before = state(db)
    assert statuses(client, {**happening("x"), "event_type": name}) == ["ignored"]
    assert state(db) == before


@pytest.mark.parametrize("change", [
    {"agent": None}, {"agent": {"id": None, "type": None, "summary": None}}, {"agent": {}},
])  # fmt: skip
def test_missing_names_are_survived(client: FlaskClient, db: Database, incident: str, change: dict[str, Any]) -> None:
    event = happening("acknowledged")
    event["data"]["assignees"] = None
    event["data"]["priority"] = None
    assert statuses(client, {**event, **change}) == ["done"]
    assert state(db)[0] == "acknowledged"
