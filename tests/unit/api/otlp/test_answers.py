"""Answers to OpenTelemetry's exporters, as its published classes read them."""

from collections import Counter

import pytest
from google.protobuf.json_format import Parse
from google.rpc.status_pb2 import Status
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceResponse

from api.otlp import answers
from api.otlp.answers import JSON, PROTOBUF

REJECTED = Counter({"ends before it starts": 300, "is older than data are kept": 1})
TEXT = "Rejected: 300 whose span ends before it starts; 1 whose span is older than data are kept."


@pytest.mark.parametrize("content_type", [PROTOBUF, JSON])
def test_a_success_is_empty_and_a_partial_one_says_how_many_and_why(content_type: str) -> None:
    def read(body: bytes) -> ExportTraceServiceResponse:
        if content_type == JSON:
            return Parse(body, ExportTraceServiceResponse())
        return ExportTraceServiceResponse.FromString(body)

    assert not read(answers.accepted(content_type, Counter())).HasField("partial_success")
    found = read(answers.accepted(content_type, REJECTED)).partial_success
    assert (found.rejected_spans, found.error_message) == (301, TEXT)


@pytest.mark.parametrize(("status", "code"), [(400, 3), (401, 16), (429, 8), (503, 14), (418, 2)])
def test_an_error_is_a_status(status: int, code: int) -> None:
    found = Status.FromString(answers.status(PROTOBUF, status, "grün \ud800", {"title": "x"}))
    assert (found.code, found.message) == (code, "grün ?")
    told = Parse(answers.status(JSON, status, "grün", {"title": "x"}), Status(), ignore_unknown_fields=True)
    assert (told.code, told.message) == (code, "grün")


def test_a_message_names_the_most_frequent_reasons_only() -> None:
    many = Counter({f"reason {number}": number for number in range(1, 50)})
    assert answers.message(many).count("whose") == answers.NAMED
    assert answers.message(Counter()) == ""
