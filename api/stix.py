"""The threat list as STIX 2.1 (OASIS): one bundle of indicators. Pure.

Ids are derived from kind and value, so that a consumer recognises an entry that it has seen. An address is the
standard's own observable; for a wallet, which the standard has no object for, the pattern names
`cryptocurrency-wallet:value`, as the community's extension does.
"""

from collections.abc import Iterable
from typing import Any
from uuid import UUID, uuid5

from core.clock import iso
from core.security.threat_store import Threat

NAMESPACE = UUID("7d1b5a52-4a0e-5c43-9d0c-0f5f5c2f3a11")
MEDIA_TYPE = "application/stix+json;version=2.1"
OBJECTS = {"wallet": "cryptocurrency-wallet"}


def bundle(threats: Iterable[Threat], now: float) -> dict[str, Any]:
    """The bundle of these entries, with the identity that says so. `now` in epoch seconds."""
    source = _identity()
    objects = [source, *(indicator(threat, source["id"]) for threat in threats)]
    return {"type": "bundle", "id": f"bundle--{uuid5(NAMESPACE, f'bundle {iso(now)}')}", "objects": objects}


def indicator(threat: Threat, source: str) -> dict[str, Any]:
    """One entry."""
    found: dict[str, Any] = {
        "type": "indicator",
        "spec_version": "2.1",
        "id": f"indicator--{uuid5(NAMESPACE, f'{threat.kind} {threat.value}')}",
        "created_by_ref": source,
        "created": iso(threat.created_at.timestamp()),
        "modified": iso(max(threat.created_at, threat.seen_at).timestamp()),
        "name": f"{threat.kind} {threat.value}",
        "description": f"{threat.reason} ({threat.source}; listed {threat.sightings} times)",
        "indicator_types": ["malicious-activity"],
        "pattern": f"[{_object(threat)}:value = '{_quoted(threat.value)}']",
        "pattern_type": "stix",
        "valid_from": iso(threat.created_at.timestamp()),
    }
    if threat.until is not None and threat.until > threat.created_at:
        found["valid_until"] = iso(threat.until.timestamp())
    return found


def _identity() -> dict[str, Any]:
    return {
        "type": "identity",
        "spec_version": "2.1",
        "id": f"identity--{uuid5(NAMESPACE, 'gatehouse')}",
        "created": "2026-01-01T00:00:00.000Z",
        "modified": "2026-01-01T00:00:00.000Z",
        "name": "Gatehouse",
        "identity_class": "system",
    }


def _object(threat: Threat) -> str:
    if threat.kind == "ip":
        return "ipv6-addr" if ":" in threat.value else "ipv4-addr"
    return OBJECTS[threat.kind]


def _quoted(value: str) -> str:
    return value.replace("\\", "\\\\").replace("'", "\\'")
