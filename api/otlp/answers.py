"""What `/v1/traces` answers in protobuf and JSON: ExportTraceServiceResponse, google.rpc.Status for an error. Pure.

The two messages are a number and a text each, so they are written here.
"""

from collections import Counter
from typing import Any

from msgspec import Struct

from core import codec

PROTOBUF, JSON = "application/x-protobuf", "application/json"
# google.rpc.Code by HTTP status, as grpc-gateway maps them.
CODES = {400: 3, 401: 16, 403: 7, 404: 5, 405: 12, 413: 8, 415: 3, 422: 3, 429: 8, 500: 13, 503: 14}
UNKNOWN = 2
NAMED = 5  # reasons that a message spells out


class PartialSuccess(Struct, rename="camel"):
    """How many spans were not taken (a 64-bit number, so text), and why."""

    rejected_spans: str
    error_message: str


class TracesAccepted(Struct, rename="camel", omit_defaults=True):
    """ExportTraceServiceResponse; `partialSuccess` is left out when every span was taken."""

    partial_success: PartialSuccess | None = None


def message(rejected: Counter[str]) -> str:
    """Why spans were rejected, in one sentence; empty for none."""
    told = [f"{count:,} whose span {reason}" for reason, count in rejected.most_common(NAMED)]
    return f"Rejected: {'; '.join(told)}." if told else ""


def accepted(content_type: str, rejected: Counter[str]) -> bytes:
    """The body of a success, a partial one where spans were rejected."""
    count, text = rejected.total(), message(rejected)
    if content_type == PROTOBUF:
        return _bytes(1, _number(1, count) + _bytes(2, text.encode())) if count else b""
    found: dict[str, Any] = {"partialSuccess": {"rejectedSpans": str(count), "errorMessage": text}} if count else {}
    return codec.encode(found)


def status(content_type: str, http_status: int, detail: str, problem: dict[str, Any]) -> bytes:
    """The body of an error; in JSON with the members of our problem document, which others ignore."""
    code = CODES.get(http_status, UNKNOWN)
    if content_type == PROTOBUF:
        return _number(1, code) + _bytes(2, detail.encode("utf-8", "replace"))
    return codec.encode({"code": code, "message": detail, **problem})


def _number(field: int, value: int) -> bytes:
    return _varint(field << 3) + _varint(value)


def _bytes(field: int, value: bytes) -> bytes:
    return _varint(field << 3 | 2) + _varint(len(value)) + value


def _varint(value: int) -> bytes:
    found = bytearray()
    while value > 127:
        found.append(value & 127 | 128)
        value >>= 7
    found.append(value)
    return bytes(found)
