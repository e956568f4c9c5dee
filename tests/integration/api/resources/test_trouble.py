"""The trouble part: what wants action, worst first, since when."""

import time
from typing import Any

from flask.testing import FlaskClient
from msgspec.structs import replace

from api.resources import trouble
from core.monitoring.alerts import ActionsOff, AlertRule, Alerts, OpenIncident
from core.monitoring.drift import FeatureDivergence
from core.monitoring.health import Health, ServiceHealth
from core.monitoring.kpis import Kpis
from tests.browser.fake_api import World, problem
from tests.integration.api.making import Store, get, prediction

WORLD = World("calm")
AT = 1_800_000_000.0
CARD = replace(
    WORLD.resource("kpis", AT - 3600, AT).cards[1],
    key="fraud_rate", title="Fraud rate", value=4.2, unit="%", status="alert", reason="above",
)  # fmt: skip
KPIS: Kpis = replace(WORLD.resource("kpis", AT - 3600, AT), cards=[CARD])
ALERTS: Alerts = replace(WORLD.resource("alerts", AT - 3600, AT), rules=[])
RULE: AlertRule = WORLD.resource("alerts", AT - 3600, AT).rules[0]
INCIDENT: OpenIncident = World("busy").resource("alerts", AT - 3600, AT).incidents[0]


def service(name: str, title: str, status: Any, detail: str | None, suggestion: str | None) -> ServiceHealth:
    return ServiceHealth(
        name=name, title=title, status=status, latency_ms=None, baseline_ms=5.0, uptime_percent=None, checked_at=None,
        detail=detail, suggestion=suggestion,
    )  # fmt: skip


def test_trouble_is_sorted_and_keeps_since() -> None:
    services = [service("redis", "Redis", "DOWN", "refused", "look"), service("rpc", "RPC", "UP", None, None)]
    drift = replace(
        WORLD.resource("drift", AT - 3600, AT),
        features=[FeatureDivergence(name="amount", kl=0.31, status="drifted")],
        status="drifted",
    )
    model = replace(WORLD.resource("model", AT - 3600, AT), warning=None)
    before = [problem("service-redis", "critical", "Redis is DOWN", "", since=7, target="#health")]
    found = trouble.judged(None, KPIS, Health(services=services, host=None), model, drift, before, 9)
    assert [(row.id, row.severity, row.since) for row in found] == [
        ("service-redis", "critical", 7),
        ("kpi-fraud_rate", "high", 9),
        ("model-drift", "medium", 9),
    ]
    assert found[0].detail == "refused. look"


def test_nothing_known_is_no_trouble() -> None:
    assert trouble.judged(None, None, None, None, None, None, 0) == []


def test_trouble_follows_the_stores(client: FlaskClient, store: Store) -> None:
    now = time.time()
    store([prediction(n, now - 5, 0.9, "BLOCKED") for n in range(10)], now)
    found = [row["id"] for row in get(client, "/api/monitoring/trouble")]
    assert found == ["alerts-unjudged", "kpi-fraud_rate"]


def test_what_a_living_rule_watches_is_not_named_twice() -> None:
    services = [
        service("redis", "Redis", "DOWN", "refused", None), service("rpc", "RPC", "SLOW", None, "switch provider"),
    ]  # fmt: skip
    first = replace(INCIDENT, id="i1", severity="high", title="Fraud", summary="4.2 %", began=5, status="open")
    handled = replace(first, id="i2", severity="critical", status="acknowledged", acknowledged_by="ann")
    rules = [replace(RULE, metric="fraud_rate"), replace(RULE, metric="service")]
    alerts = replace(ALERTS, judged=True, rules=rules, incidents=[first, handled])
    health = Health(services=services, host=None)
    found = trouble.judged(alerts, KPIS, health, None, None, None, 9)
    assert [row.id for row in found] == ["incident-i1", "service-rpc", "incident-i2"]
    assert (found[0].incident, found[0].since, found[2].acknowledged_by) == ("i1", 5, "ann")
    found = trouble.judged(replace(alerts, judged=False), KPIS, health, None, None, None, 9)
    assert [row.id for row in found][:3] == ["service-redis", "incident-i1", "alerts-unjudged"]


def test_the_kill_switch_is_said() -> None:
    alerts = replace(ALERTS, judged=True, actions_off=ActionsOff(actor="ann", reason="drill", since=1))
    found = trouble.judged(alerts, None, None, None, None, None, 9)
    assert [(row.id, row.detail) for row in found] == [("actions-off", "by ann: drill")]
