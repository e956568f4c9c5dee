"""The audit log (X2): append-only rows, each chained to the one before by SHA-256, the newest signed.

`append` writes inside the caller's transaction, so a change and its record are committed together. The signature is
an HMAC with a key derived from GATEHOUSE_SECRET_KEY, which the database does not hold: whoever rewrites the chain,
or cuts rows off at its end, cannot sign the new head. `core.store.audit_check` finds the first row that is not right.
"""

import hmac
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

import orjson
from sqlalchemy import Connection

from core import clock, csv_text, events
from core.errors import BadInput, ConfigError
from core.store.db import Database
from core.store.queries import query

GENESIS = b"\0" * 32
MOST = 1000


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


@dataclass(frozen=True)
class Filter:
    """Which rows are listed; None: any. `start` ≤ at < `end`. `without_batches` leaves batches of labels out: machines
    send one every few seconds."""

    actor: str | None = None
    action: str | None = None
    target: str | None = None
    start: datetime | None = None
    end: datetime | None = None
    without_batches: bool = False


class Audit:
    """Appends; `secret_key` signs the head."""

    def __init__(self, secret_key: str) -> None:
        self._key = signing_key(secret_key) if secret_key else b""

    @property
    def signs(self) -> bool:
        """Whether there is a key, without which nothing can be audited."""
        return bool(self._key)

    def append(
        self,
        where: Connection | Database,
        actor: str,
        action: str,
        target: str,
        before: Any = None,
        after: Any = None,
        ip: str | None = None,
        correlation_id: str | None = None,
    ) -> int:
        """Write one row and return its number; in the transaction of `where` when that is a connection.

        `before` and `after` are JSON-able and must hold no secret; an `ip` that is no address is left out. Raises
        DatabaseAway, and ConfigError without a secret key.
        """
        if not self._key:
            raise ConfigError(["GATEHOUSE_SECRET_KEY is not set; nothing can be audited without it"])
        with _connection(where) as connection:
            connection.execute(query("audit.lock"))
            head = connection.execute(query("audit.head")).one_or_none()
            row: dict[str, Any] = {
                "seq": head.seq + 1 if head else 1,
                "at": clock.to_datetime(clock.now()),
                "actor": _text(actor),
                "action": _text(action),
                "target": _text(target),
                "before": _json(before),
                "after": _json(after),
                "ip": _address(ip),
                "correlation_id": None if correlation_id is None else _text(correlation_id),
                "previous": bytes(head.hash) if head else GENESIS,
            }
            digest = digest_of(**row)
            connection.execute(query("audit.insert"), {**row, "hash": digest})
            signed = signature(self._key, row["seq"], digest)
            connection.execute(query("audit.set_head"), {"seq": row["seq"], "hash": digest, "signature": signed})
            return int(row["seq"])


def listed(where: Connection | Database, wanted: Filter, below: int | None = None, most: int = 100) -> list[Entry]:
    """Rows newest first, at most `most` (≤ 1,000); `below` continues after the row of that number."""
    values = {**wanted.__dict__, "below": below, "most": min(most, MOST)}
    with _connection(where) as connection:
        return [entry(row) for row in connection.execute(query("audit.listed"), values)]


def everything(database: Database, wanted: Filter) -> Iterator[Entry]:
    """Every row of a filter, newest first, read in pages; for exports."""
    below = None
    while page := listed(database, wanted, below, MOST):
        yield from page
        below = page[-1].seq


def export(entries: Iterable[Entry]) -> Iterator[str]:
    """Rows as lines of CSV that a spreadsheet opens safely, header first."""
    names = ("seq", "at", "actor", "action", "target", "before", "after", "ip", "correlation_id", "hash")
    rows = (
        [one.seq, clock.iso(one.at.timestamp()), *(getattr(one, n) for n in names[2:-1]), one.hash.hex()]
        for one in entries
    )
    return csv_text.lines(names, rows)


def entry(row: Any) -> Entry:
    """A row of the queries `audit.all` and `audit.listed`."""
    fields = dict(row._mapping)
    return Entry(**{**fields, "previous": bytes(fields["previous"]), "hash": bytes(fields["hash"])})


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


def signing_key(secret_key: str) -> bytes:
    """The key of the head's signature; other uses of the secret key derive theirs."""
    return hmac.digest(secret_key.encode(), b"gatehouse audit head", "sha256")


def signature(key: bytes, seq: int, digest: bytes) -> bytes:
    """The head's HMAC-SHA256."""
    return hmac.digest(key, seq.to_bytes(8, "big") + digest, "sha256")


@contextmanager
def _connection(where: Connection | Database) -> Iterator[Connection]:
    if isinstance(where, Database):
        with where.transaction() as connection:
            yield connection
    else:
        yield where


def _json(value: Any) -> str | None:
    if value is None:
        return None
    return orjson.dumps(value, default=str, option=orjson.OPT_SORT_KEYS | orjson.OPT_UTC_Z).decode()


def _text(value: str) -> str:
    return value.replace("\0", "\ufffd").encode("utf-8", "replace").decode()[:500]


def _address(value: str | None) -> str | None:
    try:
        return events.address(value) if value else None
    except BadInput:
        return None
