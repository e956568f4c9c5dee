"""An ExportTraceServiceRequest in protobuf, read field by field without making anything of what is not needed.

Field numbers are those of opentelemetry/proto/trace/v1/trace.proto, common.proto and resource.proto, which are stable.
Nothing recurses, and `most` bounds how many fields are looked at, so a body costs linear time and next to no memory
(docs/decisions/0014-otlp-by-our-own-reader.md).
"""

import struct
from collections.abc import Iterator
from typing import Any

from api.otlp import spans
from api.otlp.spans import Recorded, Span
from core.errors import BadInput

VARINT, FIXED64, BYTES, FIXED32 = 0, 1, 2, 5
_DOUBLE = struct.Struct("<d")
_names = {name.encode(): name for name in spans.OF_RESOURCE | spans.OF_SPAN | spans.OF_USER | spans.OF_EVENT}


def read(body: bytes, most: int) -> Iterator[Span | None]:
    """Each span in the body's order, None for one of another kind. Raises BadInput for what is no such message."""
    reader = _Reader(body, most)
    try:
        yield from reader.spans()
    except (IndexError, struct.error):
        raise BadInput("$", "the body is cut off") from None


class _Reader:
    def __init__(self, data: bytes, most: int) -> None:
        self._data = data
        self._most = self._left = most

    def spans(self) -> Iterator[Span | None]:
        for number, start, end in self._messages(0, len(self._data)):
            if number == 1:  # resource_spans
                yield from self._of_resource(start, end)

    def _of_resource(self, start: int, end: int) -> Iterator[Span | None]:
        about: dict[str, Any] = {}
        scopes = False
        for number, first, last in self._messages(start, end):
            if number == 1:  # resource
                about |= self._attributes([pair for pair in self._messages(first, last) if pair[0] == 1])
            scopes |= number == 2
        if not scopes:
            return
        service, version = str(about.get(spans.SERVICE, "")), str(about.get(spans.VERSION, ""))
        for number, first, last in self._messages(start, end):
            if number == 2:  # scope_spans
                for inner, begin, stop in self._messages(first, last):
                    if inner == 2:  # spans
                        yield self._span(begin, stop, service, version)

    def _span(self, start: int, end: int, service: str, version: str) -> Span | None:
        kind = began = ended = 0
        attributes: list[tuple[int, int, int]] = []
        events: list[tuple[int, int]] = []
        failed = False
        for number, value, stop in self._fields(start, end):
            if number == 9:
                if stop >= 0 and len(attributes) < spans.MOST_ATTRIBUTES:
                    attributes.append((number, value, stop))
            elif number == 6:
                kind = value if stop < 0 else 0
            elif number == 7:
                began = value if stop < 0 else 0
            elif number == 8:
                ended = value if stop < 0 else 0
            elif number == 11:
                if stop >= 0 and len(events) < spans.MOST_EVENTS:
                    events.append((value, stop))
            elif number == 15 and stop >= 0:
                failed = any(inner == 3 and code == spans.ERROR for inner, code, _ in self._fields(value, stop))
        if kind != spans.SERVER:
            return None
        recorded = tuple(one for first, last in events if (one := self._exception(first, last)))
        exception = next((one.type for one in reversed(recorded) if one.type), "")
        return Span(service, version, began, ended, self._attributes(attributes), failed, exception, recorded)

    def _exception(self, start: int, end: int) -> Recorded | None:
        """The exception that an event is about; None where it is about something else."""
        name, attributes = b"", list[tuple[int, int, int]]()
        for number, first, last in self._messages(start, end):
            if number == 2:
                name = self._data[first:last]
            elif number == 3 and len(attributes) < spans.MOST_ATTRIBUTES:
                attributes.append((number, first, last))
        if name != spans.EXCEPTION.encode():
            return None
        return Recorded.of(self._attributes(attributes))

    def _attributes(self, pairs: list[tuple[int, int, int]]) -> dict[str, Any]:
        """Those that matter, of KeyValue messages."""
        found: dict[str, Any] = {}
        data = self._data
        for _, start, end in pairs[: spans.MOST_ATTRIBUTES]:
            if end - start > 2 and data[start] == 10 and (size := data[start + 1]) < 128:
                first = start + 2  # a short key comes first, as everybody writes it
                if data[first : first + size] not in _names and first + size <= end:
                    continue
            key, value = None, None
            for number, first, last in self._messages(start, end):
                if number == 1:
                    key = _names.get(self._data[first:last])
                    if key is None:
                        break
                elif number == 2:
                    value = (first, last)
            if key is not None and value is not None and (plain := self._value(*value)) is not None:
                found[key] = plain
        return found

    def _value(self, start: int, end: int) -> str | int | float | bool | None:
        """A plain AnyValue; None for a list, a map or bytes."""
        found: str | int | float | bool | None = None
        for number, value, stop in self._fields(start, end):
            if number == 1 and stop >= 0:
                found = self._data[value : min(stop, value + spans.MOST_STACK)].decode("utf-8", "replace")
            elif number == 2 and stop < 0:
                found = bool(value)
            elif number == 3 and stop < 0:
                found = value - (1 << 64) if value >> 63 else value
            elif number == 4 and stop < 0:
                found = _DOUBLE.unpack(value.to_bytes(8, "little"))[0]
        return found

    def _messages(self, start: int, end: int) -> Iterator[tuple[int, int, int]]:
        """The fields that hold bytes: number, where they start and end."""
        for field in self._fields(start, end):
            if field[2] >= 0:
                yield field

    def _fields(self, start: int, end: int) -> Iterator[tuple[int, int, int]]:
        """Every field of a message: number, where it starts and ends; of a number its value, and -1."""
        data, at = self._data, start
        while at < end:
            self._left -= 1
            if self._left < 0:
                raise BadInput("$", f"the body contains more than {self._most:,} values, the limit; split it")
            tag = data[at]
            at += 1
            if tag > 127:
                tag, at = self._varint(at - 1)
            kind = tag & 7
            if kind == BYTES:
                size = data[at]
                at += 1
                if size > 127:
                    size, at = self._varint(at - 1)
                first, at = at, at + size
                field = tag >> 3, first, at
            elif kind == VARINT:
                value, at = self._varint(at)
                field = tag >> 3, value, -1
            elif kind in (FIXED64, FIXED32):
                first, at = at, at + (8 if kind == FIXED64 else 4)
                field = tag >> 3, int.from_bytes(data[first:at], "little"), -1
            else:
                raise BadInput("$", "the body is not protobuf")
            if at > end or not 0 < tag >> 3 < 1 << 29:
                raise BadInput("$", "the body is cut off or not protobuf")
            yield field

    def _varint(self, at: int) -> tuple[int, int]:
        data = self._data
        byte = data[at]
        value, shift = byte & 127, 0
        while byte > 127:
            at += 1
            shift += 7
            if shift > 63:
                raise BadInput("$", "the body is not protobuf")
            byte = data[at]
            value |= (byte & 127) << shift
        return value & 0xFFFF_FFFF_FFFF_FFFF, at + 1
