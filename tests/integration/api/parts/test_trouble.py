"""The trouble part: what wants action, worst first, since when."""

import time

from flask.testing import FlaskClient

from api.parts import trouble
from tests.integration.api.making import Store, get, prediction


def test_trouble_is_sorted_and_keeps_since() -> None:
    card = {"key": "fraud_rate", "title": "Fraud rate", "value": 4.2, "unit": "%", "status": "alert", "reason": "above"}
    services = [
        {"name": "redis", "title": "Redis", "status": "DOWN", "detail": "refused", "suggestion": "look"},
        {"name": "rpc", "title": "RPC", "status": "UP", "detail": None, "suggestion": None},
    ]
    drift = {"status": "drifted", "threshold": 0.15, "features": [{"name": "amount", "kl": 0.31}]}
    found = trouble.judged(
        None,
        {"cards": [card]},
        {"services": services},
        {"warning": None},
        drift,
        [{"id": "service-redis", "since": 7}],
        9,
    )
    assert [(row["id"], row["severity"], row["since"]) for row in found] == [
        ("service-redis", "critical", 7),
        ("kpi-fraud_rate", "high", 9),
        ("model-drift", "medium", 9),
    ]
    assert found[0]["detail"] == "refused. look"


def test_nothing_known_is_no_trouble() -> None:
    assert trouble.judged(None, None, None, None, None, None, 0) == []


def test_trouble_follows_the_stores(client: FlaskClient, store: Store) -> None:
    now = time.time()
    store([prediction(n, now - 5, 0.9, "BLOCKED") for n in range(10)], now)
    found = [row["id"] for row in get(client, "/api/monitoring/trouble")]
    assert found == ["alerts-unjudged", "kpi-fraud_rate"]


def test_what_a_living_rule_watches_is_not_named_twice() -> None:
    card = {"key": "fraud_rate", "title": "Fraud rate", "value": 4.2, "unit": "%", "status": "alert", "reason": "above"}
    down = {"name": "redis", "title": "Redis", "status": "DOWN", "detail": "refused", "suggestion": None}
    slow = {"name": "rpc", "title": "RPC", "status": "SLOW", "detail": None, "suggestion": "switch provider"}
    open_now = {"id": "i1", "severity": "high", "title": "Fraud", "summary": "4.2 %", "began": 5, "status": "open"}
    in_hand = {**open_now, "id": "i2", "severity": "critical", "status": "acknowledged"}
    alerts = {
        "judged": True,
        "judged_at": None,
        "actions_off": None,
        "rules": [{"metric": "fraud_rate"}, {"metric": "service"}],
        "incidents": [
            {**open_now, "acknowledged_by": None, "silenced_by": None},
            {**in_hand, "acknowledged_by": "ann", "silenced_by": None},
        ],
    }
    health = {"services": [down, slow]}
    found = trouble.judged(alerts, {"cards": [card]}, health, None, None, None, 9)
    assert [row["id"] for row in found] == ["incident-i1", "service-rpc", "incident-i2"]
    assert (found[0]["incident"], found[0]["since"], found[2]["acknowledged_by"]) == ("i1", 5, "ann")
    alerts["judged"] = False
    found = trouble.judged(alerts, {"cards": [card]}, health, None, None, None, 9)
    assert [row["id"] for row in found][:3] == ["service-redis", "incident-i1", "alerts-unjudged"]


def test_the_kill_switch_is_said() -> None:
    off = {"actor": "ann", "reason": "drill", "since": 1}
    alerts = {"judged": True, "judged_at": None, "actions_off": off, "rules": [], "incidents": []}
    found = trouble.judged(alerts, None, None, None, None, None, 9)
    assert [(row["id"], row["detail"]) for row in found] == [("actions-off", "by ann: drill")]
