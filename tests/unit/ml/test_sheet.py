"""Training files of every good kind: delimiters, marks, packing, Parquet, and the rows as an editor counts them."""

import gzip
from pathlib import Path

import duckdb
import numpy as np
import pytest

from ml import sheet, table
from ml.table import Mapping
from tests.unit.ml.broken_csv import good

ROWS = ["when,speed,kind,fraud", "2024-05-01T10:00:00Z,1.5,shop,0", "2024-05-01T09:00:00+00:00,,gift,1"]


def text(delimiter: str = ",") -> str:
    return "\n".join(ROWS).replace(",", delimiter) + "\n"


@pytest.mark.parametrize(
    "content",
    [
        text().encode(),
        text(";").encode(),
        text("\t").encode(),
        text("|").encode(),
        b"\xef\xbb\xbf" + text().encode(),
        text().replace("\n", "\r\n").encode(),
        text().rstrip().encode(),
        text().replace("\n", "\n\n").encode(),
        text().encode("utf-16"),
        gzip.compress(text(";").encode()),
    ],
)
def test_the_same_columns_whatever_it_came_as(content: bytes) -> None:
    found = sheet.parse(content, "data.csv", ["fraud"])
    assert list(found.columns) == ["when", "speed", "kind", "fraud"]
    assert [list(column) for column in found.columns.values()][1:] == [["1.5", ""], ["shop", "gift"], ["0", "1"]]


def test_the_label_tells_delimiters_apart() -> None:
    found = sheet.parse(b'"a,b,c,d";fraud\n"1,2,3,4";1\n', "data.csv", ["fraud"])
    assert list(found.columns) == ["a,b,c,d", "fraud"]
    assert list(sheet.parse(b"a:fraud\n1:1\n", "data.csv", ["fraud"], ":").columns) == ["a", "fraud"]


def test_rows_are_counted_as_an_editor_counts_lines() -> None:
    found = sheet.parse(b'a,fraud\n"x\ny",0\n\n2,1\n', "data.csv")
    assert list(found.numbers) == [2, 5]
    assert found.place(1, "a") == "data.csv, row 5, column 'a'"


def test_columns_without_a_name_get_one() -> None:
    assert list(sheet.parse(b",a,\n1,2,3\n", "data.csv").columns) == ["unnamed 1", "a", "unnamed 2"]


def test_parquet_gives_the_table_of_the_same_csv(tmp_path: Path) -> None:
    written, packed = tmp_path / "data.csv", tmp_path / "data.parquet"
    written.write_text("\n".join(good()) + "\n")
    with duckdb.connect() as connection:
        connection.execute(f"COPY (SELECT * FROM read_csv('{written}')) TO '{packed}' (FORMAT parquet)")
    mapping = Mapping("fraud", time="when", id="id", entity="card", amount="amount")
    first, second = table.load(written, mapping), table.load(packed, mapping)
    np.testing.assert_array_equal(first.rows, second.rows)
    assert first.features == second.features
    assert first.labels.tolist() == second.labels.tolist()
    assert first.fingerprint != second.fingerprint


def test_parquet_names_its_rows_too(tmp_path: Path) -> None:
    packed = tmp_path / "data.parquet"
    with duckdb.connect() as connection:
        connection.execute(
            f"COPY (SELECT * FROM (VALUES (1, 'x'), (2, 'maybe')) t (a, fraud)) TO '{packed}' (FORMAT parquet)"
        )
    with pytest.raises(Exception, match="row 1, column 'fraud': 'x' is not a label"):
        table.read(packed, "fraud")
