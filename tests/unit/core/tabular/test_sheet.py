"""Training files of every good kind: delimiters, marks, packing, Parquet, and the rows as an editor counts them."""

import gzip
import sys
import time
from pathlib import Path

import duckdb
import numpy as np
import pytest

from core.errors import BadInput
from core.tabular import sheet
from ml.data import table
from ml.data.table import Mapping
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
        gzip.compress(text(";").encode(), mtime=0),
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


def parquet(path: Path, select: str) -> bytes:
    with duckdb.connect() as connection:
        connection.execute(f"COPY ({select}) TO '{path}' (FORMAT parquet)")
    return path.read_bytes()


def test_a_small_parquet_file_of_very_many_equal_rows_is_not_unrolled(tmp_path: Path) -> None:
    content = parquet(tmp_path / "bomb.parquet", "SELECT 1 AS a, 'x' AS b FROM range(2000000)")
    assert len(content) < 50_000
    with pytest.raises(BadInput, match="contains more than 100,000 values"):
        sheet.parse(content, "bomb.parquet", limits=sheet.Limits(values=100_000))
    long = parquet(tmp_path / "long.parquet", "SELECT repeat('x', 10000) AS a FROM range(20000)")
    with pytest.raises(BadInput, match="more than 1,000,000 bytes when unpacked"):
        sheet.parse(long, "long.parquet", limits=sheet.Limits(unpacked=1_000_000))


def test_parquet_with_zones_lists_and_records_needs_no_other_library(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pytz", None)
    zoned = "TIMESTAMPTZ '2026-01-01 02:00:00+02'"
    select = (
        f'SELECT {zoned} AS "t ""q""", [1, 2] AS l, [{zoned}] AS z, {{\'a\': 1}} AS s, true AS f, NULL::INTEGER AS n'
    )
    found = sheet.parse(parquet(tmp_path / "all.parquet", select), "all.parquet")
    assert found.columns == {'t "q"': ("2026-01-01T00:00:00",), "f": ("true",), "n": ("",)}
    assert found.left_out == {"l": "it holds lists", "z": "it holds lists", "s": "it holds records"}


def test_parquet_with_a_nul_is_refused_as_csv_is(tmp_path: Path) -> None:
    content = parquet(tmp_path / "nul.parquet", "SELECT 'a' || chr(0) AS a FROM range(3)")
    with pytest.raises(BadInput, match=r"nul\.parquet, row 1: contains a NUL"):
        sheet.parse(content, "nul.parquet")


def test_limits_hold_for_csv_and_a_wide_header_is_checked_in_no_time() -> None:
    wide = ",".join(f"c{i}" for i in range(50_000)) + "\n"
    began = time.process_time()
    with pytest.raises(BadInput, match="has a header but no rows"):
        sheet.parse(wide.encode(), "wide.csv")
    assert time.process_time() - began < 10
    with pytest.raises(BadInput, match="names 50,000 columns; at most 2,000"):
        sheet.parse(wide.encode(), "wide.csv", limits=sheet.Limits(columns=2000))
    with pytest.raises(BadInput, match="contains more than 10 values"):
        sheet.parse(b"a,b\n" + b"1,2\n" * 4, "long.csv", limits=sheet.Limits(values=10))


def test_a_column_without_a_name_can_be_asked_for_by_the_name_it_gets() -> None:
    assert sheet.parse(b",a\n1,2\n", "index.csv", ["unnamed 1"]).columns["unnamed 1"] == ("1",)
    assert list(sheet.parse(b",unnamed 1\n1,2\n", "index.csv").columns) == ["unnamed 2", "unnamed 1"]
