"""A stored security event as a valid document of the Elastic Common Schema 8 (S3).

What a log shipper sent is kept whole in `event.original`; of its fields those of FIELDS with the right type stay in
place. What ECS has no room for (our own category words, who reported an event) goes to `labels`.
"""

from ipaddress import ip_address
from typing import Any

from core import codec

VERSION = "8.17.0"
SEVERITY = {"critical": 99, "high": 73, "medium": 47, "low": 21}
LEVEL = {"critical": "critical", "high": "error", "medium": "warning", "low": "info"}
CATEGORIES = frozenset(
    {
        "api", "authentication", "configuration", "database", "driver", "email", "file", "host",
        "iam", "intrusion_detection", "library", "malware", "network", "package", "process",
        "registry", "session", "threat", "vulnerability", "web",
    }
)  # fmt: skip
# Our words, and words of others, for a category that ECS knows.
ALIASES = {
    "policy": "configuration",
    "drift": "configuration",
    "rate-limit": "network",
    "correlation": "intrusion_detection",
}
# event.type that ECS expects in each category; `info` suits all others.
FAILED = {"network": "denied", "intrusion_detection": "denied", "authentication": "start", "session": "start"}
DONE = {
    "authentication": "start",
    "session": "start",
    "configuration": "change",
    "network": "connection",
    "web": "access",
}

# Fields of a shipper's document that stay where they are, by ECS type.
FIELDS = {
    "agent.name": "keyword", "agent.type": "keyword", "client.ip": "ip", "client.port": "long",
    "cloud.provider": "keyword", "cloud.region": "keyword", "container.id": "keyword", "container.name": "keyword",
    "destination.ip": "ip", "destination.port": "long", "event.code": "keyword", "event.module": "keyword",
    "event.provider": "keyword", "event.reason": "keyword", "file.name": "keyword", "file.path": "keyword",
    "host.hostname": "keyword", "host.name": "keyword", "http.request.method": "keyword",
    "http.response.status_code": "long", "network.protocol": "keyword", "network.transport": "keyword",
    "process.name": "keyword", "process.pid": "long", "rule.id": "keyword", "rule.name": "keyword",
    "server.ip": "ip", "service.name": "keyword", "source.port": "long", "span.id": "keyword",
    "transaction.id": "keyword", "url.path": "wildcard", "user.domain": "keyword", "user.id": "keyword",
    "user_agent.original": "keyword",
}  # fmt: skip


def document(event: dict[str, Any]) -> dict[str, Any]:
    """The document of a row of `security_events` (`timestamp` an aware datetime); pure."""
    raw_category = event["category"]
    category = ALIASES.get(raw_category, raw_category if raw_category in CATEGORIES else "host")
    outcome = event["outcome"]
    kinds = FAILED if outcome == "failure" else DONE if outcome == "success" else {}
    kind = "denied" if category == "network" and event["action"] == "ip-blocked" else kinds.get(category, "info")
    shipped = event.get("document")
    found: dict[str, Any] = _kept(shipped) if isinstance(shipped, dict) else {}
    ours = {
        "@timestamp": event["timestamp"].isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "ecs.version": VERSION,
        "message": event["text"],
        "event.id": event["id"],
        "event.kind": "alert" if event["source"] == "correlation" else "event",
        "event.category": [category],
        "event.type": [kind],
        "event.outcome": outcome,
        "event.severity": SEVERITY[event["severity"]],
        "event.dataset": event["source"],
        "log.level": LEVEL[event["severity"]],
        "observer.vendor": "Gatehouse",
        "observer.product": "Gatehouse",
        "labels.severity": event["severity"],
    }
    for name, value in (
        ("event.action", event["action"]),
        ("user.name", event["actor"]),
        ("source.ip", event["ip"]),
        ("trace.id", event["correlation_id"]),
        ("labels.correlation_id", event["correlation_id"]),
        ("labels.category", raw_category if raw_category != category else None),
        ("related.ip", [event["ip"]] if event["ip"] else None),
        ("related.user", [event["actor"]] if event["actor"] else None),
        ("labels.reported_by", event.get("reported_by")),
        ("event.original", codec.encode(shipped).decode() if shipped else None),
    ):
        if value is not None:
            ours[name] = value
    for name, value in ours.items():
        _put(found, name, value)
    return found


def flat(nested: dict[str, Any], prefix: str = "") -> dict[str, Any]:
    """Dotted names and leaf values of a document; ECS allows both forms."""
    found: dict[str, Any] = {}
    for name, value in nested.items():
        if isinstance(value, dict):
            found |= flat(value, f"{prefix}{name}.")
        else:
            found[prefix + name] = value
    return found


def _kept(shipped: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in flat(shipped).items():
        if name in FIELDS and _suits(value, FIELDS[name]):
            _put(found, name, value)
    return found


def _suits(value: Any, kind: str) -> bool:
    if kind == "long":
        return isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**63
    if not isinstance(value, str):
        return False
    if kind != "ip":
        return True
    try:
        ip_address(value)
    except ValueError:
        return False
    return True


def _put(found: dict[str, Any], name: str, value: Any) -> None:
    *parents, last = name.split(".")
    for parent in parents:
        found = found.setdefault(parent, {})
    found[last] = value
