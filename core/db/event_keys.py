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
    name = f"{kind}\0{sender}\0{event_id}" if sender else f"{kind}\0{event_id}"
    return blake2b(name.encode(), digest_size=16).hexdigest()


def claim(cursor: Any, wanted: Mapping[str, str]) -> set[str]:
    """Claim keys, each with the key that the same id has without a sender; those that nobody had claimed."""
    ordered = sorted(wanted)
    if all(one == wanted[one] for one in ordered):
        cursor.execute(sql("writer.new_own_keys"), (_array(ordered),))
    else:
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
