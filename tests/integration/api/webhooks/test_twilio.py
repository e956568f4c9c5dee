"""A phone's receipt: signed, monotonous, and a lost message goes to the stand-in."""

from typing import Any
from urllib.parse import urlencode

import pytest
from flask.testing import FlaskClient

from core import clock
from core.alerting import channel_states, deliveries
from core.alerting.channel_states import Published
from core.alerting.deliveries import Pace
from core.db.engine import Database
from simulator.receivers.twilio import signature
from tests.integration.api.webhooks.conftest import PUBLIC, TWILIO_TOKEN

PATH = "/api/v1/webhooks/twilio"
SID = "SM" + "0" * 32


def post(client: FlaskClient, status: str, header: str | None = None, **more: str) -> Any:
    form = {"MessageSid": SID, "MessageStatus": status, "To": "+15005550009", **more}
    signed = signature(PUBLIC + PATH, form, TWILIO_TOKEN) if header is None else header
    headers = {"X-Twilio-Signature": signed}
    return client.post(PATH, data=urlencode(form), headers=headers, content_type="application/x-www-form-urlencoded")


@pytest.fixture
def texted(db: Database, incident: str) -> str:
    """The message to the phone was taken by Twilio."""
    now = clock.now()
    with db.transaction() as connection:
        known = [("sms-security", "pagerduty"), ("pagerduty", "sms-security"), ("log", "")]
        channel_states.publish(connection, [Published(name, "x", "", other, 9.0) for name, other in known], now)
    message = deliveries.claim(db, "sms-security", "w", Pace(60, 9), now, 60.0)
    assert message is not None
    with db.transaction() as connection:
        deliveries.sent(connection, message, {"id": SID, "status": "queued", "detail": "1 segment(s)"}, now)
    return incident


def rows(db: Database) -> list[Any]:
    with db.raw() as connection, connection.cursor() as cursor:
        cursor.execute("SELECT channel, state, receipt ->> 'status', fallback_of IS NOT NULL FROM outbox ORDER BY id")
        return list(cursor.fetchall())


def test_delivered(client: FlaskClient, db: Database, texted: str) -> None:
    assert [post(client, one).json["status"] for one in ("sent", "delivered")] == ["noted", "noted"]
    assert ("sms-security", "sent", "delivered", False) in rows(db)
    with db.raw() as connection, connection.cursor() as cursor:
        cursor.execute("SELECT text FROM incident_events WHERE kind = 'delivery'")
        assert cursor.fetchall() == [("sms-security: the trigger message was delivered",)]


def test_late_and_repeated_reports_change_nothing(client: FlaskClient, db: Database, texted: str) -> None:
    said = [post(client, one).json["status"] for one in ("delivered", "sent", "delivered", "queued")]
    assert said == ["noted", "known", "known", "known"]
    assert ("sms-security", "sent", "delivered", False) in rows(db)


def test_a_message_that_was_lost_on_the_way_goes_to_the_stand_in_once(
    client: FlaskClient, db: Database, texted: str
) -> None:
    said = [post(client, "undelivered", ErrorCode="30003").json["status"] for _ in range(2)]
    assert said == ["lost", "known"]
    assert [row for row in rows(db) if row[3]] == [("pagerduty", "pending", None, True)]


def test_a_message_that_is_not_ours(client: FlaskClient) -> None:
    assert post(client, "delivered").json["status"] == "unknown"


@pytest.mark.parametrize("header", ["", "AAAA", "é"])
def test_without_its_signature_nothing_happens(client: FlaskClient, db: Database, texted: str, header: str) -> None:
    answer = post(client, "delivered", header)
    assert (answer.status_code, answer.json["field"]) == (401, "X-Twilio-Signature")
    assert ("sms-security", "sent", "queued", False) in rows(db)


def test_bad_input_is_named(client: FlaskClient) -> None:
    answer = post(client, "a\nb")
    assert (answer.status_code, answer.json["field"]) == (400, "$.MessageStatus")
    answer = client.post(PATH, json={})
    assert answer.status_code == 415


def test_the_signature_is_twilios() -> None:
    # The example of Twilio's own documentation of request validation.
    from api.webhooks import twilio

    url = "https://example.com/myapp.php?foo=1&bar=2"
    form = {
        "CallSid": "CA1234567890ABCDE",
        "Caller": "+14158675310",
        "Digits": "1234",
        "From": "+14158675310",
        "To": "+18005551212",
    }
    assert twilio.signature(url, list(form.items()), "12345") == b"L/OH5YylLD5NRKLltdqwSvS0BnU="
