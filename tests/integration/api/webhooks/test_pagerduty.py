"""What people do in PagerDuty happens here: signed, once, in order or not at all."""

import json
from typing import Any

import pytest
from flask.testing import FlaskClient

from core import clock
from core.store import incidents
from core.store.db import Database
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
