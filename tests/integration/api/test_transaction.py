"""`POST /api/transaction` on a real Redis and PostgreSQL: rows in, what is wrong named, what is thought of them out."""

import time
from typing import Any

import pytest
from flask.testing import FlaskClient

from collector.consume import Consume
from core import codec
from core.clock import iso
from core.db import keys
from core.db.engine import Database
from core.db.redis_client import Live
from core.errors import RedisUnavailable
from core.events import types as events
from core.pipeline.stream import Consumer
from core.pipeline.writer import Writer
from core.settings import Settings
from core.statuses.episode import Evidence, Moved

NOW = time.time()
MINUTE = int(NOW // 60) - 5
ROW = {"timestamp": MINUTE * 60, "status": "Denied", "count": 4}
PATH = "/api/transaction"


@pytest.fixture
def collect(known: Settings, db: Database, live: Live) -> Any:
    """Stores what waits in the stream."""
    loop = Consume(Consumer(live, "a"), Writer(db, 0.7), db, known.config.ingest, lambda _: None)

    def run() -> list[tuple[Any, ...]]:
        idle = 0
        while idle < 3:
            idle = 0 if loop.step() else idle + 1
        with db.raw() as connection, connection.cursor() as cursor:
            cursor.execute("SELECT source, status, auth_code, dimensions, count FROM status_counts ORDER BY 1, 2, 3, 4")
            return list(cursor.fetchall())

    return run


def test_good_rows_count_and_wrong_ones_are_named(client: FlaskClient, collect: Any) -> None:
    rows = [ROW, {**ROW, "count": -1}, {"count": 2, "auth_code": 5, "gateway": "b"}, {**ROW, "at": {}}]
    answer = client.post(PATH, json=rows)
    assert answer.status_code == 200
    assert [(one["index"], one["field"]) for one in answer.json["rejected"]] == [(1, "$.count")]
    assert "negative" in answer.json["rejected"][0]["reason"]
    assert (answer.json["recommendation"], answer.json["accepted"]) == ("ok", 3)
    assert answer.json["ignored"] == [{"field": "$.at", "index": 3, "count": 1}]
    first = answer.json["rows"][0]
    assert first | {"expected": None, "evidence": None, "line": None} == {
        "index": 0,
        "timestamp": time.strftime("%Y-%m-%dT%H:%M:00Z", time.gmtime(MINUTE * 60)),
        "source": "default",
        "status": "denied",
        "auth_code": None,
        "count": 4,
        "recommendation": "ok",
        "expected": None,
        "evidence": None,
        "line": None,
        "episode": None,
    }
    assert collect() == [("default", "", "05", '{"gateway":"b"}', 2), ("default", "denied", "", "", 4)]


def test_thousands_of_rows_are_one_entry(client: FlaskClient, live: Live) -> None:
    rows = [{**ROW, "status": f"s{n % 9}", "auth_code": f"{n % 99:02}"} for n in range(3000)]
    assert client.post(PATH, json={"rows": rows}).json["accepted"] == 3000
    found = [events.decode(fields[b"e"]) for _, fields in live.redis.xrange(keys.STREAM)]
    assert [events.weight(one[0]) for one in found if isinstance(one[0], events.StatusRows)] == [3000]


def test_a_repeated_request_adds_once(client: FlaskClient, collect: Any) -> None:
    for key in ("k1", "k1", "k2"):
        client.post(PATH, json={**ROW, "add": True}, headers={"Idempotency-Key": key})
    assert collect() == [("default", "denied", "", "", 8)]


def test_an_event_of_its_kind_is_the_same_row(client: FlaskClient, collect: Any) -> None:
    client.post(PATH, json=ROW)
    client.post("/api/v1/events", json={"kind": "status", **ROW, "count": 9})
    assert collect() == [("default", "denied", "", "", 9)]


def test_a_body_of_wrong_rows_only_is_a_problem(client: FlaskClient, live: Live) -> None:
    answer = client.post(PATH, json=[{**ROW, "count": 1.5}, 7])
    assert (answer.status_code, answer.content_type) == (400, "application/problem+json")
    assert (answer.json["field"], answer.json["accepted"]) == ("$.count", 0)
    assert [one["field"] for one in answer.json["rejected"]] == ["$.count", "$"]
    assert not [one for one in live.redis.xrange(keys.STREAM) if b"status-rows" in one[1][b"e"]]


@pytest.mark.parametrize("body", [b"", b"[]", b"5", b"NaN", b"[" * 100_000, b'{"rows":7}', b"\xff\xfe", b'"\\ud800"'])
def test_a_body_without_rows_is_a_problem(client: FlaskClient, body: bytes) -> None:
    answer = client.post(PATH, data=body, content_type="application/json")
    assert (answer.status_code, answer.content_type) == (400, "application/problem+json")


def test_more_rows_than_are_accepted_are_refused(known: Settings, client: FlaskClient) -> None:
    answer = client.post(PATH, json=[ROW] * (known.config.limits.max_status_rows + 1))
    assert answer.status_code == 400
    assert "max_status_rows" in answer.json["detail"]


def test_a_row_within_an_episode_that_pages_is_an_alert(client: FlaskClient, db: Database) -> None:
    moved = Moved("status", "denied", 1, 1.0, 4.0, 1.0, 4.0, 14.0, MINUTE - 3, MINUTE - 1)
    evidence = Evidence("denied 4 x usual", [moved], 12.8)
    with db.raw() as connection, connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO status_episodes (id, source, onset, fired, pages, live, evidence, updated_at)"
            " VALUES ('e1', 'default', %s, %s, true, true, %s, now())",
            (MINUTE - 3, MINUTE - 1, codec.encode(evidence).decode()),
        )
    answer = client.post(PATH, json=[ROW, {**ROW, "timestamp": (MINUTE - 9) * 60}, {**ROW, "source": "other"}]).json
    assert answer["recommendation"] == "alert"
    assert [one["recommendation"] for one in answer["rows"]] == ["alert", "ok", "ok"]
    assert answer["rows"][0]["episode"]["headline"] == "denied 4 x usual"


def test_an_episode_that_fired_before_the_rows_counts_as_long_as_it_goes_on(client: FlaskClient, db: Database) -> None:
    put = (
        "INSERT INTO status_episodes (id, source, onset, fired, ended, told, pages, live, evidence, updated_at)"
        " VALUES (%s, %s, %s, %s, %s, %s, true, true, %s, now())"
    )
    with db.raw() as connection, connection.cursor() as cursor:
        for source, ended in (("on", None), ("over", MINUTE)):
            moved = Moved("status", "denied", 1, 1.0, 4.0, 1.0, 4.0, 14.0, MINUTE - 9, MINUTE - 7)
            evidence = codec.encode(Evidence("denied 4 x usual", [moved], 12.8)).decode()
            cursor.execute(put, (f"e-{source}", source, MINUTE - 9, MINUTE - 7, ended, ended, evidence))
    for source, expected in (("on", "alert"), ("over", "ok")):
        assert client.post(PATH, json={**ROW, "source": source}).json["recommendation"] == expected
    earlier = client.post(PATH, json={**ROW, "source": "over", "timestamp": (MINUTE - 1) * 60}).json
    assert earlier["recommendation"] == "alert"
    assert earlier["rows"][0]["episode"]["id"] == "e-over"


def test_rows_are_taken_without_redis_and_without_advice(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch, db: Database
) -> None:
    def away(*_: object) -> None:
        raise RedisUnavailable("gone")

    monkeypatch.setattr("core.pipeline.stream.add", away)
    assert client.post(PATH, json=ROW).json["accepted"] == 1
    with db.raw() as connection, connection.cursor() as cursor:
        cursor.execute("SELECT count FROM status_counts")
        assert cursor.fetchone() == (4,)


def test_a_replay_is_advised_minute_by_minute_as_the_detector_would(client: FlaskClient) -> None:
    """Nobody stores or judges meanwhile: what came in is caught up with from Redis, by another process too."""
    told = []
    for at in range(60):
        denied = 30 if at >= 50 else 4 + at % 3
        stamp = (MINUTE - 100 + at) * 60
        rows = [{"timestamp": stamp, "status": name, "count": n} for name, n in (("approved", 60), ("denied", denied))]
        told.append(client.post(PATH, json=rows).json)
    assert [one["recommendation"] for one in told[:50]] == ["ok"] * 50
    assert [one["recommendation"] for one in told[52:]] == ["alert"] * 8
    last = told[-1]["rows"][1]
    assert last["expected"]["high"] < 30 <= last["count"]
    assert last["evidence"] >= last["line"] > 0
    assert last["episode"]["onset"] == iso((MINUTE - 50) * 60)
