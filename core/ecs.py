"""Reads security events written in the Elastic Common Schema (ECS 8)."""

from typing import Any

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
    """The fields of our security event that an ECS document carries; the document itself is kept.

    `event.severity` is read on the 0..100 scale (from 25 medium, from 50 high, from 75 critical), else `log.level`.
    """
    text = _at(document, "message") or _at(document, "event.reason") or _at(document, "event.action") or ""
    fields = {
        "kind": "security",
        "id": _at(document, "event.id"),
        "timestamp": _at(document, "@timestamp"),
        "severity": _severity(document),
        "text": text,
        "category": _first(_at(document, "event.category")) or "host",
        "action": _at(document, "event.action"),
        "outcome": _at(document, "event.outcome") or "unknown",
        "actor": _at(document, "user.name") or _at(document, "user.id"),
        "ip": _at(document, "source.ip") or _at(document, "client.ip"),
        "correlation_id": _at(document, "trace.id") or _at(document, "labels.correlation_id"),
        "source": _at(document, "event.dataset") or _at(document, "observer.name") or "log-shipper",
        "document": document,
    }
    return {name: value for name, value in fields.items() if value is not None}


def _at(document: dict[str, Any], path: str) -> Any:
    """The value at a dotted path; ECS allows nested objects and dotted names alike."""
    if path in document:
        return document[path]
    value: Any = document
    for name in path.split("."):
        if not isinstance(value, dict) or name not in value:
            return None
        value = value[name]
    return value


def _first(value: Any) -> Any:
    return value[0] if isinstance(value, list) and value else value or None


def _severity(document: dict[str, Any]) -> str:
    number = _at(document, "event.severity")
    if isinstance(number, (int, float)):
        return next((word for limit, word in _NUMBERS if number >= limit), "low")
    level = _at(document, "log.level")
    return _WORDS.get(level.lower(), "low") if isinstance(level, str) else "low"
