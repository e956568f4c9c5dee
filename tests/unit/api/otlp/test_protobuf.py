"""Our reader of OTLP's protobuf against the published messages, and against bodies that are none."""

import random
import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, KeyValue

from api.otlp import protobuf
from api.otlp.spans import OF_SPAN, Recorded, Span
from core.errors import BadInput

MOST = 1_000_000
VALUES = st.one_of(
    st.text(max_size=20), st.integers(-(2**63), 2**63 - 1), st.booleans(), st.floats(allow_nan=False), st.binary()
)
NAMES = st.one_of(st.sampled_from(sorted(OF_SPAN)), st.text(max_size=200))
SPANS = st.fixed_dictionaries(
    {
        "kind": st.integers(0, 5),
        "start": st.integers(0, 2**64 - 1),
        "end": st.integers(0, 2**64 - 1),
        "attributes": st.lists(st.tuples(NAMES, VALUES), max_size=8),
        "failed": st.booleans(),
        "exceptions": st.lists(st.text(max_size=150), max_size=3),
        "service": st.text(max_size=20),
    }
)


def any_value(value: Any) -> AnyValue:
    kind = {str: "string_value", bool: "bool_value", int: "int_value", float: "double_value", bytes: "bytes_value"}
    return AnyValue(**{kind[type(value)]: value})


def written(given_spans: list[dict[str, Any]]) -> bytes:
    """A request of these spans, by the published classes."""
    made = ExportTraceServiceRequest()
    for told in given_spans:
        resource = made.resource_spans.add()
        resource.resource.attributes.append(KeyValue(key="service.name", value=any_value(told["service"])))
        scope = resource.scope_spans.add(schema_url="https://example.org")
        scope.scope.name = "of a test"
        span = scope.spans.add(trace_id=bytes(16), span_id=bytes(8), name="GET", kind=told["kind"])
        span.start_time_unix_nano, span.end_time_unix_nano = told["start"], told["end"]
        span.attributes.extend(KeyValue(key=key, value=any_value(value)) for key, value in told["attributes"])
        span.status.code = 2 if told["failed"] else 0
        span.status.message = "said"
        span.links.add(trace_id=bytes(16))
        for name in told["exceptions"]:
            event = span.events.add(name="exception", time_unix_nano=5)
            event.attributes.append(KeyValue(key="exception.message", value=any_value("no")))
            event.attributes.append(KeyValue(key="exception.type", value=any_value(name)))
        span.events.add(name="other").attributes.append(KeyValue(key="exception.type", value=any_value("not one")))
    return made.SerializeToString()


@settings(max_examples=300)
@given(st.lists(SPANS, max_size=4))
def test_it_reads_what_the_published_classes_write(told: list[dict[str, Any]]) -> None:
    found = list(protobuf.read(written(told), MOST))
    assert len(found) == len(told)
    for span, said in zip(found, told, strict=True):
        if said["kind"] != 2:
            assert span is None
            continue
        wanted = {key: value for key, value in said["attributes"] if key in OF_SPAN and not isinstance(value, bytes)}
        exception = next((name for name in reversed(said["exceptions"]) if name), "")
        assert span == Span(
            said["service"], "", said["start"], said["end"], wanted, said["failed"], exception,
            tuple(Recorded(name, "no", "") for name in said["exceptions"]),
        )  # fmt: skip


def usual(count: int = 3, **more: Any) -> list[dict[str, Any]]:
    end = time.time_ns()
    told = {
        "kind": 2, "start": end - 10**8, "end": end, "failed": False, "exceptions": ["KeyError"], "service": "shop",
        "attributes": [("http.route", "/a"), ("http.request.method", "GET"), ("http.response.status_code", 200)],
    }  # fmt: skip
    return [{**told, **more}] * count


def test_the_resource_may_come_after_its_spans() -> None:
    body = written(usual(1))
    inner = body[body.index(b"\n", 1) :]  # the fields of the one ResourceSpans
    made = ExportTraceServiceRequest.FromString(body).resource_spans[0]
    resource, scopes = made.resource.SerializeToString(), made.scope_spans[0].SerializeToString()
    turned = field(1, field(2, scopes) + field(1, resource))
    assert inner
    assert [span.service for span in protobuf.read(turned, MOST) if span] == ["shop"]


def field(number: int, content: bytes) -> bytes:
    return varint(number << 3 | 2) + varint(len(content)) + content


def varint(value: int) -> bytes:
    found = bytearray()
    while value > 127:
        found.append(value & 127 | 128)
        value >>= 7
    found.append(value)
    return bytes(found)


def test_every_cut_is_refused_or_read_and_nothing_else() -> None:
    body = written(usual())
    refused = 0
    for end in range(len(body)):
        try:
            list(protobuf.read(body[:end], MOST))
        except BadInput:
            refused += 1
    assert refused >= len(body) - 4  # a cut between two spans is none


def test_any_bytes_are_refused_or_read_and_nothing_else() -> None:
    rng, body = random.Random(3), written(usual())
    refused = 0
    for _ in range(3_000):
        damaged = bytearray(body)
        for _ in range(rng.randrange(1, 6)):
            damaged[rng.randrange(len(damaged))] = rng.randrange(256)
        try:
            list(protobuf.read(bytes(damaged), MOST))
        except BadInput:
            refused += 1
    assert 0 < refused < 3_000


@pytest.mark.parametrize(
    "body",
    [
        b"\xff" * 11,  # a number without an end
        b"\x0a\xff\xff\xff\xff\xff\xff\xff\xff\xff\x7f",  # longer than anything
        b"\x00\x00",  # field 0
        b"\x0b\x0c",  # a group
        b"\x0f",  # a kind that there is not
        b"\x0a\x05\x12",  # cut off
        b"<html>what?</html>",
    ],
)
def test_what_is_no_protobuf_is_refused(body: bytes) -> None:
    with pytest.raises(BadInput):
        list(protobuf.read(body, MOST))


def test_an_empty_body_has_no_spans() -> None:
    assert list(protobuf.read(b"", MOST)) == []


def test_depth_costs_nothing() -> None:
    value = b""
    for _ in range(3_000):
        value = field(5, field(1, value))  # a list in a list in a list …
    span = field(9, field(1, b"http.route") + field(2, value)) + b"\x30\x02"
    [found] = protobuf.read(field(1, field(2, field(2, span))), MOST)
    assert found is not None
    assert found.attributes == {}


def test_more_values_than_a_body_may_have_are_refused() -> None:
    with pytest.raises(BadInput, match="more than 1,000 values"):
        list(protobuf.read(field(1, field(2, b"\x12\x00" * 1_000)), 1_000))


def test_attributes_and_events_beyond_the_limit_are_not_read() -> None:
    told = usual(1, attributes=[("http.route", "/a"), *[("x", "y")] * 1_000, ("http.route", "/late")])
    [span] = protobuf.read(written(told), MOST)
    assert span is not None
    assert span.attributes == {"http.route": "/a"}
