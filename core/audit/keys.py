"""The keys of the audit log (X10): they come from the environment, and the database never holds them.

`GATEHOUSE_AUDIT_KEY` signs (without it `GATEHOUSE_SECRET_KEY` does); `GATEHOUSE_AUDIT_OLD_KEYS`, separated by commas,
are keys that signed before and still verify. A signature names its key by an id that tells nothing about it.
"""

import hmac
from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Key:
    """What is derived from one secret, each use its own."""

    id: str
    row: bytes = field(repr=False)
    head: bytes = field(repr=False)
    anchor: bytes = field(repr=False)


class Keyring:
    """`secret` signs, `older` verify. Without a secret nothing can be signed, and nothing verifies."""

    def __init__(self, secret: str, older: Sequence[str] = ()) -> None:
        self._keys = {key.id: key for key in map(_key, [one for one in (*older, secret) if one])}
        self.current = _key(secret) if secret else None

    def row_is_ours(self, key_id: str | None, seq: int, digest: bytes, mac: bytes) -> bool:
        """Whether a key of ours signed this row."""
        key = self._keys.get(key_id or "")
        return key is not None and hmac.compare_digest(_numbered(key.row, seq, digest), mac)

    def head_is_ours(self, seq: int, digest: bytes, signature: bytes) -> bool:
        """Whether a key of ours signed this head."""
        return any(hmac.compare_digest(_numbered(key.head, seq, digest), signature) for key in self._keys.values())

    def line_is_ours(self, key_id: str, text: bytes, mac: bytes) -> bool:
        """Whether a key of ours signed this line of an anchor."""
        key = self._keys.get(key_id)
        return key is not None and hmac.compare_digest(hmac.digest(key.anchor, text, "sha256"), mac)


def row_mac(key: Key, seq: int, digest: bytes) -> bytes:
    """The signature of a row, whose digest is over the row before it too."""
    return _numbered(key.row, seq, digest)


def head_signature(key: Key, seq: int, digest: bytes) -> bytes:
    """The signature of the newest row as releases before signed rows know it."""
    return _numbered(key.head, seq, digest)


def line_mac(key: Key, text: bytes) -> bytes:
    """The signature of a line of an anchor."""
    return hmac.digest(key.anchor, text, "sha256")


def _key(secret: str) -> Key:
    row, head, anchor = (
        hmac.digest(secret.encode(), label, "sha256")
        for label in (b"gatehouse audit row", b"gatehouse audit head", b"gatehouse audit anchor")
    )
    return Key(hmac.digest(row, b"id", "sha256").hex()[:12], row, head, anchor)


def _numbered(key: bytes, seq: int, digest: bytes) -> bytes:
    return hmac.digest(key, seq.to_bytes(8, "big", signed=True) + digest, "sha256")
