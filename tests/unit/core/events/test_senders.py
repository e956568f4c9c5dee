"""What a sender says of itself never passes for ours."""

import json

import pytest

from core.events import senders
from core.events import types as events
from core.events.types import Heartbeat, Request, Security
from core.policy import Policy
from core.security import ecs_export

NOW = 1_790_000_000.0
SHAPES = ("{}", "{} ", " {}", "\u200b{}", "{}\u00ad")


def parsed(**fields: object) -> events.Event:
    good, bad = events.parse(json.dumps(fields).encode(), NOW, Policy(1, "n", 0.6, 0.4, 0.7), sender="token:ab")
    assert not bad
    return good[0]


def spelt(name: str) -> list[str]:
    full = "".join(chr(ord(char) + 0xFEE0) if "!" <= char <= "~" else char for char in name)
    return [
        name,
        name.upper(),
        name.title(),
        name.replace("-", ""),
        name.replace("-", "_"),
        full,
        *(s.format(name) for s in SHAPES),
    ]


@pytest.mark.parametrize("name", senders.NAMES)
def test_no_spelling_of_our_names_is_a_senders(name: str) -> None:
    for word in spelt(name):
        found = parsed(kind="security", severity="low", text="x", source=word)
        assert isinstance(found, Security)
        assert found.source.startswith("reported:"), word
        found = parsed(kind="request", ip="10.0.0.1", method="GET", path="/", status=200, duration_ms=1, service=word)
        assert isinstance(found, Request)
        assert found.service.startswith("reported:"), word


def test_the_senders_own_names_stay() -> None:
    name = "shop-backend"
    found = parsed(kind="security", severity="low", text="x", source=name)
    assert isinstance(found, Security)
    assert (found.source, found.sender) == (name, "token:ab")
    assert parsed(kind="security", severity="low", text="x").source == "platform"


@pytest.mark.parametrize("claimed", ["", "internal", "token:other"])
def test_the_sender_is_the_entrances_to_say(claimed: str) -> None:
    found = parsed(kind="security", severity="low", text="x", sender=claimed)
    assert found.sender == "token:ab"


def test_an_id_that_we_would_give_is_told_apart() -> None:
    found = parsed(kind="security", severity="low", text="x", id="own:A1-1/opened")
    assert found.id == "reported:own:A1-1/opened"


def test_an_ecs_document_names_no_process_of_ours() -> None:
    found = parsed(
        **{
            "@timestamp": "2026-09-21T00:00:00Z", "message": "x", "event.dataset": "gatehouse",
            "event": {"id": "own:1", "provider": "Gatehouse", "module": "console"},
            "observer": {"vendor": "Gatehouse", "product": "Gatehouse", "name": "alerts"},
            "agent.name": "rate-limit",
        }
    )  # fmt: skip
    assert isinstance(found, Security)
    assert (found.source, found.id) == ("reported:gatehouse", "reported:own:1")
    row = {
        "timestamp": __import__("datetime").datetime.fromtimestamp(NOW, __import__("datetime").UTC), "id": found.id,
        "severity": "low", "text": "x", "category": "host", "action": None, "outcome": "unknown", "actor": None,
        "ip": None, "correlation_id": None, "source": found.source, "document": found.document,
        "reported_by": found.sender,
    }  # fmt: skip
    flat = ecs_export.flat(ecs_export.document(row))
    assert flat["labels.reported_by"] == "token:ab"
    ours = {
        name: value
        for name, value in flat.items()
        if name not in ("event.original", "observer.vendor", "observer.product")
    }
    assert not [
        name
        for name, value in ours.items()
        if isinstance(value, str) and senders.is_reserved(value) and not value.startswith("reported:")
    ]


def test_a_heartbeat_is_never_of_tomorrow() -> None:
    found = parsed(kind="heartbeat", service="siem-collector", timestamp=NOW + 200)
    assert isinstance(found, Heartbeat)
    assert found.timestamp == NOW


def test_an_actor_that_a_sender_names_is_told_from_the_person() -> None:
    assert senders.said_by("anna", "token:ab") == "anna (by token:ab)"
    assert senders.said_by("anna", senders.OWN) == "anna"
    assert senders.said_by(None, "token:ab") == "token:ab"
    assert senders.said_by("token:ab", "token:ab") == "token:ab"
