"""The monitoring API and scoring with unstorable text, endless years and odd JSON: 4xx on every route, never 5xx.

Each value stands once in each argument, each part of a path, and each place of a good body. An argument that many
routes share is read by one reader (`from`, `to`, `range` of 35 routes): there each value stands at four of the routes,
and each route meets its share of the values. So does an argument that none of them reads.
"""

import json
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
import urllib3

from core.db import keys
from core.db.engine import Database
from core.db.redis_client import Live
from core.events import types as events
from core.pipeline.writer import Writer
from tests.hostile.values import JSON, VALUES
from tests.serving import served

ODD = [
    b'"\\u0000"', b'"a\\u0000b"', b'"\\ud800"', b'"\\udc00x"', b"NaN", b"Infinity", b"-Infinity", b"1e400", b"-1e400",
    b"1e-400", b"9" * 30, b"9" * 5000, b"-9223372036854775809", b'"9999-12-31T23:59:59-12:00"', b'"0000-01-01"',
    b'"2026-12-31T23:59:60Z"', b'"10000-01-01"', b'"0001-01-01T00:00:00+14:00"', b'"a\\r\\nb"', b"[]", b"{}", b"null",
    b"[" * 2000 + b"]" * 2000, b'"' + b"x" * 5000 + b'"', b'{"\\u0000":1}', b"true", b'"\xff"', b"1.5", b"-1",
    b'"\\u202e"',
]  # fmt: skip
TIME = "2026-11-28T10:00:00Z"
EVENTS: list[dict[str, Any]] = [
    {"kind": "transaction", "id": "i", "transaction_id": "t", "type": "purchase", "amount": 5.0, "ip": "192.0.2.1",
     "wallet": "w", "event_id": "e", "counterparty": "c", "timestamp": TIME, "platform_fee": 1.0},
    {"kind": "prediction", "transaction_id": "t", "score": 0.5, "features": {"a": 1.0}, "contributions": {"a": 0.1},
     "model_version": 1, "top_feature": "a", "top_value": 1.0, "feature_values": [1.0], "threshold": 0.7, "ip": "::1"},
    {"kind": "request", "ip": "192.0.2.1", "method": "GET", "path": "/", "status": 200, "duration_ms": 1.0, "user": "u",
     "bytes": 1, "service": "s", "timestamp": 1.7e9},
    {"kind": "security", "severity": "high", "text": "x", "document": {"a": ["b"]}, "actor": "a", "source": "s",
     "category": "c", "action": "a", "correlation_id": "c", "ip": "192.0.2.1"},
    {"@timestamp": "2026-01-01T00:00:00Z", "message": "m", "event": {"id": "1", "severity": 60, "action": "a"},
     "user": {"name": "u"}, "source": {"ip": "192.0.2.1"}},
    {"kind": "label", "transaction_id": "t", "label": "fraud", "source": "analyst", "actor": "a", "comment": "c"},
    {"kind": "heartbeat", "service": "s", "status": "UP", "latency_ms": 1.0, "detail": "d"},
    {"kind": "status", "status": "s", "auth_code": "00", "source": "shop", "count": 5, "dimensions": {"gateway": "b"}},
]  # fmt: skip
SCORE = {"transaction_id": "t", "features": {"amount": 5.0, "word": "x"}, "timestamp": TIME, "amount": 5.0,
         "wallet": "w", "ip": "192.0.2.1", "explain": True}  # fmt: skip
BODIES: dict[str, list[Any]] = {
    "/api/v1/events": [*EVENTS, {"events": [EVENTS[0]]}],
    "/api/v1/labels": [{**EVENTS[5], "timestamp": TIME}],
    "/api/transaction": [
        [
            {
                "timestamp": TIME,
                "status": "denied",
                "count": 5,
                "auth_code": "51",
                "source": "shop",
                "add": False,
                "dimensions": {"gateway": "b"},
                "issuer": "i",
            }
        ],
        {"rows": [{"count": 1, "auth_code": 5}]},
    ],
    "/api/v1/ml/predict/fraud": [SCORE],
    "/api/v1/ml/predict-batch": [{"transactions": [SCORE]}],
    "/api/v1/ml/explain": [{"model_version": 1, "features": [1.0, None]}],
    "/api/v1/ml/train": [{"days": 60, "algorithm": "boosted", "promote": False, "note": "n"}],
}
ROUTES = 4  # of those that share an argument, at which it holds each value
UNKNOWN = "x"  # an argument that no route reads, for those that read none
NO_MODEL = b"no model has been promoted"


def odd_bodies(good: Any) -> Iterator[bytes]:
    """The body with each of its places, in turn, holding each odd value; then odd documents as a whole."""
    mark = "odd-value-here"
    for marked in _marked(good, mark):
        text = json.dumps(marked).encode()
        yield from (text.replace(json.dumps(mark).encode(), odd) for odd in ODD)
    yield from JSON


def _marked(good: Any, mark: str) -> Iterator[Any]:
    yield mark
    items = good.items() if isinstance(good, dict) else enumerate(good) if isinstance(good, list) else ()
    for key, value in items:
        for inner in _marked(value, mark):
            copy = dict(good) if isinstance(good, dict) else list(good)
            copy[key] = inner
            yield copy


def check(answer: urllib3.BaseHTTPResponse, what: str) -> None:
    """No 5xx but for what is not there in this test; a refusal is a problem document."""
    missing = answer.status == 503 and NO_MODEL in answer.data
    away = answer.status == 502  # a peer that is not running here
    assert answer.status < 500 or missing or away, f"{answer.status} for {what}: {answer.data[:300]!r}"
    assert b"Traceback" not in answer.data
    if 400 <= answer.status < 500 and answer.headers.get("Content-Type", "").startswith("application/problem"):
        assert answer.json()["status"] == answer.status


@pytest.mark.timeout(1800)
@pytest.mark.parametrize("app", ["monitoring_api:app", "ml.service:app"])
def test_odd_values_everywhere(
    app: str, database_url: str, redis_url: str, db: Database, live: Live, tmp_path: Path
) -> None:
    with served(database_url, redis_url, tmp_path, app=app) as (url, _):
        document = (
            urllib3.request("GET", f"{url}/openapi.json").json() if app.startswith("monitoring") else {"paths": {}}
        )
        pool = urllib3.PoolManager(retries=False, timeout=60)
        operations = [(path, *one) for path, methods in document["paths"].items() for one in methods.items()]
        shared = Counter(name for *_, operation in operations for name in _arguments(operation) or [UNKNOWN])
        met: Counter[str] = Counter()
        for path, method, operation in operations:
            for address in _addresses(path, operation, shared, met):
                answer = pool.request(method.upper(), url + address, headers={"Cookie": "a=b"})
                check(answer, f"{method} {address[:300]}")
        for path, goods in BODIES.items():
            if pool.request("POST", url + path, body=b"{}", headers={"Content-Type": "application/json"}).status == 404:
                continue
            for good in goods:
                for body in odd_bodies(good):
                    headers = {"Content-Type": "application/json"}
                    check(pool.request("POST", url + path, body=body, headers=headers), f"{path} {body[:300]!r}")
    writer = Writer(db, 0.7)
    for _, fields in live.redis.xrange(keys.STREAM):
        writer.store(events.decode(fields[b"e"]), time.time())  # whatever was taken can be stored


def _arguments(operation: dict[str, Any], place: str = "query") -> list[str]:
    return [one["name"] for one in operation.get("parameters", []) if one["in"] == place]


def _addresses(path: str, operation: dict[str, Any], shared: Counter[str], met: Counter[str]) -> Iterator[str]:
    """The path with each value in each of its arguments; `met` counts the routes that had an argument before."""
    names, inside = _arguments(operation) or [UNKNOWN], _arguments(operation, "path")
    texts = [quote(value[:3000], safe="") for value in VALUES]
    if not inside:
        yield path
    for number, text in enumerate(texts):
        filled = path
        for name in inside:
            filled = filled.replace(f"{{{name}}}", text or "x")
        if inside:
            yield filled
        for name in names:
            if (number + met[name]) % max(1, shared[name] // ROUTES) == 0:
                yield f"{filled}?{name}={text}"
    met.update(names)


def test_each_value_meets_each_argument() -> None:
    operation = {"parameters": [{"name": "from", "in": "query"}]}
    for routes in (1, 3, 4, 9, 35):
        met: Counter[str] = Counter()
        seen = Counter(
            address.partition("?")[2]
            for _ in range(routes)
            for address in _addresses("/x", operation, Counter({"from": routes}), met)
        )
        assert seen.pop("") == routes, "each route once without it"
        assert len(seen) == len({quote(value[:3000], safe="") for value in VALUES})
        assert min(seen.values()) >= min(routes, ROUTES)


@pytest.mark.parametrize(
    ("make", "field"),
    [
        (lambda: {**EVENTS[1], "features": {f"f{n}": 1.0 for n in range(1001)}}, "$.features"),
        (lambda: {**EVENTS[1], "contributions": {f"f{n}": 1.0 for n in range(1001)}}, "$.contributions"),
        (lambda: {**EVENTS[1], "features": {"f" * 101: 1.0}}, "$.features"),
        (lambda: {**EVENTS[1], "feature_values": [1.0] * 1001}, "$.feature_values"),
        (lambda: {**EVENTS[1], "features": {"a": {"b": 1}}}, "$.features[...]"),
        (lambda: {**EVENTS[3], "document": {"a": "x" * 70_000}}, "$.document"),
        (lambda: {**EVENTS[3], "document": {"a": [0] * 3000}}, "$.document"),
        (lambda: {**EVENTS[3], "document": nested(30)}, "$.document"),
    ],
)  # fmt: skip
def test_size_of_an_event_is_bounded_and_the_field_named(make: Callable[[], dict[str, Any]], field: str) -> None:
    from core.policy import Policy

    good, bad = events.parse(json.dumps(make()).encode(), 1.79e9, Policy(0, "p", 0.7, 0.4, 0.9), sender="token:t")
    assert not good
    assert (bad[0].field, bool(bad[0].reason)) == (field, True)


def nested(depth: int) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for _ in range(depth):
        found = {"a": found}
    return found
