"""The seal of a registered model: a digest of its artefact and a keyed signature over everything that scoring reads.

Whoever can write to the database but does not hold GATEHOUSE_SECRET_KEY can then neither change a model, nor swap two,
nor register one of their own. Pure.
"""

import hashlib
import hmac
from typing import Any

from core import codec
from core.errors import UntrustedModel
from core.identity.encryption import derive

PURPOSE = "model registry"


class ModelSeal:
    """Signs and checks. Without a key (tools on a machine without secrets) it signs nothing and checks digests only.

    What such a tool registers stays unsigned, so a process with a key refuses it, unless no model was ever signed.
    """

    def __init__(self, secret_key: str) -> None:
        self._key = derive(secret_key, PURPOSE) if secret_key else b""

    @property
    def has_key(self) -> bool:
        """Whether it can sign."""
        return bool(self._key)

    def sign(self, version: int, digest: bytes, document: dict[str, Any]) -> bytes | None:
        """The signature of a model; `document` is what is read of its row beside the artefact. None without a key."""
        if not self._key:
            return None
        text = codec.encode([version, digest.hex(), _plain(document)])
        return hmac.digest(self._key, text, "sha256")

    def check(
        self, version: int, artefact: bytes, document: dict[str, Any], digest: bytes | None, signature: bytes | None
    ) -> None:
        """Returns when the model is the one that was registered. Raises UntrustedModel with the reason."""
        if not artefact:
            raise UntrustedModel(version, "its artefact is empty")
        if digest is not None and not hmac.compare_digest(digest_of(artefact), digest):
            raise UntrustedModel(version, "its artefact is not the one that was registered")
        if not self._key:
            return
        if digest is None or signature is None:
            raise UntrustedModel(version, f"it is not signed; check its origin, then: {command(version)}")
        expected = self.sign(version, digest, document) or b""
        if not hmac.compare_digest(expected, signature):
            raise UntrustedModel(version, "its signature does not match; it was changed, or GATEHOUSE_SECRET_KEY was")


KEYLESS = ModelSeal("")


def digest_of(artefact: bytes) -> bytes:
    """SHA-256 of a model's bytes, 32 bytes."""
    return hashlib.sha256(artefact).digest()


def command(version: int) -> str:
    """How an operator signs a model on their own word."""
    return f"python -m ml sign {version}"


def _plain(value: Any) -> Any:
    """The value with its keys in order and whole numbers alike, however JSON or PostgreSQL wrote them."""
    if isinstance(value, dict):
        return [[str(key), _plain(value[key])] for key in sorted(value, key=str)]
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value
