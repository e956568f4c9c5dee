"""Stored security events as ECS or OCSF lines: by span, and followed on in the order of storing."""

import time
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from core import clock, codec
from core.events.types import Event, Security

Store = Callable[[list[Event], float], None]
PATH = "/api/v1/security-events"


def put(store: Store, count: int) -> float:
    now = time.time() - 1000
    store([Security(id=f"e{n}", timestamp=now + n, severity="low", text="t") for n in range(count)], time.time())
    return now


def ids(body: bytes) -> list[str]:
    return [codec.decode(line)["event"]["id"] for line in body.splitlines()]


def test_all_of_them_page_by_page(client: FlaskClient, store: Store) -> None:
    put(store, 7)
    first = client.get(PATH, query_string={"limit": 5})
    assert first.content_type == "application/x-ndjson"
    after = first.headers["X-Next-After"]
    second = client.get(PATH, query_string={"limit": 5, "after": after})
    assert ids(first.data) + ids(second.data) == [f"e{n}" for n in range(7)]
    rest = client.get(PATH, query_string={"after": second.headers["X-Next-After"]})
    assert (rest.status_code, rest.data) == (200, b"")


def test_a_span_of_event_time(client: FlaskClient, store: Store) -> None:
    now = put(store, 7)
    span = {"from": clock.iso(now + 1.5), "to": clock.iso(now + 4.5)}
    assert ids(client.get(PATH, query_string=span).data) == ["e2", "e3", "e4"]


def test_ocsf_by_option(client: FlaskClient, store: Store) -> None:
    put(store, 1)
    line = client.get(PATH, query_string={"format": "ocsf"}).data
    assert codec.decode(line)["class_uid"] == 2004


@pytest.mark.parametrize("query", ["format=xml", "from=soon", "limit=0", "after=-1", "color=red"])
def test_bad_arguments_are_named(client: FlaskClient, query: str) -> None:
    answer = client.get(f"{PATH}?{query}")
    assert answer.status_code == 400
    assert answer.json["field"].startswith("?") or query == "color=red"
