"""`POST /api/v1/events` on a real Redis and PostgreSQL."""

import gzip
import json
import time
from collections.abc import Callable
from dataclasses import replace

import pytest
from flask.testing import FlaskClient

from core.db import keys
from core.db.engine import Database
from core.db.redis_client import Live
from core.events import types as events
from core.settings import Settings
from core.web import input_counts
from core.web.app import App

SALE = {"kind": "transaction", "transaction_id": "t1", "type": "purchase", "amount": 80.0}


def stream(live: Live) -> list[events.Event]:
    """Events of the stream, without those of our own requests."""
    found = [event for _, fields in live.redis.xrange(keys.STREAM) for event in events.decode(fields[b"e"])]
    return [event for event in found if not isinstance(event, events.Request)]


def test_takes_the_good_and_names_the_bad(client: FlaskClient, live: Live) -> None:
    answer = client.post("/api/v1/events", json=[SALE, {**SALE, "amount": -1}, {"kind": "label"}])
    assert answer.status_code == 202
    assert answer.json["accepted"] == 1
    rejected = [(one["index"], one["field"]) for one in answer.json["rejected"]]
    assert rejected == [(1, "$.amount"), (2, "$.transaction_id")]
    assert [event.transaction_id for event in stream(live)] == ["t1"]


def test_one_call_is_one_entry(client: FlaskClient, live: Live) -> None:
    answer = client.post("/api/v1/events", json={"events": [{**SALE, "transaction_id": f"t{n}"} for n in range(50)]})
    assert answer.json == {"accepted": 50, "rejected": []}
    entries = [events.decode(fields[b"e"]) for _, fields in live.redis.xrange(keys.STREAM)]
    sales = [entry for entry in entries if any(isinstance(event, events.Transaction) for event in entry)]
    assert [len(entry) for entry in sales] == [50]


def test_the_header_gives_keys(client: FlaskClient, live: Live) -> None:
    label = {"kind": "heartbeat", "service": "siem"}
    client.post("/api/v1/events", json=[label, label], headers={"Idempotency-Key": "batch-7"})
    assert [event.id for event in stream(live)] == ["batch-7:0", "batch-7:1"]


@pytest.mark.parametrize(
    ("body", "encoding", "status"),
    [
        (gzip.compress(json.dumps(SALE).encode()), "gzip", 202),
        (json.dumps(SALE).encode(), "identity", 202),
        (json.dumps(SALE).encode(), "gzip", 400),
        (gzip.compress(json.dumps(SALE).encode())[:-9], "gzip", 400),
        (gzip.compress(b" " * 9_000_000), "gzip", 413),
        (gzip.compress(b""), "gzip", 400),
        (json.dumps(SALE).encode(), "br", 415),
    ],
)
def test_a_body_may_be_gzipped(client: FlaskClient, live: Live, body: bytes, encoding: str, status: int) -> None:
    answer = client.post(
        "/api/v1/events", data=body, content_type="application/json", headers={"Content-Encoding": encoding}
    )
    assert answer.status_code == status
    assert [event.transaction_id for event in stream(live)] == (["t1"] if status == 202 else [])


@pytest.mark.parametrize(
    ("body", "kind", "status", "field"),
    [
        (b"", "application/json", 400, "$"),
        (b"{", "application/json", 400, "$"),
        (b"[]", "application/json", 400, "$"),
        (b"null", "application/json", 400, "$"),
        (b"\xff\xfe", "application/json", 400, "$"),
        (b"[" * 200_000, "application/json", 400, "$"),
        (b'{"kind":"request","ip":"no"}', "application/json", 400, None),
        (b"kind=label", "application/x-www-form-urlencoded", 415, None),
    ],
)
def test_refuses_with_a_problem(client: FlaskClient, body: bytes, kind: str, status: int, field: str | None) -> None:
    answer = client.post("/api/v1/events", data=body, content_type=kind)
    assert answer.status_code == status
    assert answer.content_type == "application/problem+json"
    assert answer.json["status"] == status
    assert answer.json["request_id"] == answer.headers["X-Request-ID"]
    if field:
        assert answer.json["field"] == field


def test_a_body_beyond_the_limit_is_413(app: App) -> None:
    app.config["MAX_CONTENT_LENGTH"] = 1000
    answer = app.test_client().post("/api/v1/events", data=b" " * 1001, content_type="application/json")
    assert (answer.status_code, answer.json["title"]) == (413, "Request Entity Too Large")


def test_redis_away_goes_to_postgres_and_both_away_is_503(
    known: Settings, db: Database, make_app: Callable[[Settings], App]
) -> None:
    without_redis = make_app(replace(known, redis_url="redis://127.0.0.1:9"))
    answer = without_redis.test_client().post("/api/v1/events", json=SALE)
    assert answer.status_code == 202
    with db.raw() as connection, connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM transactions")
        assert cursor.fetchone()[0] == 1
    nothing = make_app(
        replace(known, redis_url="redis://127.0.0.1:9", database_url="postgresql://nobody@127.0.0.1:9/none")
    )
    answer = nothing.test_client().post("/api/v1/events", json=SALE)
    assert answer.status_code == 503
    assert answer.headers["Retry-After"]
    assert nothing.test_client().get("/readyz").status_code == 503
    assert without_redis.test_client().get("/readyz").status_code == 200


def test_fields_that_no_event_has_are_named_and_counted(client: FlaskClient, app: App, live: Live) -> None:
    minute = input_counts.MINUTE * int(time.time() // input_counts.MINUTE)
    body = {"kind": "transaction", "transaction_id": "t", "type": "purchase", "amount": 5, "platformFee": 1, "IP": "x"}
    answer = client.post("/api/v1/events", json=body)
    assert answer.status_code == 202
    assert answer.json["ignored"] == [
        {"field": "$.IP", "index": 0, "count": 1, "nearest": "ip"},
        {"field": "$.platformFee", "index": 0, "count": 1, "nearest": "platform_fee"},
    ]
    assert client.post("/api/v1/events", json={**body, "amount": -1}).status_code == 400
    app.recorder.tick()
    counted = {tuple(cell): n for cells in input_counts.read(live, minute, 2).values() for cell, n in cells.items()}
    assert counted == {
        ("anonymous", "requests", "", ""): 2,
        ("anonymous", "field", "IP", "ip"): 1,
        ("anonymous", "field", "platformFee", "platform_fee"): 1,
    }
