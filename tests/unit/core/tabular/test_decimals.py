"""Decimal commas, as Excel, R and pandas write them in half the world, and what may mean thousands instead."""

from pathlib import Path

import pytest

from core.errors import BadInput
from core.models.drift.params import DriftParams
from core.tabular import decimals
from ml.data import columns, table
from ml.data.table import Mapping
from ml.drift import reports
from ml.drift.reports import Columns


@pytest.mark.parametrize(
    ("values", "delimiter", "expected"),
    [
        (("1,5", "2", "-0,25", ""), ";", ["1.5", "2", "-0.25", ""]),
        (("1,5", "12,125"), "\t", ["1.5", "12.125"]),
        (("1.234,50", "2.000", "7,5"), ";", ["1234.50", "2000", "7.5"]),
        (("1,5e-05", "NA"), ";", ["1.5e-05", "NA"]),
        (("1,5", "2", "oops"), ";", ["1.5", "2", "oops"]),  # the word is named later, not made one of three
        (("1,234", "5,678"), "\t", ["1,234", "5,678"]),  # thousands, or not
        (("1,234", "2,500", "950"), ";", ["1,234", "2,500", "950"]),
        (("0,125", "5,678"), ";", ["0.125", "5.678"]),  # no thousands begin with a nought
        (("1,234", "999.99", "12,500", "450"), ";", ["1234", "999.99", "12500", "450"]),
        (("1,234.50", "1,234,567", "3"), "\t", ["1234.50", "1234567", "3"]),
        (("1.234", "2.500", "12,5"), ";", ["1234", "2500", "12.5"]),
        (("1,5", "999.99"), ";", ["1,5", "999.99"]),  # both marks are decimal
        (("12,14", "1,2", "1,20"), ";", ["12,14", "1,2", "1,20"]),  # seats
        (("10,0", "2,25", "-0,0", "0,0"), ";", ["10.0", "2.25", "-0.0", "0.0"]),  # as pandas writes them
        (("1,50", "2,25", "3"), ";", ["1.50", "2.25", "3"]),
        (("1,5", "01,5"), ";", ["1,5", "01,5"]),
        (("1,234.50", "2,5"), ";", ["1,234.50", "2,5"]),
        (("a, b", "c"), ";", ["a, b", "c"]),
        (("1,5", "2,5"), ",", ["1,5", "2,5"]),
        (("12,14", "31,12", "10,20"), ",", ["12,14", "31,12", "10,20"]),  # pairs, perhaps
        (("1,234.50", "12.00"), ",", ["1234.50", "12.00"]),
        (("1.234,50", "12,14"), ",", ["1234.50", "12.14"]),  # PayPal's German export
        (("123,456", "789,123"), ",", ["123,456", "789,123"]),
    ],
)
def test_a_column_is_read_as_it_is_meant(values: tuple[str, ...], delimiter: str, expected: list[str]) -> None:
    assert list(decimals.pointed(values, delimiter)) == expected


def test_marks_of_thousands_are_read_between_commas_too_and_said(tmp_path: Path) -> None:
    path = tmp_path / "d.csv"
    path.write_text("paid,fraud\n" + "".join(f'"{i},500.00",{i % 2}\n' for i in range(1, 9)))
    found = table.load(path, Mapping("fraud"))
    assert found.rows[0].tolist() == [1500.0]
    assert found.notes == (
        "Commas in numbers were read by the format of their column: 'paid' ('1,500.00' is 1500.00).",
    )


def test_a_number_with_commas_is_named_and_no_word(tmp_path: Path) -> None:
    path = tmp_path / "d.csv"
    path.write_text("paid,fraud\n" + "".join(f'"{i},500",{i % 2}\n' for i in range(1, 9)))
    with pytest.raises(BadInput) as caught:
        table.load(path, Mapping("fraud"))
    assert (caught.value.field, "'1,500' is not a number" in caught.value.reason) == (
        f"{path}, row 2, column 'paid'",
        True,
    )
    assert columns.kind(["1, 2", "3; 4"]) == "category"


def test_a_german_spreadsheet_gives_the_table_of_the_plain_file(tmp_path: Path) -> None:
    plain = "when,amount,speed,fraud\n2026-01-01,10.5,1,0\n2026-01-02,9.25,2.5,1\n2026-01-03,7,0.125,0\n"
    german = b"\xef\xbb\xbf" + plain.replace(",", ";").replace(".", ",").replace("\n", "\r\n").encode()
    found = []
    for name, content in (("plain.csv", plain.encode()), ("german.csv", german)):
        (tmp_path / name).write_bytes(content)
        found.append(table.load(tmp_path / name, Mapping("fraud", time="when", amount="amount")))
    assert found[0].rows.tolist() == found[1].rows.tolist()
    assert found[0].features == found[1].features


@pytest.mark.parametrize("mark", [";", "\t", ","])
def test_seats_are_words(tmp_path: Path, mark: str) -> None:
    path = tmp_path / "d.csv"
    seats = ("12,14", "1,2", "1,20", "12,14")
    path.write_text(f"seat{mark}fraud\n" + "".join(f'"{seat}"{mark}{i % 2}\n' for i, seat in enumerate(seats)))
    found = table.load(path, Mapping("fraud"))
    assert (found.features[0].kind, found.features[0].categories) == ("category", ("1,2", "1,20", "12,14"))
    said = "Values with commas were read as text, not numbers: 'seat' ('1,2' beside '1,20')."
    assert found.notes == (() if mark == "," else (said,))


def test_commas_that_may_mean_either_are_an_error_that_names_the_first(tmp_path: Path) -> None:
    path = tmp_path / "d.csv"
    path.write_text("paid;fraud\n950;0\n1,234;1\n2,500;0\n")
    with pytest.raises(BadInput) as caught:
        table.load(path, Mapping("fraud"))
    assert caught.value.field == f"{path}, row 3, column 'paid'"
    assert "'1,234' is not a number: its comma may mark decimals or thousands" in caught.value.reason
    report = reports.of_files(path, path, Columns(), DriftParams(), 0.0)
    assert [(c.state, c.reason[-7:]) for c in report.columns if c.name == "paid"] == [("skipped", "'1,234'")]


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (
            ("12,50", "7,5", "3,99", "12,5", "142"),
            ["12.50", "7.5", "3.99", "12.5", "142"],
        ),  # formatted in two ways
        (("+1,5", "1,5", ",5", "0,5", "-0,50"), ["+1.5", "1.5", ".5", "0.5", "-0.50"]),
        (("22,43", "0.0", "7,5", "0.00"), ["22.43", "0.0", "7.5", "0.00"]),  # a default that some program wrote
        (("2,5", "6,500", "17,25"), ["2.5", "6.500", "17.25"]),
    ],
)
def test_what_else_spreadsheets_write_is_numbers(values: tuple[str, ...], expected: list[str]) -> None:
    assert list(decimals.pointed(values, ";")) == expected


def states_of(tmp_path: Path, before: list[str], after: list[str]) -> tuple[str, str]:
    """The state of a column of two files between semicolons, and the verdict."""
    for name, values in (("before", before), ("after", after)):
        (tmp_path / f"{name}.csv").write_text("v;w\n" + "".join(f"{v};{i % 7}\n" for i, v in enumerate(values)))
    report = reports.of_files(tmp_path / "before.csv", tmp_path / "after.csv", Columns(), DriftParams(), 0.0)
    return next(one.state for one in report.columns if one.name == "v"), report.verdict


def test_commas_that_only_the_other_file_explains_are_no_drift(tmp_path: Path) -> None:
    usual = [f"{i % 90},{i % 9}{i % 7}" for i in range(400)]
    assert states_of(tmp_path, usual, [*usual[:-1], "0.0"]) == ("stable", "ok")
    assert states_of(tmp_path, usual, [*usual[:-1], "7,5"]) == ("stable", "ok")
    fine = [f"{i % 9},{100 + i % 800}" for i in range(400)]
    assert states_of(tmp_path, fine, [value for value in fine if value[0] != "0"])[0] == "skipped"
