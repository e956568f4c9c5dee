"""Incidents for machines: filters, one with all that belongs to it, and what is refused."""

import time

import pytest
from flask.testing import FlaskClient

from core.db.engine import Database
from tests.alerting import event, fire
from tests.integration.api.making import get


def test_incidents_come_newest_first_and_can_be_narrowed(client: FlaskClient, db: Database) -> None:
    now = time.time()
    fire(db, "A1", "i1", now - 900, severity="high", resolved=now - 600, correlation_id="c-9")
    fire(db, "A2", "i2", now - 300)
    assert [row["id"] for row in get(client, "/api/v1/incidents")] == ["i2", "i1"]
    assert [row["id"] for row in get(client, "/api/v1/incidents?status=resolved")] == ["i1"]
    assert [row["id"] for row in get(client, "/api/v1/incidents?severity=medium")] == ["i2"]
    assert [row["id"] for row in get(client, "/api/v1/incidents?rule=A1")] == ["i1"]
    assert [row["id"] for row in get(client, "/api/v1/incidents?correlation_id=c-9")] == ["i1"]
    assert [row["id"] for row in get(client, f"/api/v1/incidents?from={now - 400}")] == ["i2"]
    assert [row["id"] for row in get(client, f"/api/v1/incidents?to={now - 400}")] == ["i1"]
    assert [row["id"] for row in get(client, "/api/v1/incidents?limit=1")] == ["i2"]


def test_one_incident_comes_with_its_timeline(client: FlaskClient, db: Database) -> None:
    fire(db, "A1", "i1", time.time() - 60, value=4.2, limit=3.0)
    with db.transaction() as connection:
        event(connection, "i1", time.time(), "comment", "ann", "looking")
    found = get(client, "/api/v1/incidents/i1")
    assert found["incident"]["limit_value"] == 3.0
    assert found["incident"]["opened_at"].endswith("Z")
    assert [row["kind"] for row in found["events"]] == ["fired", "comment"]
    assert found["deliveries"] == found["actions"] == []


@pytest.mark.parametrize("query", ["status=fatal", "from=yesterday", "limit=0", "unknown=1"])
def test_a_bad_argument_is_named(client: FlaskClient, query: str) -> None:
    answer = client.get(f"/api/v1/incidents?{query}")
    assert answer.status_code == 400
    assert query.split("=")[0] in answer.json["field"] + answer.json["detail"]


def test_an_unknown_incident_is_404(client: FlaskClient) -> None:
    assert client.get("/api/v1/incidents/none").status_code == 404
    assert client.get("/api/v1/incidents/%00").status_code == 400
