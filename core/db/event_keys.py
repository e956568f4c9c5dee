"""Idempotency keys, apart by sender: nobody claims a key that another will use (X8).

A key is the 128-bit digest of kind, sender and id. An event of our own has no sender, as every event had none before
senders were told apart: what was stored then keeps its key, so a retry across that release counts once, and an event of
our own that is stored already is never stored again on somebody's word.
"""

from collections.abc import Mapping
from hashlib import blake2b
from typing import Any

from core.db.queries import sql
from core.events.senders import OWN


def key(kind: str, event_id: str | None, sender: str = OWN) -> str:
    """32 hexadecimal digits. Ids hold no control characters, so no id spells another sender's key."""
    parts = (kind, sender, event_id) if sender else (kind, event_id)
    return blake2b("\0".join(map(str, parts)).encode(), digest_size=16).hexdigest()


def claim(cursor: Any, wanted: Mapping[str, str]) -> set[str]:
    """Claim keys, each with the key that the same id has without a sender; those that nobody had claimed."""
    ordered = sorted(wanted)
    cursor.execute(sql("writer.new_keys"), (_array(ordered), _array([wanted[one] for one in ordered])))
    return {row[0] for row in cursor.fetchall()}


def known(cursor: Any, keys: list[str]) -> set[str]:
    """Which of some keys are claimed."""
    if not keys:
        return set()
    cursor.execute(sql("writer.known_keys"), (_array(keys),))
    return {row[0] for row in cursor.fetchall()}


def _array(keys: list[str]) -> str:
    return "{" + ",".join(keys) + "}"
