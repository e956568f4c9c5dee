"""Deploys are announced and read, and a token that is bound to services reports for those only."""

import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from flask.testing import FlaskClient

from collector.deploys import DeployWatch
from core.audit.chain import Audit
from core.db.engine import Database
from core.identity import tokens
from core.performance_config import DeploysConfig
from core.settings import Settings
from core.web.app import App
from tests import deploy_world as world
from tests.integration.api.making import get

PATH = "/api/v1/deploys"
AUDIT = Audit("k" * 40)


@pytest.fixture
def at() -> float:
    """When the deploy is: a minute's begin, some time ago."""
    return (time.time() - 1800) // 60 * 60


def announced(client: FlaskClient, status: int = 201, **body: Any) -> Any:
    answer = client.post(PATH, json={"service": "shop", "version": "v2", **body})
    assert answer.status_code == status, answer.json
    return answer.json


def test_a_deploy_is_announced_once_and_completed(client: FlaskClient, at: float) -> None:
    first = announced(client, time=at, revision="4f1c")
    again = announced(client, 200, link="https://ci.example/builds/7")
    assert (first["new"], again["new"], again["id"]) == (True, False, first["id"])
    (row,) = get(client, PATH)["rows"]
    assert row["at"] == at
    assert [row[name] for name in ("service", "version", "revision", "link", "source", "endpoints")] == [
        "shop", "v2", "4f1c", "https://ci.example/builds/7", "reported", 0,
    ]  # fmt: skip
    assert announced(client, version="v1")["id"] != first["id"]
    assert announced(client)["new"], "a roll-back"
    assert [row["before"] for row in get(client, PATH)["rows"]] == ["v1", "v2", ""]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"version": ""}, "$.version"),
        ({"service": "a\nb"}, "$.service"),
        ({"time": "yesterday"}, "$.time"),
        ({"time": "2999-01-01T00:00:00Z"}, "$.time"),
        ({"link": "javascript:alert(1)"}, "$.link"),
        ({"who": "me"}, "$.who"),
        ({"revision": "x" * 101}, "$.revision"),
    ],
)
def test_what_is_no_deploy_is_refused_by_its_field(client: FlaskClient, body: dict[str, Any], field: str) -> None:
    found = announced(client, 400, **body)
    assert field.removeprefix("$.") in str(found)


def test_a_sender_never_deploys_a_process_of_ours(client: FlaskClient) -> None:
    assert announced(client, service="scoring")["service"] == "reported:scoring"


def test_a_deploy_has_what_it_did_to_each_endpoint(client: FlaskClient, db: Database, at: float) -> None:
    world.store(db, at, before=60, after=9)
    DeployWatch(db, DeploysConfig()).step(at + 600)
    rows = get(client, f"{PATH}?service=shop&route=/cart&method=GET")["rows"]
    assert [row["version"] for row in rows] == ["v2", "v1"]
    assert rows[0]["endpoint"]["durations"] == "slower"
    found = get(client, f"{PATH}/{rows[0]['id']}")
    assert found["deploy"]["slower"] == 1
    assert [(one["route"], one["durations"]) for one in found["endpoints"]][:1] == [("/cart", "slower")]
    assert len(found["endpoints"]) == 3
    assert get(client, f"{PATH}?service=other")["rows"] == []
    assert get(client, f"{PATH}?from={at + 1}")["rows"] == []
    for number in (0, 10**30):
        assert client.get(f"{PATH}/{number}").status_code == 404


@pytest.fixture
def bound(known: Settings, make_app: Callable[[Settings], App], db: Database) -> FlaskClient:
    """A caller whose token reports for the service `shop` only."""
    app = make_app(replace(known, auth=True))
    _, secret = tokens.create(db, AUDIT, "shop", ["ingest", "read"], "ann", services=["shop", "checkout"])
    client = app.test_client()
    client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {secret}"
    return client


def event(service: str, number: int = 0) -> dict[str, Any]:
    return {
        "kind": "endpoint", "id": f"{service}/{number}", "service": service, "route": "/a", "method": "GET",
        "status": 200, "hits": 1, "seconds_sum": 0.01, "seconds_min": 0.01, "seconds_max": 0.01, "buckets": {"-232": 1},
    }  # fmt: skip


def test_a_bound_token_reports_for_its_services_only(bound: FlaskClient) -> None:
    answer = bound.post("/api/v1/events", json=[event("shop"), event("billing"), event("checkout")])
    assert answer.status_code == 202
    (refused,) = answer.json["rejected"]
    assert (refused["index"], refused["field"]) == (1, "$.service")
    assert "billing" in refused["reason"]
    assert "'checkout', 'shop'" in refused["reason"]
    assert bound.post("/api/v1/events", json=event("billing")).status_code == 400
    assert bound.post("/api/v1/events", json={"kind": "heartbeat", "service": "billing"}).status_code == 202
    assert bound.post(PATH, json={"service": "billing", "version": "1"}).status_code == 403
    assert bound.post(PATH, json={"service": "shop", "version": "1"}).status_code == 201


def test_spans_of_other_services_are_a_partial_success(bound: FlaskClient) -> None:
    now = time.time_ns()
    spans = [{"kind": 2, "startTimeUnixNano": str(now - 10**7), "endTimeUnixNano": str(now),
              "attributes": [{"key": "http.request.method", "value": {"stringValue": "GET"}}]}]  # fmt: skip
    body = {
        "resourceSpans": [
            {"resource": {"attributes": [{"key": "service.name", "value": {"stringValue": name}}]},
             "scopeSpans": [{"spans": spans}]}
            for name in ("shop", "billing")
        ]
    }  # fmt: skip
    answer = bound.post("/v1/traces", json=body)
    assert answer.status_code == 200
    assert answer.json["partialSuccess"]["rejectedSpans"] == "1"
    assert "'billing'" in answer.json["partialSuccess"]["errorMessage"]
    counted = bound.get("/metrics").get_data(as_text=True)
    assert 'gatehouse_reports_of_other_services_total{entrance="span"} 1' in counted
