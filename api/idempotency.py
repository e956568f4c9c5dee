"""The key by which a repeated request counts once."""

from flask import request

from core.errors import BadInput

CHARACTERS = 150


def idempotency_key() -> str | None:
    """The header Idempotency-Key, None when there is none. Raises BadInput."""
    key = request.headers.get("Idempotency-Key")
    if key is not None and (not 0 < len(key) <= CHARACTERS or not key.isprintable()):
        raise BadInput("Idempotency-Key", f"expected 1 to {CHARACTERS} printable characters")
    return key
