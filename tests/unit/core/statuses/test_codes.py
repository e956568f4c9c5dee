"""Codes have their names, whatever way they are written; an unknown one stays as it came."""

import pytest

from core.statuses import codes


@pytest.mark.parametrize(
    ("code", "name"),
    [("00", "Approved"), ("51", "Insufficient funds"), ("n7", "Decline for CVV2 failure"),
     (" 91 ", "Issuer unavailable"),
     ("5", "Do not honor"), ("0", "Approved"), ("ZZ", ""), ("", "")],
)  # fmt: skip
def test_a_code_has_its_name(code: str, name: str) -> None:
    assert codes.name_of(code) == name


def test_a_code_reads_in_a_table_and_in_a_sentence() -> None:
    assert codes.titled("51") == "51 Insufficient funds"
    assert codes.titled("Q9") == "Q9"
    assert codes.explained("51") == "51 (insufficient funds)"
    assert codes.explained("98") == "98 (MAC error)"
    assert codes.explained("Q9") == "Q9"


def test_names_are_short_and_each_code_is_text() -> None:
    assert all(code == code.upper() and 2 <= len(code) <= 3 for code in codes.NAMES)
    assert max(map(len, codes.NAMES.values())) <= 45
