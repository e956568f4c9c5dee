"""An ExportTraceServiceRequest in JSON (OTLP 1.x): names in camel case, 64-bit numbers as text or numbers. Pure."""

from collections.abc import Iterator, Sequence
from typing import Any

import msgspec
from msgspec import Struct

from api.otlp import spans
from api.otlp.spans import Recorded, Span
from core.errors import BadInput
from core.events import bodies

Number = int | str | None


class AnyValue(Struct, rename="camel", gc=False):
    """A plain value; a list, a map or bytes have none of these."""

    string_value: str | None = None
    int_value: Number = None
    double_value: float | str | None = None
    bool_value: bool | None = None


class KeyValue(Struct, gc=False):
    """An attribute."""

    key: str = ""
    value: AnyValue | None = None


class Resource(Struct, gc=False):
    """What sent the spans."""

    attributes: list[KeyValue] | None = None


class SpanEvent(Struct, gc=False):
    """What happened within a span, such as an exception."""

    name: str | None = None
    attributes: list[KeyValue] | None = None


class SpanStatus(Struct, gc=False):
    """Whether it went well: 2 or STATUS_CODE_ERROR when not."""

    code: int | str | None = None


class JsonSpan(Struct, rename="camel", gc=False):
    """A span; `kind` 2 or SPAN_KIND_SERVER is a request that was answered."""

    kind: int | str | None = None
    start_time_unix_nano: Number = None
    end_time_unix_nano: Number = None
    attributes: list[KeyValue] | None = None
    events: list[SpanEvent] | None = None
    status: SpanStatus | None = None


class ScopeSpans(Struct, gc=False):
    """The spans of one instrumentation."""

    spans: list[JsonSpan] | None = None


class ResourceSpans(Struct, rename="camel", gc=False):
    """The spans of one resource."""

    resource: Resource | None = None
    scope_spans: list[ScopeSpans] | None = None


class Traces(Struct, rename="camel", gc=False):
    """ExportTraceServiceRequest, as far as it is read."""

    resource_spans: list[ResourceSpans] | None = None


_decoder = msgspec.json.Decoder(Traces)


def read(body: bytes) -> Iterator[Span | None]:
    """Each span in the body's order, None for one of another kind. Raises BadInput for what is no such document."""
    try:
        found = _decoder.decode(body)
    except msgspec.ValidationError as error:
        raise BadInput(*bodies.wrong(str(error))) from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise BadInput("$", f"the body is not JSON: {error}") from None
    for sent in found.resource_spans or ():
        about = _attributes(sent.resource.attributes if sent.resource else None, spans.OF_RESOURCE)
        service, version = str(about.get(spans.SERVICE, "")), str(about.get(spans.VERSION, ""))
        for scope in sent.scope_spans or ():
            for span in scope.spans or ():
                yield _span(span, service, version) if span.kind in (spans.SERVER, "SPAN_KIND_SERVER") else None


def _span(span: JsonSpan, service: str, version: str) -> Span:
    recorded = tuple(
        Recorded.of(_attributes(event.attributes, spans.OF_EVENT))
        for event in (span.events or ())[: spans.MOST_EVENTS]
        if event.name == spans.EXCEPTION
    )
    return Span(
        service,
        version,
        _nanoseconds(span.start_time_unix_nano),
        _nanoseconds(span.end_time_unix_nano),
        _attributes(span.attributes, spans.OF_SPAN | spans.OF_USER),
        span.status is not None and span.status.code in (spans.ERROR, "STATUS_CODE_ERROR"),
        next((one.type for one in reversed(recorded) if one.type), ""),
        recorded,
    )


def _attributes(given: Sequence[KeyValue] | None, wanted: frozenset[str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for pair in (given or ())[: spans.MOST_ATTRIBUTES]:
        if pair.key in wanted and pair.value is not None and (value := _plain(pair.value)) is not None:
            found[pair.key] = value
    return found


def _plain(value: AnyValue) -> Any:
    """The one that it has; None for none, or for a number that is none."""
    if value.int_value is not None:
        return _number(value.int_value)
    return next((one for one in (value.string_value, value.bool_value, value.double_value) if one is not None), None)


def _nanoseconds(given: Number) -> int:
    """A time; 0 for none and for what is no number."""
    return max(_number(given) or 0, 0)


def _number(given: Number) -> int | None:
    """A 64-bit number, which JSON writes as text."""
    if not isinstance(given, str):
        return given
    digits = given.removeprefix("-")
    return int(given) if digits.isascii() and digits.isdigit() and len(digits) <= 20 else None
