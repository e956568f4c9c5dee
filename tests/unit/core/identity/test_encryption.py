"""Sealed secrets open for their owner, with their key, unaltered; and else not at all."""

import pytest

from core.errors import SealBroken
from core.identity.encryption import Sealer


def test_what_was_sealed_opens_only_for_its_owner_and_key() -> None:
    sealer = Sealer("k" * 40, "totp")
    sealed = sealer.seal(b"secret", "user:1")
    assert b"secret" not in sealed
    assert sealer.open(sealed, "user:1") == b"secret"
    assert sealer.seal(b"secret", "user:1") != sealed
    for wrong, owner, other in (
        (sealed, "user:2", sealer),
        (sealed[:-1] + bytes([sealed[-1] ^ 1]), "user:1", sealer),
        (b"", "user:1", sealer),
        (sealed, "user:1", Sealer("j" * 40, "totp")),
        (sealed, "user:1", Sealer("k" * 40, "other")),
    ):
        with pytest.raises(SealBroken):
            other.open(wrong, owner)
