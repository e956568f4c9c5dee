"""Bodies of status rows: the good ones taken, each wrong one named by place, field and reason."""

import json
from typing import Any

import pytest

from api import status_rows
from api.status_rows import Parsed, StatusRow
from core.errors import BadInput
from core.events import types as events

NOW = 1_790_000_000.0
ROW = {"timestamp": "2026-09-21 13:45:59", "status": "denied", "count": 5}
MINUTE = 1_789_998_300 // 60


def parse(body: object, **more: Any) -> Parsed:
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    return status_rows.parse(data, NOW, most=more.pop("most", 1000), **more)


def test_one_many_and_wrapped_rows_are_the_same() -> None:
    assert parse(ROW) == parse([ROW]) == parse({"rows": [ROW]})
    assert parse(ROW).rows == [StatusRow(0, MINUTE, "default", "denied", "", "", 5, False)]


@pytest.mark.parametrize(
    "stamp", ["2026-09-21T13:45:00Z", "2026-09-21T15:45:30+02:00", MINUTE * 60, MINUTE * 60 + 59.9, "2026-09-21 13:45"]
)
def test_times_are_floored_to_the_minute(stamp: object) -> None:
    assert [row.minute for row in parse([{**ROW, "timestamp": stamp}] * 2).rows] == [MINUTE] * 2


def test_a_row_without_a_time_is_of_now_and_any_year_since_2000_is_taken() -> None:
    first, second = parse([{"status": "x", "count": 1}, {**ROW, "timestamp": "2001-01-01T00:00Z"}]).rows
    assert first.minute == int(NOW // 60)
    assert second.minute == 978_307_200 // 60


def test_further_texts_are_dimensions_and_other_fields_are_named() -> None:
    rows = [{**ROW, "gateway": "b", "dimensions": {"issuer": "i"}, "amount": 3, "id": "7", "kind": "status"}] * 2
    parsed = parse([*rows, {**ROW, "gateway": "b", "empty": None}])
    assert [row.dimensions for row in parsed.rows] == ['{"gateway":"b","issuer":"i"}'] * 2 + ['{"gateway":"b"}']
    assert parsed.ignored == {"amount": (0, 2), "id": (0, 2), "kind": (0, 2)}


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        (5, "$"),
        (None, "$"),
        ({**ROW, "count": -1}, "$.count"),
        ({**ROW, "count": True}, "$.count"),
        ({"status": "x"}, "$.count"),
        ({"count": 1}, "$.status"),
        ({**ROW, "status": {}}, "$.status"),
        ({**ROW, "auth_code": 5.0}, "$.auth_code"),
        ({**ROW, "auth_code": True}, "$.auth_code"),
        ({**ROW, "add": 1}, "$.add"),
        ({**ROW, "source": "scoring"}, "$.source"),
        ({**ROW, "timestamp": True}, "$.timestamp"),
        ({**ROW, "timestamp": []}, "$.timestamp"),
        ({**ROW, "timestamp": "soon"}, "$.timestamp"),
        ({**ROW, "timestamp": NOW + 400}, "$.timestamp"),
        ({**ROW, "timestamp": 10**400}, "$.timestamp"),
        ({**ROW, "timestamp": 1}, "$.timestamp"),
        ({**ROW, "dimensions": []}, "$.dimensions"),
        ({**ROW, "dimensions": {"a": []}}, "$.dimensions"),
        ({**ROW, "dimensions": {"a": 1}}, "$.dimensions.a"),
        ({**ROW, **{f"d{n}": "v" for n in range(7)}}, "$.dimensions"),
    ],
)
def test_a_wrong_row_is_named_and_the_others_count(wrong: object, field: str) -> None:
    parsed = parse([{**ROW, "auth_code": 5, "gateway": "b"}, wrong, ROW])
    assert [(one.index, one.field) for one in parsed.rejected] == [(1, field)]
    assert [row.index for row in parsed.rows] == [0, 2]
    assert parsed.rows[0].auth_code == "05"


@pytest.mark.parametrize("body", [b"", b"NaN", b"{", b"[]", b"5", b'{"rows":5}', b'{"rows":[]}', b"[" * 9000, b"\xff"])
def test_a_body_without_rows_is_refused_as_a_whole(body: bytes) -> None:
    with pytest.raises(BadInput):
        parse(body)


def test_a_body_has_a_bound() -> None:
    with pytest.raises(BadInput, match="max_status_rows"):
        parse([ROW] * 3, most=2)


def test_rows_go_through_the_stream_as_one_event() -> None:
    rows = parse([ROW, {**ROW, "status": "failed", "add": True}, {**ROW, "count": 7}]).rows
    event = status_rows.event(rows, NOW, "token:t", "key")
    assert events.decode(events.encode([event])) == [event]
    assert (event.id, event.sender, event.timestamp, events.weight(event)) == ("key", "token:t", NOW, 3)
    assert [event.series[number].status for number in event.numbers] == ["denied", "failed", "denied"]
    assert (event.counts, event.minutes, event.adds) == ([5, 5, 7], [MINUTE] * 3, [1])
