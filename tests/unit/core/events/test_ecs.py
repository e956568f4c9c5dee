"""ECS documents as real shippers send them: cut and cleaned, and every change is said."""

import json
from typing import Any

import pytest

from core.events import types as events
from core.policy import Policy

NOW = 1_795_900_000.0
BASE: dict[str, Any] = {
    "@timestamp": "2026-11-28T17:40:00.000Z",
    "event": {"id": "e1", "category": ["authentication"], "outcome": "failure", "action": "logon-failed"},
    "message": "A logon failed.",
}


def take(**more: Any) -> tuple[events.Security, list[tuple[str, str]]]:
    changed: list[events.Rejection] = []
    body = json.dumps(BASE | more).encode()
    [event], bad = events.parse(body, NOW, Policy(1, "normal", 0.6, 0.4, 0.7), sender="token:t", changed=changed)
    assert not bad
    assert isinstance(event, events.Security)
    return event, [(one.field, one.reason) for one in changed]


def test_a_document_that_fits_is_not_changed() -> None:
    event, changed = take(source={"ip": "203.0.113.7"}, user={"name": "bob"})
    assert (event.ip, event.actor, event.outcome, event.category) == ("203.0.113.7", "bob", "failure", "authentication")
    assert changed == []


def test_a_long_message_is_cut_and_the_document_keeps_it() -> None:
    event, changed = take(message="x" * 5003)
    assert (len(event.text), event.text[-1]) == (2000, "…")
    assert event.document is not None
    assert len(event.document["message"]) == 5003
    assert changed == [("$.message", "truncated from 5,003 to 2,000 characters")]


def test_line_ends_of_windows_and_control_characters() -> None:
    event, changed = take(message="A logon failed.\r\n\r\nSubject:\r\n\tName:\t\x07-\r\n", user={"name": "b\tob"})
    assert event.text == "A logon failed.\n\nSubject:\n\tName:\t?-"
    assert event.actor == "b?ob"
    assert [field for field, _ in changed] == ["$.message", "$.user.name"]


@pytest.mark.parametrize(
    ("given", "ip", "changed"),
    [
        (["203.0.113.7"], "203.0.113.7", 0),
        (["203.0.113.7", "10.0.0.1"], "203.0.113.7", 1),
        (["-", "203.0.113.7"], "203.0.113.7", 0),
        ("-", None, 0),
        ("", None, 0),
        ([], None, 0),
        ("203.0.113.7:4022", "203.0.113.7", 0),
        ("[2001:db8::1]:4022", "2001:db8::1", 0),
        ("fe80::1%eth0", "fe80::1", 0),
        ("::ffff:203.0.113.7", "203.0.113.7", 0),
        ("LOCAL", None, 1),
        ({"odd": 1}, None, 0),
    ],
)
def test_addresses(given: Any, ip: str | None, changed: int) -> None:
    event, said = take(source={"ip": given})
    assert (event.ip, len(said)) == (ip, changed)


def test_an_address_of_another_field_is_found() -> None:
    assert take(source={"ip": "-"}, client={"ip": "203.0.113.9"})[0].ip == "203.0.113.9"
    assert take(**{"source.address": "203.0.113.9"})[0].ip == "203.0.113.9"
    assert take(**{"source.address": "h.example.org"})[0].ip is None


def test_lists_numbers_and_nothing_where_a_word_is_usual() -> None:
    event = {"id": 77, "category": [], "outcome": ["Success"], "action": ["a", "b"]}
    found, _ = take(event=event, user={"name": ["kim", "x"]}, log={"level": ["Error"]})
    assert (found.id, found.category, found.outcome, found.action) == ("77", "host", "success", "a")
    assert (found.actor, found.severity) == ("kim", "high")
    assert take(event={"outcome": "nonsense"}, user={"name": "-"})[0].outcome == "unknown"
    assert take(user={"name": "-", "id": "S-1-5"})[0].actor == "S-1-5"


@pytest.mark.parametrize("when", [1795887600000, "1795887600000", ["2026-11-28T17:40:00.000000000Z"]])
def test_times_in_milliseconds_and_with_nanoseconds(when: Any) -> None:
    assert take(**{"@timestamp": when})[0].timestamp == 1795887600.0


@pytest.mark.parametrize(
    "more",
    [
        {"powershell": {"script_block_text": "x" * 90_000}},
        {"process": {"args": ["x"] * 5000}},
        {"process": {"args": [{"a": "y" * 3000} for _ in range(400)]}},
        {f"field{n}": n for n in range(5000)},
        {"message": "x" * 300_000},
    ],
)
def test_a_document_beyond_the_limits_is_shortened(more: dict[str, Any]) -> None:
    event, changed = take(**more, source={"ip": "203.0.113.7"})
    assert (event.id, event.ip) == ("e1", "203.0.113.7")
    assert event.document is not None
    assert len(json.dumps(event.document)) < 65_536
    assert any(field == "$" and "too large" in reason for field, reason in changed)
