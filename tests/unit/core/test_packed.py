"""Packed files: unpacked whole, never beyond a limit, and damage is said."""

import gzip

import pytest

from core.packed import Unusable, unpacked


def test_what_is_packed_is_unpacked_and_the_rest_is_left() -> None:
    assert unpacked(b"a,b\n", 10) == b"a,b\n"
    assert unpacked(gzip.compress(b"a,b\n") + gzip.compress(b"1,2\n"), 10) == b"a,b\n1,2\n"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (gzip.compress(bytes(1000))[:-9], "cut off"),
        (b"\x1f\x8b nothing of the kind", "damaged"),
        (gzip.compress(bytes(1_000_000)), "more than 1,000 bytes when unpacked"),
    ],
)
def test_what_cannot_be_unpacked_says_why(content: bytes, reason: str) -> None:
    with pytest.raises(Unusable, match=reason):
        unpacked(content, 1000)
