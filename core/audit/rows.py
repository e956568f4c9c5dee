"""One row of the audit log as a value, and the digest that chains it to the row before."""

from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

import orjson

GENESIS = b"\0" * 32
SIGNATURES = ("hash", "key_id", "mac")


@dataclass(frozen=True)
class Entry:
    """One row. `before` and `after` are JSON texts or None; `ip` is canonical; hashes are raw bytes."""

    seq: int
    at: datetime
    actor: str
    action: str
    target: str
    before: str | None
    after: str | None
    ip: str | None
    correlation_id: str | None
    previous: bytes
    hash: bytes
    key_id: str | None = None
    mac: bytes | None = None


@dataclass(frozen=True)
class Standing:
    """Where the log goes on: the number and the hash that the next row follows, and what the log says of itself first,
    as (action, target, after)."""

    seq: int
    hash: bytes
    own: tuple[tuple[str, str, dict[str, Any]], ...] = ()


def entry(row: Any) -> Entry:
    """A row of the queries `audit.all` and `audit.listed`."""
    fields = dict(row._mapping)
    raw = {name: bytes(fields[name]) for name in ("previous", "hash", "mac") if fields.get(name) is not None}
    return Entry(**{**fields, **raw})


def digest_of_entry(found: Entry) -> bytes:
    """The digest that a row should have."""
    return digest_of(**{name: value for name, value in found.__dict__.items() if name not in SIGNATURES})


def digest_of(
    seq: int,
    at: datetime,
    actor: str,
    action: str,
    target: str,
    before: str | None,
    after: str | None,
    ip: str | None,
    correlation_id: str | None,
    previous: bytes,
) -> bytes:
    """SHA-256 of the canonical JSON: keys sorted, time in UTC with microseconds, `before` and `after` as texts."""
    document = {
        "seq": seq,
        "at": at.astimezone(UTC).isoformat(timespec="microseconds"),
        "actor": actor,
        "action": action,
        "target": target,
        "before": before,
        "after": after,
        "ip": ip,
        "correlation_id": correlation_id,
        "previous": previous.hex(),
    }
    return sha256(orjson.dumps(document, option=orjson.OPT_SORT_KEYS)).digest()
