"""`POST /v1/traces` on real stores: OpenTelemetry's own SDK sends to it, and whatever else may come is no 5xx."""

import gzip
import json
import os
import random
import time
import zlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from google.rpc.status_pb2 import Status
from opentelemetry.exporter.otlp.proto.http import Compression
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceResponse
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor, SpanExportResult
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind
from werkzeug.test import TestResponse

from api.app import create_app
from collector.consume import Consume
from core.db.engine import Database
from core.db.redis_client import Live
from core.errors import StorageUnavailable
from core.pipeline.stream import Consumer
from core.pipeline.writer import Writer
from core.settings import Settings
from core.web.app import App
from tests import endpoint_world as world
from tests.hostile.children import gzip_bomb
from tests.serving import served
from tests.unit.api.otlp.test_protobuf import field, usual, varint, written

PROTOBUF, JSON = "application/x-protobuf", "application/json"
FUZZED = int(os.environ.get("GATEHOUSE_OTLP_FUZZ", "10000"))


@pytest.fixture
def stored(known: Settings, db: Database, live: Live) -> Callable[[], dict[tuple[Any, ...], tuple[int, float]]]:
    """Stores what waits in the stream; hits and seconds by service, version, route, method, status and error type."""
    loop = Consume(Consumer(live, "a"), Writer(db, 0.7), db, known.config.ingest, lambda _: None)

    def run() -> dict[tuple[Any, ...], tuple[int, float]]:
        idle = 0
        while idle < 3:
            idle = 0 if loop.step() else idle + 1
        with db.raw() as connection, connection.cursor() as cursor:
            cursor.execute(
                "SELECT service, version, route, method, status, error_type, sum(hits)::int, sum(sum_ns)::float / 1e9"
                " FROM endpoint_minutes JOIN endpoint_series ON id = series_id WHERE service <> 'api'"
                " GROUP BY 1, 2, 3, 4, 5, 6"
            )
            return {row[:6]: row[6:] for row in cursor.fetchall()}

    return run


def post(client: FlaskClient, body: bytes, content_type: str = PROTOBUF, **headers: str) -> TestResponse:
    return client.post("/v1/traces", data=body, content_type=content_type, headers=headers)


def spans() -> list[Any]:
    """Finished spans of the SDK: three requests, one of them with an exception, and what happened within them."""
    kept = InMemorySpanExporter()
    provider = TracerProvider(resource=Resource({"service.name": "otel-shop", "service.version": "2.0"}))
    provider.add_span_processor(SimpleSpanProcessor(kept))
    tracer = provider.get_tracer("of a test")
    for status in (200, 200, 500):
        told = {"http.request.method": "GET", "http.route": "/items/{id}", "url.path": "/items/5"}
        try:
            with tracer.start_as_current_span("GET /items/{id}", kind=SpanKind.SERVER, attributes=told) as span:
                with tracer.start_as_current_span("SELECT", kind=SpanKind.CLIENT):
                    pass
                span.set_attribute("http.response.status_code", status)
                if status == 500:
                    raise KeyError("gone")
        except KeyError:
            pass
    return list(kept.get_finished_spans())


SERIES = ("otel-shop", "2.0", "/items/{id}", "GET")


@pytest.mark.parametrize("compression", [Compression.NoCompression, Compression.Gzip])
def test_the_sdk_exports_to_it(
    compression: Compression, database_url: str, redis_url: str, tmp_path: Path, stored: Callable[[], Any], db: Database
) -> None:
    made = spans()
    with served(database_url, redis_url, tmp_path) as (url, _):
        exporter = OTLPSpanExporter(f"{url}/v1/traces", compression=compression)
        assert exporter.export(made) is SpanExportResult.SUCCESS
        assert exporter.export(made) is SpanExportResult.SUCCESS  # as after an answer that was lost
        exporter.shutdown()
    found = stored()
    assert {key: hits for key, (hits, _) in found.items()} == {
        (*SERIES, 200, ""): 2,
        (*SERIES, 500, "KeyError"): 1,
    }
    ((*raised, function),) = world.asked(
        db,
        "SELECT g.type, g.message, g.occurrences, g.service, s.version, s.route, s.method,"
        " s.stack->'chain'->0->'frames'->-1->>'function' FROM exception_groups g"
        " JOIN exception_samples s ON s.group_id = g.id",
    )
    assert raised == ["KeyError", "'gone'", 1, "otel-shop", "2.0", "/items/{id}", "GET"]
    assert function == "spans"
    took = sum(span.end_time - span.start_time for span in made if span.kind is SpanKind.SERVER) / 1e9
    assert sum(seconds for _, seconds in found.values()) == pytest.approx(took, abs=1e-6)


def test_json_counts_like_protobuf_and_gzip_like_plain(client: FlaskClient, stored: Callable[[], Any]) -> None:
    end = time.time_ns()
    span = {
        "kind": 2, "startTimeUnixNano": str(end - 10**8), "endTimeUnixNano": str(end),
        "attributes": [{"key": "http.route", "value": {"stringValue": "/j"}},
                       {"key": "http.method", "value": {"stringValue": "PUT"}},
                       {"key": "http.status_code", "value": {"intValue": "204"}}],
    }  # fmt: skip
    body = json.dumps({"resourceSpans": [{"scopeSpans": [{"spans": [span]}]}]}).encode()
    answer = post(client, gzip.compress(body), JSON, **{"Content-Encoding": "gzip"})
    assert (answer.status_code, answer.mimetype, answer.get_json()) == (200, JSON, {})
    answer = post(client, gzip.compress(written(usual())), **{"Content-Encoding": "gzip"})
    assert (answer.status_code, answer.mimetype, answer.data) == (200, PROTOBUF, b"")
    assert {key: hits for key, (hits, _) in stored().items()} == {
        ("unknown_service", "", "/j", "PUT", 204, ""): 1,
        ("shop", "", "/a", "GET", 200, ""): 3,
    }


def test_a_partial_success_says_how_many_and_why(client: FlaskClient, stored: Callable[[], Any]) -> None:
    told = usual(2) + usual(3, end=5, start=9) + usual(1, start=2**63 - 5, end=2**63)
    answer = post(client, written(told))
    found = ExportTraceServiceResponse.FromString(answer.data).partial_success
    assert (answer.status_code, found.rejected_spans) == (200, 4)
    assert "3 whose span ends before it starts" in found.error_message
    assert "in the future" in found.error_message
    assert sum(hits for hits, _ in stored().values()) == 2


def test_other_spans_are_accepted_and_counted(client: FlaskClient, app: App, stored: Callable[[], Any]) -> None:
    answer = post(client, written(usual(4, kind=3) + usual(1, attributes=[("rpc.system", "grpc")]) + usual(1)))
    assert (answer.status_code, answer.data) == (200, b"")
    page = client.get("/metrics").get_data(as_text=True)
    assert 'gatehouse_otlp_spans_total{result="ignored"} 5' in page
    assert 'gatehouse_otlp_spans_total{result="taken"} 1' in page
    assert sum(hits for hits, _ in stored().values()) == 1


BOMB = gzip_bomb(b"", b"\0", 100_000_000)


@pytest.mark.parametrize(
    ("body", "content_type", "headers", "status", "code"),
    [
        (b"\xff\xff", PROTOBUF, {}, 400, 3),
        (b"\x0a\x05", PROTOBUF, {}, 400, 3),
        (b"{", JSON, {}, 400, 3),
        (b"not gzip", PROTOBUF, {"Content-Encoding": "gzip"}, 400, 3),
        (gzip.compress(b"abc")[:-9], PROTOBUF, {"Content-Encoding": "gzip"}, 400, 3),
        (zlib.compress(b"abc"), PROTOBUF, {"Content-Encoding": "deflate"}, 415, 3),
        (BOMB, PROTOBUF, {"Content-Encoding": "gzip"}, 413, 8),
        (b"\0" * 8_388_609, PROTOBUF, {}, 413, 8),
        (b"x", "text/plain", {}, 415, 3),
    ],
)
def test_an_error_is_a_status_in_the_encoding_of_the_request(
    client: FlaskClient, body: bytes, content_type: str, headers: dict[str, str], status: int, code: int
) -> None:
    answer = post(client, body, content_type, **headers)
    assert answer.status_code == status
    if content_type == PROTOBUF:
        assert answer.mimetype == PROTOBUF
        found = Status.FromString(answer.data)
        assert (found.code, bool(found.message)) == (code, True)
    else:
        assert answer.mimetype == JSON
        told = answer.get_json()
        assert (told["code"], told["status"], bool(told["message"])) == (code, status, True)


def test_without_a_store_it_asks_to_try_again(app: App, client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(_: Any) -> None:
        raise StorageUnavailable("of a test")

    assert app.stores is not None
    monkeypatch.setattr(app.stores.publisher, "publish", away)
    answer = post(client, written(usual()))
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "2")
    assert Status.FromString(answer.data).code == 14


def test_who_sends_too_much_is_asked_to_wait(app: App, client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(app.admission, "refused_for", lambda _: 5.0)
    answer = post(client, written(usual()))
    assert (answer.status_code, answer.headers["Retry-After"], answer.mimetype) == (429, "5", PROTOBUF)
    assert Status.FromString(answer.data).code == 8


def test_it_wants_a_token_of_scope_ingest(known: Settings) -> None:
    closed = create_app(replace(known, auth=True))
    try:
        answer = post(closed.test_client(), written(usual()))
        assert (answer.status_code, answer.mimetype) == (401, PROTOBUF)
        assert Status.FromString(answer.data).code == 16
    finally:
        closed.close()


def test_a_sender_never_passes_for_ours(client: FlaskClient, stored: Callable[[], Any]) -> None:
    post(client, written(usual(1, service="gatehouse")))
    assert [key[0] for key in stored()] == ["reported:gatehouse"]


def hostile(rng: random.Random) -> tuple[bytes, str, dict[str, str]]:
    """One body that nobody should send."""
    end = time.time_ns()
    clocks = [0, 1, end, end - 10**18, end + 10**18, 2**63, 2**64 - 1]
    kind = rng.randrange(8)
    told = usual(rng.randrange(1, 4), start=rng.choice(clocks), end=rng.choice(clocks))
    body = written(told)
    if kind == 0:
        body = body[: rng.randrange(len(body))]
    elif kind == 1:
        changed = bytearray(body)
        for _ in range(rng.randrange(1, 9)):
            changed[rng.randrange(len(changed))] = rng.randrange(256)
        body = bytes(changed)
    elif kind == 2:
        body = rng.randbytes(rng.randrange(400))
    elif kind == 3:
        value = b""
        for _ in range(rng.randrange(1, 500)):
            value = field(rng.choice([5, 6]), field(1, value))
        body = field(1, field(2, field(2, field(9, field(1, b"http.route") + field(2, value)) + b"\x30\x02")))
    elif kind == 4:
        body = written(usual(1, attributes=[("http.route", "/" + "x" * rng.randrange(200_000)), ("http.method", "\0")]))
    elif kind == 5:
        body = written(
            usual(3, attributes=[("http.route", f"/{rng.random()}"), ("http.status_code", rng.getrandbits(63))])
        )
    elif kind == 6:
        odd = [None, -1, 1e999, "NaN", "\ud800", [], {}, "9" * 400, True, "\0", 2**70]
        times = {name: rng.choice(odd) for name in ("startTimeUnixNano", "endTimeUnixNano", "events")}
        route = {"key": "http.route", "value": {"stringValue": rng.choice(odd)}}
        spans_ = [{"spans": [{"kind": 2, "attributes": [route], **times}]}]
        text = json.dumps({"resourceSpans": [{"scopeSpans": spans_}]})
        return text.encode()[: rng.choice([10, 50, 10_000])], JSON, {}
    else:
        packed = gzip.compress(body)
        cut = packed[: rng.randrange(len(packed))] + rng.randbytes(rng.randrange(20))
        return cut, rng.choice([PROTOBUF, JSON]), {"Content-Encoding": rng.choice(["gzip", "identity", "br", ""])}
    return body, rng.choice([PROTOBUF, PROTOBUF, JSON]), {}


@pytest.fixture
def fuzz() -> Iterator[random.Random]:
    """A generator whose seed is in the report."""
    seed = random.randrange(2**32)
    print("seed", seed)
    return random.Random(seed)


@pytest.mark.timeout(900)
def test_ten_thousand_hostile_bodies_are_no_5xx(
    client: FlaskClient, fuzz: random.Random, stored: Callable[[], Any]
) -> None:
    answers: dict[int, int] = {}
    for _ in range(FUZZED):
        body, content_type, headers = hostile(fuzz)
        answer = post(client, body, content_type, **headers)
        assert answer.status_code in (200, 400, 413, 415), (answer.status_code, body[:500], content_type, headers)
        answers[answer.status_code] = answers.get(answer.status_code, 0) + 1
    print(answers)
    assert answers[200] > FUZZED // 10
    assert answers[400] > FUZZED // 10
    assert post(client, written(usual())).status_code == 200
    assert len(stored()) <= 2_000 + 100  # whatever routes they named; the rest is `(other)`


def test_numbers_are_written_as_protobuf_writes_them() -> None:
    assert [varint(number) for number in (0, 127, 128, 300)] == [b"\x00", b"\x7f", b"\x80\x01", b"\xac\x02"]
