"""Reads security events written in the Elastic Common Schema (ECS 8)."""

from typing import Any, TypeVar

import msgspec

from core.errors import BadInput
from core.events import senders
from core.events.ecs_values import FieldChange, FieldReader, fitted
from core.events.ecs_values import at as _at
from core.events.limits import Shape
from core.tabular import dates

T = TypeVar("T")

# Where a document says who wrote it.
NAMES_ITSELF = frozenset(
    {
        "event.provider", "event.module", "event.dataset", "agent.name", "agent.type", "service.name", "service.type",
        "process.name", "host.name", "data_stream.dataset",
    }
)  # fmt: skip
_DIGITS_OF_SECONDS = 10
_OUTCOMES = {"success": "success", "succeeded": "success", "failure": "failure", "failed": "failure", "fail": "failure"}
_NUMBERS = ((75, "critical"), (50, "high"), (25, "medium"))
_WORDS = {
    "emergency": "critical",
    "alert": "critical",
    "critical": "critical",
    "fatal": "critical",
    "error": "high",
    "high": "high",
    "warning": "medium",
    "warn": "medium",
    "medium": "medium",
}


def to_security(document: dict[str, Any]) -> dict[str, Any]:
    """The fields of our security event that an ECS document carries; the document itself is kept."""
    return read(document)[0]


def read(document: dict[str, Any]) -> tuple[dict[str, Any], list[FieldChange]]:
    """These fields, and what was changed so that they fit: shippers send long messages, lists, and `-` for nothing.

    `event.severity` is read on the 0..100 scale (from 25 medium, from 50 high, from 75 critical), else `log.level`.
    """
    taken = FieldReader(document)
    fields = {
        "kind": "security",
        "id": taken.name("event.id"),
        "timestamp": _time(_at(document, "@timestamp")),
        "severity": _severity(document),
        "text": taken.text("message", "event.reason", "event.action", "error.message", "event.original", "event.code"),
        "category": taken.name("event.category") or "host",
        "action": taken.name("event.action"),
        "outcome": _outcome(_at(document, "event.outcome")),
        "actor": taken.name("user.name") or taken.name("user.id"),
        "ip": taken.address("source.ip", "client.ip", "source.address", "client.address"),
        "correlation_id": taken.name("trace.id") or taken.name("labels.correlation_id"),
        "source": taken.name("event.dataset") or taken.name("observer.name") or "log-shipper",
        "document": document,
    }
    return {name: value for name, value in fields.items() if value is not None}, taken.changes


def _time(value: Any) -> Any:
    """Epoch milliseconds, the other form of a date in Elasticsearch, as seconds; others as they are."""
    found = value[0] if isinstance(value, list) and value else value
    if isinstance(found, str) and found.isdecimal() and len(found) > _DIGITS_OF_SECONDS:
        found = int(found[:20])
    is_number = isinstance(found, (int, float)) and not isinstance(found, bool)
    return dates.seconds(found) if is_number else found


def _outcome(value: Any) -> str:
    found = value[0] if isinstance(value, list) and value else value
    word = found.strip().lower() if isinstance(found, str) else ""
    return _OUTCOMES.get(word, "unknown")


def event(raw: bytes, kind: type[T], shape: Shape) -> tuple[T, list[FieldChange]] | None:
    """The security event (of type `kind`) of a JSON text that is an ECS document, and what was changed in it; None when
    it is none. Raises BadInput.
    """
    try:
        document = msgspec.json.decode(raw)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        return None
    if not isinstance(document, dict) or "@timestamp" not in document or document.get("kind", "security") != "security":
        return None
    try:
        document, shortened = fitted(document, shape)
        fields, changes = read(document)
        return msgspec.convert(fields, kind), [*changes, *shortened]
    except RecursionError:
        raise BadInput("$", "ECS document: objects within objects without end") from None
    except msgspec.ValidationError as error:
        reason, _, path = str(error).rpartition(" - at `")
        raise BadInput(path.rstrip("`") or "$", f"ECS document: {reason or error}") from None


def apart(document: dict[str, Any]) -> dict[str, Any]:
    """The document with every name by which its sender passes for one of our processes told apart; pure."""
    return {name: _apart(value, name) for name, value in document.items()}


def _apart(value: Any, path: str) -> Any:
    if isinstance(value, dict):
        return {name: _apart(inner, f"{path}.{name}") for name, inner in value.items()}
    if isinstance(value, list) and path in NAMES_ITSELF:
        return [_apart(one, path) for one in value]
    if isinstance(value, str):
        if path in NAMES_ITSELF or path.startswith("observer."):
            return senders.apart(value)
        return senders.apart_id(value) if path == "event.id" else value
    return value


def _severity(document: dict[str, Any]) -> str:
    number = _at(document, "event.severity")
    if isinstance(number, (int, float)) and not isinstance(number, bool):
        return next((word for limit, word in _NUMBERS if number >= limit), "low")
    level = _at(document, "log.level")
    level = level[0] if isinstance(level, list) and level else level
    return _WORDS.get(level.lower(), "low") if isinstance(level, str) else "low"
