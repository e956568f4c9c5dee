"""What the audit log stands on before the next row is signed (X10): the newest row, the head, and the anchor.

An unverified head is never signed over in silence. What does not hold becomes a row of the log itself, written first:

| action | says |
|---|---|
| `audit.seal` | rows of releases that did not sign each row end here; their head was ours |
| `audit.break` | what does not hold: a person must look, and the row stays for ever |
| `audit.restore` | a backup was put back; what was written after it is gone |
| `audit.anchor` | this host begins an anchor for a log that it did not know |
| `audit.acknowledge` | a person has looked at a break |
"""

import hmac
import socket
from datetime import datetime
from typing import Any

from core.audit.anchor import Anchor, Claim
from core.audit.keys import Keyring
from core.audit.rows import GENESIS, Entry, Standing, digest_of_entry, entry
from core.clock import to_datetime
from core.db.engine import Connection
from core.db.queries import query


def standing(connection: Connection, keys: Keyring, anchor: Anchor | None) -> Standing:
    """Under the lock of the log: where the next row goes, and what must be said first."""
    row = connection.execute(query("audit.newest")).one_or_none()
    newest = entry(row) if row else None
    head = connection.execute(query("audit.head")).one_or_none()
    fault = head_fault(newest, head, keys)
    seq, digest = (newest.seq, newest.hash) if newest else (0, GENESIS)
    highest = seq if fault and not _is_ours(head, keys) else max(seq, head.seq if head else 0)
    claim = anchor.newest() if anchor else None
    lost = claim is not None and not holds(connection, claim) and not is_known(connection, claim.at, keys)
    if claim is not None:
        highest = max(highest, claim.seq)
    if lost and anchor is not None and claim is not None and anchor.restoring() >= claim.at:
        return Standing(highest, digest, (("audit.restore", f"rows:{seq + 1}-{highest}", {"kept": seq}),))
    if lost and claim is not None:
        fault = fault or gone(claim, seq)
    if fault:
        return Standing(highest, digest, (("audit.break", "log", {"problem": fault, "kept": seq}),))
    return Standing(highest, digest, tuple(_news(connection, newest, anchor)))


def head_fault(newest: Entry | None, head: Any, keys: Keyring) -> str:
    """What is wrong with the newest row and the head over it; empty when both are ours."""
    if newest is None:
        return "" if head is None else f"removed: rows 1 to {head.seq} are gone, and only the head is left"
    if head is None:
        return "the signed head is missing"
    if not _is_ours(head, keys):
        return f"the signature of the head, row {head.seq}, is not ours"
    if head.seq > newest.seq:
        return f"removed: rows {newest.seq + 1} to {head.seq} are cut off at the end"
    if head.seq < newest.seq or not hmac.compare_digest(bytes(head.hash), newest.hash):
        return f"the signed head, row {head.seq}, is not the last row: rows were put in or replaced"
    return row_fault(newest, keys)


def row_fault(found: Entry, keys: Keyring) -> str:
    """What is wrong with a row by itself."""
    if not hmac.compare_digest(digest_of_entry(found), found.hash):
        return f"altered: row {found.seq} does not give its hash"
    if found.mac is not None and not keys.row_is_ours(found.key_id, found.seq, found.hash, found.mac):
        return f"the signature of row {found.seq} is not ours"
    return ""


def gone(claim: Claim, newest: int) -> str:
    """In words: what was anchored is not there."""
    if claim.seq > newest:
        return f"removed: the anchor knows row {claim.seq}, and the log ends with row {newest}"
    return f"replaced: row {claim.seq} is not the one that was anchored"


def holds(connection: Connection, claim: Claim) -> bool:
    """Whether the row of a claim is there."""
    found = connection.execute(query("audit.hash_at"), {"seq": claim.seq}).scalar()
    return found is not None and hmac.compare_digest(bytes(found), claim.hash)


def is_known(connection: Connection, since: float, keys: Keyring) -> bool:
    """Whether a signed row from `since` on says that rows are gone: a restored backup, or a break on record."""
    rows = map(entry, connection.execute(query("audit.own"), {"since": to_datetime(since)}))
    return any(explains(one, to_datetime(since), keys) for one in rows)


def explains(found: Entry, since: datetime, keys: Keyring) -> bool:
    """Whether this row of the log about itself explains why a claim made by `since` no longer holds."""
    signed = found.mac is not None and not row_fault(found, keys)
    return signed and found.at >= since and found.action in ("audit.restore", "audit.break")


def _is_ours(head: Any, keys: Keyring) -> bool:
    return head is not None and keys.head_is_ours(head.seq, bytes(head.hash), bytes(head.signature))


def _news(connection: Connection, newest: Entry | None, anchor: Anchor | None) -> list[tuple[str, str, dict[str, Any]]]:
    """What is said once: where signed rows begin, and that this host begins an anchor."""
    found: list[tuple[str, str, dict[str, Any]]] = []
    if newest is None:
        return found
    if newest.mac is None and not connection.execute(query("audit.sealed")).first():
        found.append(("audit.seal", f"rows:1-{newest.seq}", {"rows": newest.seq, "hash": newest.hash.hex()}))
    if anchor is not None and not anchor.exists():
        found.append(("audit.anchor", f"host:{socket.gethostname()}", {"rows": newest.seq}))
    return found
