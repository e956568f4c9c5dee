"""Secrets at rest: AES-256-GCM under keys derived from GATEHOUSE_SECRET_KEY, one key a purpose (HKDF-SHA256)."""

import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from core.errors import DecryptionError

_NONCE = 12


def derive(secret_key: str, purpose: str) -> bytes:
    """A 32-byte key for one purpose."""
    return HKDF(SHA256(), 32, salt=None, info=f"gatehouse:{purpose}".encode()).derive(secret_key.encode())


class SecretBox:
    """Seals and opens bytes for one purpose. `owner` binds a sealed value to its row: it opens nowhere else."""

    def __init__(self, secret_key: str, purpose: str) -> None:
        self._cipher = AESGCM(derive(secret_key, purpose))

    def seal(self, value: bytes, owner: str) -> bytes:
        """The sealed value."""
        nonce = secrets.token_bytes(_NONCE)
        return nonce + self._cipher.encrypt(nonce, value, owner.encode())

    def open(self, sealed: bytes, owner: str) -> bytes:
        """What was sealed. Raises DecryptionError when it was altered, belongs elsewhere, or the key is another."""
        try:
            return self._cipher.decrypt(sealed[:_NONCE], sealed[_NONCE:], owner.encode())
        except (InvalidTag, ValueError) as error:
            raise DecryptionError("a stored secret cannot be decrypted; was GATEHOUSE_SECRET_KEY changed?") from error
