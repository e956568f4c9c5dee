"""Time-based codes against the vectors of RFC 6238 and RFC 4226, and what is accepted when."""

from base64 import b32decode

import pytest

from console.auth import totp

SECRET = b"12345678901234567890"


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [
        (59, "287082"), (1111111109, "081804"), (1111111111, "050471"), (1234567890, "005924"),
        (2000000000, "279037"), (20000000000, "353130"),
    ],
)  # fmt: skip
def test_the_vectors_of_the_standard(seconds: int, expected: str) -> None:
    assert totp.code(SECRET, totp.step_at(seconds)) == expected


@pytest.mark.parametrize("offset", [-2, -1, 0, 1, 2])
def test_a_code_counts_within_one_step(offset: int) -> None:
    now = 1_000_015.0
    step = totp.step_at(now) + offset
    assert totp.matching_step(SECRET, totp.code(SECRET, step), now) == (step if abs(offset) <= 1 else None)


@pytest.mark.parametrize("typed", ["", "12345", "1234567", "é28708", "abcdef"])
def test_what_is_no_code_matches_nothing(typed: str) -> None:
    assert totp.matching_step(SECRET, typed, 59.0) is None


def test_the_address_names_issuer_and_account() -> None:
    found = totp.uri(SECRET, "ann o'brien", "Gatehouse")
    assert found.startswith("otpauth://totp/Gatehouse:ann%20o%27brien?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ")
    assert totp.readable(SECRET).startswith("GEZD GNBV")
    assert totp.new_secret() != totp.new_secret()


@pytest.mark.parametrize("size", [16, 20])
def test_a_secret_is_shown_without_padding_and_whole(size: int) -> None:
    secret = b"12345678901234567890"[: size - 1] + b"\x17"
    shown = totp.readable(secret).replace(" ", "")
    assert len(shown) == -(-size * 8 // 5)
    assert b32decode(shown + "=" * (-len(shown) % 8)) == secret
