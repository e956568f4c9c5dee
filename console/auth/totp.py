"""One-time codes by time (RFC 6238: SHA-1, 30 s, six digits, what every authenticator app speaks), computed by pyotp.

The rule that a code counts once is not here: whoever logs a person in remembers the step that `matching_step` returned.
"""

import secrets
from base64 import b32encode

from pyotp import TOTP
from pyotp.exceptions import OTPVerificationError

SECRET_BYTES = 20  # as RFC 4226 asks for


def new_secret() -> bytes:
    """A random secret."""
    return secrets.token_bytes(SECRET_BYTES)


def step_at(now: float) -> int:
    """The number of the 30-second step that epoch second `now` lies in."""
    return int(now // 30)


def code(secret: bytes, step: int) -> str:
    """The six digits of a step (RFC 4226, section 5.3)."""
    return TOTP(_base32(secret)).generate_otp(step)


def matching_step(secret: bytes, typed: str, now: float) -> int | None:
    """The step within one of `now` whose code was typed, or None."""
    try:
        return TOTP(_base32(secret)).verify_and_get_timecode(typed, for_time=now, valid_window=1)
    except OTPVerificationError:
        return None


def readable(secret: bytes) -> str:
    """The secret as people type it into an app: base 32 in groups of four."""
    text = _base32(secret)
    return " ".join(text[start : start + 4] for start in range(0, len(text), 4))


def uri(secret: bytes, account: str, issuer: str) -> str:
    """The otpauth address that a QR code carries."""
    return TOTP(_base32(secret)).provisioning_uri(name=account, issuer_name=issuer)


def _base32(secret: bytes) -> str:
    return b32encode(secret).decode().rstrip("=")
