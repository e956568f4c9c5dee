"""Delimited files come in as people have them; what is wrong is one sentence with file and row."""

import gzip
from pathlib import Path

import pytest

from core.errors import BadInput
from ml import delimited


@pytest.mark.parametrize(
    "content",
    [
        b"a,b\n1,x\n2,\n",
        b"a;b\n1;x\n2;\n",
        b"a\tb\r\n1\tx\r\n2\t\r\n",
        b"a|b\n1|x\n\n2|\n",
        b"\xef\xbb\xbfa,b\n1,x\n2,",
        b'"a","b"\n"1","x"\n2,""\n',
        gzip.compress(b"a,b\n1,x\n2,\n"),
    ],
)
def test_forms_of_the_same_table(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "data"
    path.write_bytes(content)
    assert delimited.read(path) == {"a": ["1", "2"], "b": ["x", ""]}


def test_a_column_without_a_name_gets_its_number(tmp_path: Path) -> None:
    path = tmp_path / "data.csv"
    path.write_text(",b\n7,x\n")
    assert delimited.read(path) == {"column 1": ["7"], "b": ["x"]}


def test_a_header_alone_is_a_table_without_rows(tmp_path: Path) -> None:
    path = tmp_path / "data.csv"
    path.write_text("a,b\n")
    assert delimited.read(path) == {"a": [], "b": []}


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is empty"),
        (b"\n\n", "is empty"),
        (b"a,a\n1,2\n", "row 1: names the column 'a' twice"),
        (b"a,b\n1,2\n3\n4,5\n", "row 3: has 1 values where the header has 2 columns"),
        (b"a,b\n1,2\n3\n", "row 3: has 1 values where the header has 2 columns (the file may be cut off)"),
        (b"a,b\n1,2,3\n", "row 2: has 3 values"),
        (b"a,b\n1,\xff\n", "is not UTF-8 at byte 6"),
        (b'a,b\n1,"2\n', "is not CSV"),
        (gzip.compress(b"a,b\n1,2\n")[:-6], "is damaged gzip"),
    ],
)
def test_what_is_wrong_is_one_sentence(tmp_path: Path, content: bytes, said: str) -> None:
    path = tmp_path / "data.csv"
    path.write_bytes(content)
    with pytest.raises(BadInput) as caught:
        delimited.read(path)
    assert str(caught.value).startswith(str(path))
    assert said in str(caught.value)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="cannot be read: No such file"):
        delimited.read(tmp_path / "none.csv")
