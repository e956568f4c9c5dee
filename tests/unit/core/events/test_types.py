"""Bodies of the ingest endpoint: good items taken, each bad one named, defaults filled in."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import BadInput
from core.events import types as events
from core.events.types import Event, Rejection
from core.policy import Policy

POLICY = Policy(1, "normal", 0.60, 0.40, 0.70)
NOW = 1_790_000_000.0
SALE = {"kind": "transaction", "transaction_id": "t1", "type": "purchase", "amount": 5}


def parse(body: object, **more: object) -> tuple[list[Event], list[Rejection]]:
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    return events.parse(data, NOW, POLICY, **{"sender": "token:t", **more})  # type: ignore[arg-type]


def test_one_many_and_wrapped_bodies_are_the_same() -> None:
    assert parse(SALE) == parse([SALE]) == parse({"events": [SALE]})
    [event], _ = parse(SALE)
    assert (event.id, event.timestamp) == ("t1", NOW)


def test_good_items_are_taken_beside_bad_ones() -> None:
    good, bad = parse([SALE, {**SALE, "amount": -1}, {"kind": "?"}, 7, {**SALE, "ip": "1.2.3"}, {"kind": "heartbeat"}])
    assert len(good) == 1
    assert [(item.index, item.field) for item in bad] == [
        (1, "$.amount"),
        (2, "$.kind"),
        (3, "$"),
        (4, "$.ip"),
        (5, "$.service"),
    ]


@pytest.mark.parametrize(
    ("stamp", "seconds"),
    [
        ("2026-09-21T12:00:00Z", 1_789_992_000.0),
        ("2026-09-21T14:00:00+02:00", 1_789_992_000.0),
        ("2026-09-21T12:00:00", 1_789_992_000.0),
        (1_789_992_000, 1_789_992_000.0),
        (None, NOW),
    ],
)
def test_times(stamp: object, seconds: float) -> None:
    [event], _ = parse({**SALE, "timestamp": stamp})
    assert event.timestamp == seconds


@pytest.mark.parametrize("stamp", ["yesterday", 0, 1e13, "9999-01-01T00:00:00Z", 1_789_992_000_000, "2026-13-01", ""])
def test_odd_times_are_refused_by_name(stamp: object) -> None:
    good, [bad] = parse({**SALE, "timestamp": stamp})
    assert (good, bad.field) == ([], "$.timestamp")


@pytest.mark.parametrize("text", ["", "a\u0000b", "x" * 201, "new\nline"])
def test_text_that_postgresql_cannot_hold_is_refused(text: str) -> None:
    _, [bad] = parse({**SALE, "transaction_id": text})
    assert bad.field == "$.transaction_id"


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b"null", b"7", b'"x"', b"\xff", b'{"events":7}', b"[" * 100_000, b'{"events":[]}']
)
def test_a_body_that_is_none(body: bytes) -> None:
    with pytest.raises(BadInput):
        parse(body)


def test_too_many_events_are_refused_whole() -> None:
    with pytest.raises(BadInput, match="at most 3"):
        parse([SALE] * 4, most=3)


def test_keys_from_the_header_and_at_random() -> None:
    beat = {"kind": "heartbeat", "service": "x"}
    assert [e.id for e in parse([beat, beat], header_key="k")[0]] == ["k:0", "k:1"]
    assert len({e.id for e in parse([beat, beat])[0]}) == 2


def test_a_prediction_made_elsewhere_gets_decision_and_threshold() -> None:
    [event], _ = parse({"kind": "prediction", "transaction_id": "t", "score": 0.7})
    assert isinstance(event, events.Prediction)
    assert (event.decision, event.threshold) == ("BLOCKED", 0.6)
    [reported], _ = parse({"kind": "prediction", "transaction_id": "t", "score": 0.7, "decision": "APPROVED"})
    assert isinstance(reported, events.Prediction)
    assert reported.decision == "APPROVED"


def test_an_ecs_document_is_a_security_event() -> None:
    document = {
        "@timestamp": "2026-09-21T12:00:00Z",
        "message": "denied",
        "event": {"id": "e1", "severity": 60, "category": ["authentication"], "outcome": "failure"},
        "source.ip": "203.0.113.7",
        "user": {"name": "bob"},
    }
    [event], _ = parse(document)
    assert isinstance(event, events.Security)
    assert (event.id, event.severity, event.category, event.outcome) == ("e1", "high", "authentication", "failure")
    assert (event.ip, event.actor, event.document) == ("203.0.113.7", "bob", document)


def test_an_ecs_document_without_text_or_with_nul_is_refused() -> None:
    _, bad = parse(
        [{"@timestamp": "2026-09-21T12:00:00Z"}, {"@timestamp": "2026-09-21T12:00:00Z", "message": "x", "y": "\0"}]
    )
    assert [item.index for item in bad] == [0, 1]


@given(
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.text(),
        lambda inner: (
            st.lists(inner)
            | st.dictionaries(st.sampled_from(["kind", "id", "timestamp", "amount", "score", "events", "x"]), inner)
        ),
        max_leaves=12,
    )
)
def test_any_json_is_answered_and_nothing_else_is_raised(value: object) -> None:
    try:
        parse(json.dumps(value).encode("utf-8", "surrogatepass"))
    except BadInput:
        pass


@pytest.mark.parametrize("inner", ["1" + "0" * 30, '{"a":' * 300 + "1" + "}" * 300])
def test_a_document_that_cannot_be_stored_is_refused(inner: str) -> None:
    body = f'{{"kind":"security","severity":"low","text":"x","document":{{"a":{inner}}}}}'
    _, [refused] = parse(body.encode())
    assert refused.field == "$.document"
    _, [refused] = parse(f'{{"@timestamp":{NOW},"message":"x","a":{inner}}}'.encode())
    assert refused.field == "$.document"


def test_an_address_has_one_form() -> None:
    for text in ("192.0.2.1", "::ffff:192.0.2.1", "::FFFF:c000:201"):
        assert events.address(text) == "192.0.2.1"
    assert events.address("2001:DB8::0:1") == "2001:db8::1"


def test_what_goes_through_the_stream_comes_out_equal() -> None:
    good, _ = parse([SALE, {"kind": "label", "transaction_id": "t", "label": "fraud", "source": "chargeback"}])
    assert events.decode(events.encode(good)) == good


def test_a_status_is_taken_as_it_is_stored() -> None:
    sent = {
        "kind": "status",
        "timestamp": NOW - 1,
        "status": " Denied ",
        "auth_code": 5,
        "count": "5",
        "received_at": 1,
    }
    [event], bad = parse({**sent, "dimensions": {"gateway": "b", "empty": ""}})
    assert isinstance(event, events.Status)
    assert not bad
    assert (event.source, event.status, event.auth_code, event.count) == ("default", "denied", "05", 5)
    assert (event.timestamp, event.received_at, event.dimensions) == ((NOW - 1) // 60 * 60, NOW, {"gateway": "b"})
    assert events.decode(events.encode([event])) == [event]


def test_a_wrong_status_is_named() -> None:
    row = {"kind": "status", "status": "x", "count": 1}
    _, bad = parse([{**row, "count": 1.5}, {**row, "source": "scoring"}, {"kind": "status", "count": 1}, row])
    assert [(one.index, one.field) for one in bad] == [(0, "$.count"), (1, "$.source"), (2, "$.status")]


def test_nobody_outside_sends_what_only_we_make() -> None:
    inner = {"kind": "status-rows", "series": [["scoring", "x", "", ""]], "numbers": [0], "minutes": [1], "counts": [1]}
    good, bad = parse([inner, SALE])
    assert len(good) == 1
    assert "status-rows" in bad[0].reason
