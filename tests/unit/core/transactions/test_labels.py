"""Labels of requests: what is taken, and what is said of the rest."""

import json

import pytest

from core.errors import BadInput
from core.transactions import labels

NOW = 1_790_000_000.0


def parse(body: object, **more: object) -> tuple[list[labels.Given], list[labels.BadLabel]]:
    return labels.parse(json.dumps(body).encode(), NOW, "token:t", most=10, ahead=300, **more)


def label(**more: object) -> dict[str, object]:
    return {"transaction_id": "t1", "label": "fraud", "source": "analyst", **more}


def test_one_a_list_or_an_object_of_labels() -> None:
    for body in (label(), [label()], {"labels": [label()]}):
        good, bad = parse(body)
        assert (good[0].transaction_id, good[0].at, good[0].dated, bad) == ("t1", NOW, False, [])
    assert parse(label(timestamp=NOW - 5, actor="ann", comment=" seen "))[0][0].comment == "seen"


def test_keys_come_from_the_item_or_the_header() -> None:
    good, _ = parse([label(id="mine"), label()], header_key="h")
    assert [item.key for item in good] == ["mine", "h:1"]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"label": "bad"}, "$.label"),
        ({"label": "unsure", "source": "chargeback"}, "$.label"),
        ({"source": "rumour"}, "$.source"),
        ({"transaction_id": ""}, "$.transaction_id"),
        ({"timestamp": "yesterday"}, "$.timestamp"),
        ({"timestamp": NOW + 9999}, "$.timestamp"),
        ({"comment": "\u0000"}, "$.comment"),
        ({"more": 1}, "$"),
    ],
)
def test_a_bad_label_is_named_and_the_others_are_taken(change: dict[str, object], field: str) -> None:
    good, bad = parse([label(), label(**change)])
    assert len(good) == 1
    assert (bad[0].index, bad[0].field) == (1, field)


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b'{"labels": 3}', b"[1,2,3,4,5,6,7,8,9,10,11]", b"\xff", b"[" * 9000]
)
def test_a_body_that_is_none_is_refused_as_a_whole(body: bytes) -> None:
    with pytest.raises(BadInput):
        labels.parse(body, NOW, "a", most=10, ahead=300)
