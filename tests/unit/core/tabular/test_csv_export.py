"""What a spreadsheet would run is written as text, whatever separator its country uses; numbers stay numbers."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.tabular.csv_export import lines, safe

SEPARATORS = (",", ";", "\t", "|")
SIGNS = "=+-@＝＋－＠"


@pytest.mark.parametrize("number", ["-5", "+1.25", "3e-7", "-0.10", "12"])
def test_numbers_stay(number: str) -> None:
    assert safe(number) == number
    assert safe(float(number)) == str(float(number))


@pytest.mark.parametrize(
    "lead", ["", " ", "\t", "\r", "\n", "\u00a0", "x;", "x; ", "x\t", "x|", "a\n", "a\r\n", ';"x";']
)
@pytest.mark.parametrize("sign", SIGNS)
def test_no_cell_begins_with_a_formula_in_any_country(lead: str, sign: str) -> None:
    written = "".join(lines(("name", "value"), [("x", f"{lead}{sign}cmd|'/C calc'!A0")]))
    for separator in SEPARATORS:
        cells = [cell for row in csv.reader(io.StringIO(written, newline=""), delimiter=separator) for cell in row]
        assert [cell for cell in cells if cell.strip(" \u00a0\t\r\n").startswith(sign)] == []


def test_what_is_no_formula_is_left_alone() -> None:
    for text in ("a-b", "2026-11-28T18:00:00Z", "me@shop.example", "1 + 1", "x=1", "Zoë; ok", ""):
        assert safe(text) == text
    assert safe(None) == ""


@given(st.text(max_size=60), st.sampled_from(SEPARATORS))
def test_no_spreadsheet_sees_a_formula(text: str, separator: str) -> None:
    written = "".join(lines(("name", "value"), [("x", text)]))
    for row in csv.reader(io.StringIO(written, newline=""), delimiter=separator):
        for cell in row:
            assert not cell.lstrip(" \u00a0").startswith(tuple(SIGNS)) or safe(cell) == cell


def test_the_file_is_read_back_as_it_was() -> None:
    rows = [("a,b", 'say "x"', "1"), ("two\nlines", "", "2")]
    assert list(csv.reader(io.StringIO("".join(lines(("p", "q", "r"), rows)), newline="")))[1:] == [
        list(r) for r in rows
    ]
