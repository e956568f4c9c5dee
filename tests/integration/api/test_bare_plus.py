"""A bare plus sign in a time of a query is a blank once decoded; every endpoint reads such a time as it was meant.

A byte order mark before JSON is read on every entrance.
"""

import codecs
import json
from typing import Any

import pytest
from flask.testing import FlaskClient

from core import clock, codec

FROM = "2026-11-28T10:00:00+01:00"
TO = "2026-11-28T12:00:00.5+01:00"


def told(client: FlaskClient, path: str, query: str) -> tuple[int, Any]:
    answer = client.get(f"{path}?{query}")
    body = answer.get_json(silent=True) if answer.status_code >= 400 else None
    return answer.status_code, {name: body.get(name) for name in ("detail", "field")} if body else None


def test_every_read_takes_a_bare_offset(client: FlaskClient) -> None:
    document = client.get("/openapi.json").get_json()
    read = []
    for path, methods in document["paths"].items():
        names = [one["name"] for one in methods.get("get", {}).get("parameters", []) if one["in"] == "query"]
        if "{" in path or not names:
            continue
        for name in names:
            query = f"from={FROM}&to={TO}" if name in ("from", "to") else f"{name}={FROM}"
            bare, written = told(client, path, query), told(client, path, query.replace("+", "%2B"))
            assert bare == written, (path, name)
            read += [path] if name == "from" and bare[0] == 200 else []
    assert len(set(read)) >= 3, read


@pytest.mark.parametrize("text", ["2026-11-28T10:00:00 01:00", "2026-11-28 10:00 01:00", "20261128T100000 0100"])
def test_forms_of_times_with_a_blank_for_the_plus(client: FlaskClient, text: str) -> None:
    with client.application.test_request_context("/", query_string={"from": text, "q": "two words 01:00"}) as asked:
        given = asked.request.args
        assert clock.moment(given["from"]).isoformat() == "2026-11-28T09:00:00+00:00"
        assert given["q"] == "two words 01:00"


@pytest.mark.parametrize(
    ("mark", "encoding"),
    [
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
        (codecs.BOM_UTF32_LE, "utf-32-le"),
    ],
)
def test_a_byte_order_mark_before_json_is_read(client: FlaskClient, mark: bytes, encoding: str) -> None:
    sale = {"kind": "transaction", "transaction_id": "t-é", "type": "purchase", "amount": 80.0}
    label = {"transaction_id": "t-é", "label": "fraud", "source": "chargeback"}
    for path, value, count in (
        ("/api/v1/events", sale, "accepted"),
        ("/api/v1/labels", {"labels": [label]}, "recorded"),
    ):
        body = mark + json.dumps(value, ensure_ascii=False).encode(encoding)
        answer = client.post(path, data=body, content_type="application/json")
        assert answer.status_code < 300, (path, answer.get_json())
        assert answer.get_json()[count] == 1, (path, answer.get_json())


def test_a_body_that_is_not_what_its_mark_says_is_refused(client: FlaskClient) -> None:
    answer = client.post("/api/v1/events", data=codecs.BOM_UTF16_LE + b"{", content_type="application/json")
    assert (answer.status_code, answer.get_json()["field"]) == (400, "$")
    with pytest.raises(ValueError):
        codec.unmarked(codecs.BOM_UTF16_LE + b"{")
