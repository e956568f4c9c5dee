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
        {"cards": [card]}, {"services": services}, {"warning": None}, drift, [{"id": "service-redis", "since": 7}], 9
    )
    assert [(row["id"], row["severity"], row["since"]) for row in found] == [
        ("service-redis", "critical", 7),
        ("kpi-fraud_rate", "high", 9),
        ("model-drift", "medium", 9),
    ]
    assert found[0]["detail"] == "refused. look"


def test_nothing_known_is_no_trouble() -> None:
    assert trouble.judged(None, None, None, None, None, 0) == []


def test_trouble_follows_the_stores(client: FlaskClient, store: Store) -> None:
    now = time.time()
    store([prediction(n, now - 5, 0.9, "BLOCKED") for n in range(10)], now)
    assert get(client, "/api/monitoring/trouble")[0]["id"] == "kpi-fraud_rate"
