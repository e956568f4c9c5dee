"""Every stored security event leaves as a valid ECS 8 document, whatever it came as, and as OCSF by its class."""

import json
from datetime import datetime
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core import codec
from core.clock import to_datetime
from core.events import ecs
from core.security import ecs_export, ocsf

TYPES: dict[str, str] = json.loads((Path(__file__).parent / "ecs_fields.json").read_text())
EXPECTED_TYPES = {
    "authentication": {"start", "end", "info"},
    "configuration": {"access", "change", "creation", "deletion", "info"},
    "iam": {"admin", "change", "creation", "deletion", "group", "info", "user"},
    "intrusion_detection": {"allowed", "denied", "info"},
    "network": {"access", "allowed", "connection", "denied", "end", "info", "protocol", "start"},
    "session": {"start", "end", "info"},
    "web": {"access", "error", "info"},
}
KINDS = {"alert", "asset", "enrichment", "event", "metric", "state", "pipeline_error", "signal"}


def row(**changes: Any) -> dict[str, Any]:
    return {
        "timestamp": to_datetime(1_700_000_000.5),
        "severity": "high",
        "id": "e1",
        "text": "Failed login",
        "category": "authentication",
        "action": "login",
        "outcome": "failure",
        "actor": "anna",
        "ip": "203.0.113.7",
        "correlation_id": "c1",
        "source": "console",
        "document": None,
        **changes,
    }


def check(document: dict[str, Any]) -> None:
    """Raises AssertionError naming what ECS does not know or would refuse."""
    flat = ecs_export.flat(document)
    assert {"@timestamp", "ecs.version", "event.kind", "event.category", "event.type", "event.outcome"} <= flat.keys()
    for name, value in flat.items():
        kind = TYPES["labels.*"] if name.startswith("labels.") else TYPES.get(name)
        assert kind, f"ECS has no {name}"
        values = value if kind.endswith("[]") else [value]
        assert isinstance(values, list)
        for one in values:
            assert suits(one, kind.removesuffix("[]")), (name, one)
    assert flat["event.kind"] in KINDS
    assert flat["event.outcome"] in ("success", "failure", "unknown")
    for category in flat["event.category"]:
        assert category in ecs_export.CATEGORIES
        assert set(flat["event.type"]) <= EXPECTED_TYPES.get(category, {"info"}), category


def suits(value: Any, kind: str) -> bool:
    if kind == "long":
        return isinstance(value, int) and not isinstance(value, bool)
    if kind == "ip":
        ip_address(value)
    if kind == "date":
        datetime.fromisoformat(value)
    return isinstance(value, str)


@pytest.mark.parametrize("category", [*sorted(ecs_export.CATEGORIES), "policy", "drift", "rate-limit", "anything else"])
@pytest.mark.parametrize("outcome", ["success", "failure", "unknown"])
def test_every_category_and_outcome_is_valid(category: str, outcome: str) -> None:
    check(ecs_export.document(row(category=category, outcome=outcome)))
    check(ecs_export.document(row(category=category, outcome=outcome, action="ip-blocked", actor=None, ip=None)))


def test_what_it_says() -> None:
    found = ecs_export.document(row())
    assert found["@timestamp"] == "2023-11-14T22:13:20.500Z"
    assert found["event"]["severity"] == 73
    assert (found["user"]["name"], found["source"]["ip"], found["trace"]["id"]) == ("anna", "203.0.113.7", "c1")
    assert found["ecs"]["version"].startswith("8.")


def test_our_own_documents_come_back_as_they_went() -> None:
    taken = ecs.to_security(ecs_export.document(row()))
    names = ("id", "severity", "text", "category", "action", "outcome", "actor", "ip", "correlation_id", "source")
    assert {name: taken[name] for name in names} == {name: row()[name] for name in names}


def test_a_shippers_document_keeps_what_is_valid_and_all_of_it_as_original() -> None:
    shipped = {"host": {"name": "web-1"}, "process.pid": "not a number", "client": {"ip": "x"}, "odd": {"thing": [1]}}
    found = ecs_export.document(row(document=shipped))
    check(found)
    assert found["host"] == {"name": "web-1"}
    assert "process" not in found
    assert "odd" not in found
    assert codec.decode(found["event"]["original"]) == shipped


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**60), 2**60) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
NAMES = st.sampled_from(
    ["event", "source", "host", "user", "labels", "@timestamp", "ecs", "event.category", "source.ip"]
)


@given(st.dictionaries(NAMES, JSON, max_size=5))
def test_no_document_makes_an_invalid_one(shipped: dict[str, Any]) -> None:
    check(ecs_export.document(row(document=shipped)))


@pytest.mark.parametrize(
    ("changes", "class_uid", "type_uid"),
    [
        ({}, 3002, 300201),
        ({"action": "logout"}, 3002, 300202),
        ({"action": "mfa"}, 3002, 300299),
        ({"category": "network", "actor": None}, 2004, 200401),
        ({"category": "drift", "ip": None, "actor": None, "action": None, "correlation_id": None}, 2004, 200401),
    ],
)
def test_ocsf_classes_have_what_they_require(changes: dict[str, Any], class_uid: int, type_uid: int) -> None:
    found = ocsf.document(row(**changes))
    assert (found["class_uid"], found["type_uid"], found["time"]) == (class_uid, type_uid, 1_700_000_000_500)
    required = {"activity_id", "category_uid", "class_uid", "metadata", "severity_id", "time", "type_uid"}
    required |= {"user"} if class_uid == 3002 else {"finding_info"}
    assert required <= found.keys()
    assert {"version", "product"} <= found["metadata"].keys()
    if class_uid == 2004:
        assert {"uid", "title"} <= found["finding_info"].keys()
