"""Values of an ECS document cut and cleaned to what an event holds, with a word on each that was changed. Pure.

Real shippers send messages of many kilobytes with line ends of Windows, a list where one value is usual, `-` for
nothing, and documents beyond our limits. Such an event is worth more than a refusal.
"""

import re
from collections.abc import Iterable
from ipaddress import ip_address
from typing import Any, NamedTuple

import msgspec

from core.errors import BadInput
from core.events.limits import Shape

LINE, NAME = 2000, 200
_NOTHING = frozenset({"", "-"})
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_CONTROL_OF_NAMES = re.compile(r"[\x00-\x1f\x7f]")
_LONGEST_STRINGS = (2000, 200, 40)
_LIST = 50
# What is left of a document that fits in no other way.
_ESSENTIAL = (
    "@timestamp", "message", "event.id", "event.category", "event.action", "event.outcome", "event.code",
    "event.dataset", "event.provider", "event.severity", "log.level", "source.ip", "user.name", "host.name",
)  # fmt: skip


class FieldChange(NamedTuple):
    """What was changed in a field of a document."""

    field: str
    reason: str


class FieldReader:
    """Takes values out of a document and remembers what it changed."""

    def __init__(self, document: dict[str, Any]) -> None:
        self._document = document
        self.changes: list[FieldChange] = []

    def text(self, *paths: str) -> str:
        """The first of these that says anything, of several lines."""
        for path in paths:
            for given in _words(at(self._document, path)):
                found = given.replace("\r\n", "\n").replace("\r", "\n").strip("\n")
                if found.strip():
                    return self._fitted(path, given, _CONTROL.sub("?", found), LINE)
        return ""

    def name(self, path: str) -> str | None:
        """A word of one line; the first of a list."""
        value = at(self._document, path)
        for given in _words(value):
            if given.strip() not in _NOTHING:
                return self._fitted(path, given, _CONTROL_OF_NAMES.sub("?", given), NAME)
        return None

    def address(self, *paths: str) -> str | None:
        """The first address at these paths."""
        odd: list[FieldChange] = []
        for path in paths:
            given = [word.strip() for word in _words(at(self._document, path))]
            found = [address for word in given if (address := _address(word))]
            if found:
                if len(set(found)) > 1:
                    self.changes.append(FieldChange(f"$.{path}", f"{len(given)} addresses; {found[0]} is used as ip"))
                return found[0]
            wrong = [word for word in given if word not in _NOTHING]
            if wrong and path.endswith(".ip"):
                odd.append(FieldChange(f"$.{path}", f"{wrong[0][:60]!r} is not an IP address and was left out"))
        self.changes += odd
        return None

    def _fitted(self, path: str, given: str, found: str, length: int) -> str:
        if len(found) > length:
            self.changes.append(FieldChange(f"$.{path}", f"truncated from {len(found):,} to {length:,} characters"))
        elif found != given.strip("\n"):
            self.changes.append(FieldChange(f"$.{path}", "line ends and control characters were replaced"))
        return found[: length - 1] + "…" if len(found) > length else found


def at(document: dict[str, Any], path: str) -> Any:
    """The value at a dotted path; ECS allows nested objects and dotted names alike."""
    if path in document:
        return document[path]
    value: Any = document
    for name in path.split("."):
        if not isinstance(value, dict) or name not in value:
            return None
        value = value[name]
    return value


def fitted(document: dict[str, Any], shape: Shape) -> tuple[dict[str, Any], list[FieldChange]]:
    """A document that is too large shortened until it fits, and what was changed; any other as it is."""
    if not _is_large(document, shape):
        return document, []
    for longest in _LONGEST_STRINGS:
        shorter = _shortened(document, longest)
        if not _is_large(shorter, shape):
            reason = (
                f"the document is too large: its texts were truncated to {longest:,} characters, lists to {_LIST} items"
            )
            return shorter, [FieldChange("$", reason)]
    essential = {path: _shortened(at(document, path), NAME) for path in _ESSENTIAL if at(document, path) is not None}
    return essential, [FieldChange("$", "the document is too large: only its main fields were kept")]


def _is_large(document: dict[str, Any], shape: Shape) -> bool:
    """Whether a document has too many bytes or members; what cannot be stored for another reason is not large."""
    try:
        shape.check_document(document)
    except BadInput:
        return _members(document) > shape.members or len(msgspec.json.encode(document)) > shape.document_bytes
    return False


def _members(value: Any) -> int:
    held = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return len(held) + sum(_members(one) for one in held if isinstance(one, (dict, list)))


def _shortened(value: Any, longest: int) -> Any:
    if isinstance(value, dict):
        return {name: _shortened(inner, longest) for name, inner in value.items()}
    if isinstance(value, list):
        return [_shortened(inner, longest) for inner in value[:_LIST]]
    return _cut(value, longest) if isinstance(value, str) else value


def _cut(text: str, longest: int) -> str:
    return text[: longest - 1] + "…" if len(text) > longest else text


def _words(value: Any) -> Iterable[str]:
    """A value as texts: one, or those of a list; objects say nothing."""
    for one in value if isinstance(value, list) else [value]:
        if isinstance(one, str):
            yield one
        elif isinstance(one, (int, float)) and not isinstance(one, bool):
            yield str(one)


def _address(text: str) -> str | None:
    text = text.strip("[]").partition("%")[0]
    try:
        return str(ip_address(text))
    except ValueError:
        host, _, port = text.rpartition(":")
    try:
        return str(ip_address(host.strip("[]"))) if port.isdecimal() else None
    except ValueError:
        return None
