"""One-time codes by time (RFC 6238: SHA-1, 30 s, six digits, what every authenticator app speaks)."""

import hmac
import secrets
from base64 import b32encode
from urllib.parse import quote, urlencode

STEP_SECONDS = 30
DIGITS = 6
SECRET_BYTES = 20  # as RFC 4226 asks for


def new_secret() -> bytes:
    """A random secret."""
    return secrets.token_bytes(SECRET_BYTES)


def step_at(now: float) -> int:
    """The number of the 30-second step that epoch second `now` lies in."""
    return int(now // STEP_SECONDS)


def code(secret: bytes, step: int) -> str:
    """The six digits of a step (RFC 4226, section 5.3)."""
    digest = hmac.digest(secret, step.to_bytes(8, "big"), "sha1")
    offset = digest[-1] & 0x0F
    number = int.from_bytes(digest[offset : offset + 4], "big") & 0x7FFFFFFF
    return str(number % 10**DIGITS).zfill(DIGITS)


def matching_step(secret: bytes, typed: str, now: float) -> int | None:
    """The step within one of `now` whose code was typed, or None; looks at all three whatever it finds."""
    found = None
    given = typed.encode()
    for step in (step_at(now) - 1, step_at(now), step_at(now) + 1):
        if hmac.compare_digest(code(secret, step).encode(), given):
            found = step
    return found


def readable(secret: bytes) -> str:
    """The secret as people type it into an app: base 32 in groups of four."""
    text = b32encode(secret).decode().rstrip("=")
    return " ".join(text[start : start + 4] for start in range(0, len(text), 4))


def uri(secret: bytes, account: str, issuer: str) -> str:
    """The otpauth address that a QR code carries."""
    query = urlencode({"secret": b32encode(secret).decode().rstrip("="), "issuer": issuer})
    return f"otpauth://totp/{quote(issuer)}:{quote(account)}?{query}"
