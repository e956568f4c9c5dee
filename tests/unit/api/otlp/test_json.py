"""OTLP in JSON: as the specification writes it, with what its encoders may do, and what is none."""

from typing import Any

import pytest
from google.protobuf.json_format import MessageToJson
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from api.otlp import json, protobuf
from api.otlp.spans import Span
from core import codec
from core.errors import BadInput
from tests.unit.api.otlp.test_protobuf import usual, written


def body(span: dict[str, Any]) -> bytes:
    attributes = [{"key": "service.name", "value": {"stringValue": "shop"}}]
    scope = {"scope": {"name": "x"}, "spans": [{"traceId": "5b8efff798038103d269b633813fc60c", "kind": 2, **span}]}
    return codec.encode({"resourceSpans": [{"resource": {"attributes": attributes}, "scopeSpans": [scope]}]})


def test_it_reads_the_same_as_from_protobuf() -> None:
    packed = written(usual(2, exceptions=["ValueError"], failed=True) + usual(1, kind=3))
    told = MessageToJson(ExportTraceServiceRequest.FromString(packed), use_integers_for_enums=True)
    assert list(json.read(told.encode())) == list(protobuf.read(packed, 10**6))
    named = MessageToJson(ExportTraceServiceRequest.FromString(packed))
    assert list(json.read(named.encode())) == list(protobuf.read(packed, 10**6))


def test_numbers_may_be_text_and_null_is_nothing() -> None:
    attributes = [
        {"key": "http.response.status_code", "value": {"intValue": "503"}},
        {"key": "http.status_code", "value": {"intValue": 502}},
        {"key": "http.route", "value": None},
        {"key": "http.method", "value": {"arrayValue": {"values": []}}},
        {"key": "error.type", "value": {"boolValue": False}},
    ]
    span = {"startTimeUnixNano": "5", "endTimeUnixNano": 7, "attributes": attributes, "events": None, "status": {}}
    assert list(json.read(body(span))) == [
        Span("shop", "", 5, 7, {"http.response.status_code": 503, "http.status_code": 502, "error.type": False},
             False, "")
    ]  # fmt: skip


@pytest.mark.parametrize("given", ["-5", "1e9", "9" * 21, "", "soon", None])
def test_a_time_that_is_no_number_is_none(given: str | None) -> None:
    [span] = json.read(body({"startTimeUnixNano": given}))
    assert span is not None
    assert span.start == 0


@pytest.mark.parametrize("empty", [b"{}", b'{"resourceSpans":[]}', b'{"resourceSpans":[{"scopeSpans":[{}]}]}'])
def test_nothing_is_no_span(empty: bytes) -> None:
    assert list(json.read(empty)) == []


@pytest.mark.parametrize(
    ("wrong", "where"),
    [
        (b"", "$"),
        (b"[]", "$"),
        (b"{", "$"),
        (b'{"resourceSpans":{}}', "$.resourceSpans"),
        (b'{"resourceSpans":[5]}', "$.resourceSpans[0]"),
        (b'{"resourceSpans":' + b"[" * 100_000, "$.resourceSpans[0]"),
        (b'{"a":' * 100_000, "$"),
        (b'{"resourceSpans":"\xff"}', "$.resourceSpans"),
    ],
)
def test_what_is_no_such_document_is_refused_by_name(wrong: bytes, where: str) -> None:
    with pytest.raises(BadInput) as refused:
        list(json.read(wrong))
    assert refused.value.field == where
