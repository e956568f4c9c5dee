"""The audit log (X2, X10): append-only rows, each chained to the one before by SHA-256 and signed with HMAC-SHA256.

`append` writes inside the caller's transaction, so a change and its record are committed together. Before it signs, it
proves the newest row, the head and the anchor outside the tables (`core.audit.head`); what does not hold is
recorded for ever by a row `audit.break`, and work goes on behind it. The keys are outside the database
(`core.audit.keys`), the anchor is a file (`core.audit.anchor`). `core.audit.check` proves the whole.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, Self

import orjson

from core import clock
from core.audit.anchor import Anchor, place
from core.audit.head import standing
from core.audit.keys import Keyring, head_signature, row_mac
from core.audit.rows import Entry, digest_of, entry
from core.db.engine import Connection, Database, after_commit
from core.db.queries import query
from core.errors import BadInput, ConfigError
from core.events import types as events
from core.settings import Settings
from core.tabular import csv_export

MOST = 1000
SYSTEM = "gatehouse"


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
    """Appends. `secret_key` signs, unless `keys` do; `anchor` notes outside the tables which rows there are."""

    def __init__(self, secret_key: str, keys: Keyring | None = None, anchor: Anchor | None = None) -> None:
        self.keys = keys or Keyring(secret_key)
        self.anchor = anchor

    @classmethod
    def of(cls, settings: Settings, database_url: str = "", secret_key: str = "") -> Self:
        """With the keys and the anchor that the settings name; a command line may know the other two better."""
        secret_key = settings.secret_key or secret_key
        keys = Keyring(settings.audit_key or secret_key, (*settings.audit_old_keys, secret_key))
        url = database_url or settings.database_url
        return cls(secret_key, keys, Anchor(place(settings.audit_anchor, url), keys) if url else None)

    @property
    def signs(self) -> bool:
        """Whether there is a key, without which nothing can be audited."""
        return self.keys.current is not None

    def restoring(self) -> None:
        """A backup is being put back from here: what this host anchored before may be gone, and that is no break."""
        if self.anchor is not None and self.signs and self.anchor.exists():
            self.anchor.claim(0, b"", "restore")

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
        DatabaseUnavailable, and ConfigError without a key.
        """
        if self.keys.current is None:
            raise ConfigError(["GATEHOUSE_SECRET_KEY is not set; nothing can be audited without it"])
        with _connection(where) as connection:
            connection.execute(query("audit.lock"))
            found = standing(connection, self.keys, self.anchor)
            seq, digest = found.seq, found.hash
            for name, about, said in found.own:
                seq, digest = self._write(connection, seq + 1, digest, SYSTEM, name, about, None, said, None, None)
            seq, digest = self._write(
                connection, seq + 1, digest, actor, action, target, before, after, ip, correlation_id
            )
            if self.anchor is not None:
                after_commit(connection, partial(self.anchor.claim, seq, digest))
            return seq

    def _write(
        self,
        connection: Connection,
        seq: int,
        previous: bytes,
        actor: str,
        action: str,
        target: str,
        before: Any,
        after: Any,
        ip: str | None,
        correlation_id: str | None,
    ) -> tuple[int, bytes]:
        """One row and the head over it; its number and hash."""
        key = self.keys.current
        assert key is not None
        row: dict[str, Any] = {
            "seq": seq,
            "at": clock.to_datetime(clock.now()),
            "actor": _text(actor),
            "action": _text(action),
            "target": _text(target),
            "before": _json(before),
            "after": _json(after),
            "ip": _address(ip),
            "correlation_id": None if correlation_id is None else _text(correlation_id),
            "previous": previous,
        }
        digest = digest_of(**row)
        signed = {"hash": digest, "key_id": key.id, "mac": row_mac(key, seq, digest)}
        connection.execute(query("audit.insert"), {**row, **signed})
        head = {"seq": seq, "hash": digest, "signature": head_signature(key, seq, digest)}
        connection.execute(query("audit.set_head"), head)
        return seq, digest


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
    return csv_export.lines(names, rows)


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
