"""R's write.table: spaces, and names of rows that the header does not count; nothing else is taken for it."""

import pytest

from core.errors import BadInput
from core.tabular import sheet


@pytest.mark.parametrize("mark", [" ", "\t", ",", ";"])
def test_names_of_rows_are_an_index(mark: str) -> None:
    text = '"amount" "shop" "fraud"\r\n"1" 10.5 "a b" 0\r\n"2" NA "c" 1\r\n'.replace(" ", mark).replace(
        f"a{mark}b", "a b"
    )
    found = sheet.parse(text.encode(), "data.txt", ["fraud"])
    assert {name: list(values) for name, values in found.columns.items()} == {
        "unnamed 1": ["1", "2"],
        "amount": ["10.5", "NA"],
        "shop": ["a b", "c"],
        "fraud": ["0", "1"],
    }
    assert found.numbers == [2, 3]


def test_without_names_of_rows_spaces_part_values_too() -> None:
    assert sheet.parse(b'"a" "fraud"\n1 0\n2 1\n', "data.txt").columns["fraud"] == ("0", "1")


@pytest.mark.parametrize("text", ['"a","b"\n1,2,3\n', '"a","b"\n"1",2,\n', 'a,b\n"1",2,3\n', '"a" "b"\n1 2 3\n'])
def test_a_row_with_a_value_too_many_stays_one(text: str) -> None:
    with pytest.raises(BadInput, match="3 values where the header has 2"):
        sheet.parse(text.encode(), "data.csv")


def test_excels_first_line_names_the_delimiter() -> None:
    for text in ("sep=;\r\na,b;fraud\r\n1,5;0\r\n", '"sep=;"\na,b;fraud\n1,5;0\n', "SEP=;\na,b;fraud\n1,5;0\n"):
        found = sheet.parse(text.encode("utf-16"), "data.csv")
        assert {name: list(values) for name, values in found.columns.items()} == {"a,b": ["1.5"], "fraud": ["0"]}
        assert found.numbers == [3]  # as an editor counts
    assert list(sheet.parse(b"sep=^\na^b\n1^2\n", "data.csv").columns) == ["a", "b"]
