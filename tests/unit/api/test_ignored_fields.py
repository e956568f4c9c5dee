"""Fields of events that nothing knows."""

import json
from typing import Any

from api.ignored_fields import FieldWatch
from core.events import types as events
from core.nearest import Known
from core.policy import Policy

POLICY = Policy(0, "normal", 0.6, 0.4, 0.7)
NOW = 1_790_000_000.0
SALE = {"kind": "transaction", "transaction_id": "t", "type": "purchase", "amount": 5}


def watched(body: Any, watch: FieldWatch) -> tuple[int, list[events.Rejection]]:
    good, bad = events.parse(json.dumps(body).encode(), NOW, POLICY, sender="s", look=watch)
    return len(good), bad


def test_each_is_named_with_the_nearest_and_how_often() -> None:
    odd = {**SALE, "platformFee": 1, "time": 5, "IP": "192.0.2.1"}
    watch = FieldWatch()
    assert watched([SALE, odd, {**odd, "colour": "red"}], watch) == (3, [])
    assert watch.ignored() == [
        {"field": "$.IP", "index": 1, "count": 2, "nearest": "ip"},
        {"field": "$.platformFee", "index": 1, "count": 2, "nearest": "platform_fee"},
        {"field": "$.time", "index": 1, "count": 2, "nearest": "timestamp"},
        {"field": "$.colour", "index": 2, "count": 1},
    ]


def test_every_known_field_is_used() -> None:
    watch = FieldWatch()
    known = {**SALE, "id": "i", "timestamp": NOW, "platform_fee": 1, "wallet": "w", "counterparty": "c"}
    known |= {"event_id": "e", "ip": "192.0.2.1"}
    assert watched([known], watch) == (1, [])
    assert watch.ignored() == []
    assert watched([{**SALE, "sender": "me"}], watch)[0] == 1
    assert [one["field"] for one in watch.ignored()] == ["$.sender"], "the server says who sent it"


def test_strict_refuses_that_event_and_no_other() -> None:
    good, bad = watched([SALE, {**SALE, "IP": "x", "zzz": 1}], FieldWatch(strict=True))
    assert good == 1
    assert [(one.index, one.field, one.reason) for one in bad] == [(1, "$.IP", "is not known: 'IP' (ip?), 'zzz'")]


def test_features_of_a_prediction_are_those_of_its_model() -> None:
    models = {7: Known(["amount", "wallet_age"])}
    scored = {"kind": "prediction", "transaction_id": "t", "score": 0.5, "features": {"Amount": 1, "wallet_age": 2}}
    watch = FieldWatch(features=lambda version: models.get(version or 0))
    assert watched([{**scored, "model_version": 7}, {**scored, "model_version": 8}, scored], watch) == (3, [])
    assert watch.ignored() == [{"field": "$.features.Amount", "index": 0, "count": 1, "nearest": "amount"}]


def test_an_ecs_document_is_kept_whole() -> None:
    document = {"@timestamp": "2026-09-01T00:00:00Z", "message": "x", "event": {"severity": 80}, "host": {"name": "h"}}
    watch = FieldWatch(strict=True)
    good, bad = watched([document], watch)
    assert (good, bad, watch.ignored()) == (1, [], [])


def test_a_name_that_is_no_text_refuses_its_event_alone() -> None:
    body = b'[{"kind": "heartbeat", "service": "s"}, {"kind": "heartbeat", "service": "s", "\xff": 1}]'
    good, bad = events.parse(body, NOW, POLICY, sender="s", look=FieldWatch())
    assert (len(good), [one.index for one in bad]) == (1, [1])


def test_what_is_told_is_bounded() -> None:
    watch = FieldWatch()
    watched([{**SALE, **{f"x{n}" * 60: n for n in range(500)}}], watch)
    assert len(watch.ignored()) == 20
    assert all(len(one["field"]) <= 102 for one in watch.ignored())
