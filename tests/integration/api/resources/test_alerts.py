"""The part `alerts`: rules with their state, open incidents, silences, spans and policy changes of the range."""

import time
from datetime import timedelta

from flask.testing import FlaskClient
from sqlalchemy import text

from core.alerting import silence_store
from core.audit.chain import Audit
from core.clock import to_datetime
from core.db.engine import Database
from core.settings import Settings
from core.transactions import policies
from tests.alerting import fire, rule
from tests.integration.api.making import get

AUDIT = Audit("k" * 40)


def test_rules_incidents_and_spans_are_told(client: FlaskClient, db: Database) -> None:
    now = time.time()
    rule(
        db, "A1", "Fraud rate above 3 %", "high", {"kind": "window", "parameters": {"metric": "fraud_rate", "above": 3}}
    )
    rule(db, "A3", "Drift", "medium", {"kind": "drift", "unit": "nats", "parameters": {"above": 0.15}})
    fire(db, "A1", "i1", now - 600, severity="high", value=4.2, limit=3.0)
    fire(db, "A3", "i2", now - 500, series="amount", resolved=now - 100)
    found = get(client, "/api/monitoring/alerts")
    assert found["judged"]
    assert [(row["rule"], row["phase"], row["incident"]) for row in found["rules"]] == [
        ("A1", "firing", "i1"),
        ("A3", "inactive", None),
    ]
    assert found["rules"][0]["limits"] == [[">", 3.0]]
    assert [row["id"] for row in found["incidents"]] == ["i1"]
    spans = {row["incident"]: row for row in found["spans"]}
    assert spans["i1"]["metric"] == "fraud_rate"
    assert spans["i1"]["to"] is None
    assert spans["i2"]["metric"] == "drift"
    assert spans["i2"]["to"] - spans["i2"]["from"] == 400_000
    trouble = get(client, "/api/monitoring/trouble")
    assert [row["incident"] for row in trouble] == ["i1"]


def test_a_span_outside_the_range_is_left_out(client: FlaskClient, db: Database) -> None:
    now = time.time()
    fire(db, "A1", "old", now - 7200, resolved=now - 5400)
    assert get(client, "/api/monitoring/alerts?range=1h")["spans"] == []
    assert [row["incident"] for row in get(client, "/api/monitoring/alerts?range=6h")["spans"]] == ["old"]


def test_a_silence_in_force_is_named_at_what_it_mutes(client: FlaskClient, db: Database) -> None:
    now = time.time()
    rule(db, "A1", "Fraud rate above 3 %", "high", {})
    fire(db, "A1", "i1", now - 60)
    at = to_datetime(now)
    with db.transaction() as connection:
        silence_store.create(
            connection, AUDIT, "ann", owner="ann", reason="drill", starts_at=at, ends_at=at + timedelta(hours=1),
            now=now, rule="A*", pattern=True,
        )  # fmt: skip
    found = get(client, "/api/monitoring/alerts")
    assert found["rules"][0]["silenced"]
    assert found["incidents"][0]["silenced_by"] == "ann"
    assert found["silences"][0]["reason"] == "drill"


def test_rules_that_nobody_judges_any_more_say_so(client: FlaskClient, db: Database) -> None:
    rule(db, "A1", "Fraud rate above 3 %", "high", {})
    fire(db, "A1", "i1", time.time() - 600)
    with db.transaction() as connection:
        connection.execute(text("UPDATE alert_states SET evaluated_at = evaluated_at - interval '2 minutes'"))
    found = get(client, "/api/monitoring/alerts")
    assert not found["judged"]
    assert found["judged_at"] < 1000 * (time.time() - 100)
    assert "alerts-unjudged" in [row["id"] for row in get(client, "/api/monitoring/trouble")]


def test_a_change_of_the_policy_is_marked(client: FlaskClient, db: Database, known: Settings) -> None:
    for profile in ("normal", "strict"):
        with db.transaction() as connection:
            policies.put(connection, AUDIT, known.config.policy, profile, "ann")
    found = get(client, "/api/monitoring/alerts")["policies"]
    assert [(row["profile"], row["version"]) for row in found] == [("strict", 2)]
