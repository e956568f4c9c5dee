"""Sealed secrets open for their owner, with their key, unaltered; and else not at all."""

import pytest

from core.errors import DecryptionError
from core.identity.encryption import SecretBox


def test_what_was_sealed_opens_only_for_its_owner_and_key() -> None:
    secret_box = SecretBox("k" * 40, "totp")
    sealed = secret_box.seal(b"secret", "user:1")
    assert b"secret" not in sealed
    assert secret_box.open(sealed, "user:1") == b"secret"
    assert secret_box.seal(b"secret", "user:1") != sealed
    for wrong, owner, other in (
        (sealed, "user:2", secret_box),
        (sealed[:-1] + bytes([sealed[-1] ^ 1]), "user:1", secret_box),
        (b"", "user:1", secret_box),
        (sealed, "user:1", SecretBox("j" * 40, "totp")),
        (sealed, "user:1", SecretBox("k" * 40, "other")),
    ):
        with pytest.raises(DecryptionError):
            other.open(wrong, owner)
