"""Files as R, pandas, PostgreSQL and spreadsheets export them: missing values, truths, row numbers, labels, days."""

from pathlib import Path

import duckdb
import numpy as np
import pytest

from core.errors import BadInput
from core.tabular import sheet
from ml.data import file_preview, table
from ml.data.table import Mapping, Table


def load(tmp_path: Path, text: str, mapping: Mapping) -> Table:
    path = tmp_path / "data.csv"
    path.write_text(text)
    return table.load(path, mapping)


@pytest.mark.parametrize("word", ["", "NA", "NaN", "<NA>", r"\N", "NULL", "(null)", "#N/A", "?", ".", "-"])
def test_what_tools_write_for_nothing_is_missing(tmp_path: Path, word: str) -> None:
    found = load(tmp_path, f"n,kind,card,fraud\n1,a,c1,0\n{word},{word},{word},1\n", Mapping("fraud", entity="card"))
    assert [f.kind for f in found.features] == ["number", "category"]
    assert np.isnan(found.rows[1]).all()
    assert found.entities is not None
    assert found.entities.tolist() == [0, -1]  # not one card of all that have none


@pytest.mark.parametrize("words", [("t", "f"), ("1.00", "0.00"), ("1.0", "0"), ("T", "F"), ("Yes", "No")])
def test_labels_as_databases_write_them(tmp_path: Path, words: tuple[str, str]) -> None:
    text = f"n,fraud\n1,{words[0]}\n2,{words[1]}\n"
    assert load(tmp_path, text, Mapping("fraud")).labels.tolist() == [1, 0]
    assert file_preview.at(sheet.parse(text.encode(), "data.csv")).fraud_is == ""


def test_the_value_that_means_fraud_may_be_spelled_as_a_number(tmp_path: Path) -> None:
    assert load(tmp_path, "n,y\n1,-1.0\n2,1.0\n", Mapping("y", fraud_is="-1")).labels.tolist() == [1, 0]
    for said, column in (("2", "2.0"), ("2.0", "2"), ("-3", "-3.00"), ("NO", "no")):
        found = load(tmp_path, f"n,y\n1,{column}\n2,1\n", Mapping("y", fraud_is=said))
        assert found.labels.tolist() == [1, 0]
    with pytest.raises(BadInput) as caught:
        load(tmp_path, "n,y\n1,good\n2,bad\n", Mapping("y", fraud_is="fraud"))
    assert caught.value.reason == "has no fraud: none is 'fraud'; it has 'bad', 'good'"


@pytest.mark.parametrize("name", ["", "Unnamed: 0", "Unnamed: 0.1", "__index_level_0__"])
def test_the_index_of_a_data_frame_is_not_learnt_from(tmp_path: Path, name: str) -> None:
    text = f"{name},speed,fraud\n" + "".join(f"{i},{i % 3},{int(i < 9)}\n" for i in range(20))
    found = load(tmp_path, text, Mapping("fraud"))
    assert [f.name for f in found.features] == ["speed"]
    assert "it has no name (an index?)" in found.left_out[0]


def test_days_without_dashes_are_days(tmp_path: Path) -> None:
    found = load(tmp_path, "day,a,fraud\n20240131,1,0\n20240201,2,1\n", Mapping("fraud", time="day"))
    assert found.times is not None
    assert np.diff(found.times).tolist() == [86400.0]
    assert found.times[0] == 1706659200.0
    mixed = load(tmp_path, "day,a,fraud\n20240131,1,0\n20249999,2,1\n", Mapping("fraud", time="day"))
    assert mixed.times is not None
    assert mixed.times.tolist() == [20240131.0, 20249999.0]  # seconds, for not all of them are days


@pytest.mark.parametrize("unit", [1, 1_000, 1_000_000, 1_000_000_000])
def test_epoch_times_may_count_in_any_usual_unit(tmp_path: Path, unit: int) -> None:
    text = f"created,a,fraud\n{1_700_000_000 * unit},1,0\n{1_700_000_060 * unit},2,1\n"
    times = load(tmp_path, text, Mapping("fraud", time="created")).times
    assert times is not None
    assert times.tolist() == [1_700_000_000, 1_700_000_060]
    assert file_preview.at(sheet.parse(text.encode(), "data.csv")).guesses["time"] == "created"


def test_a_time_may_name_its_zone_as_bigquery_does(tmp_path: Path) -> None:
    text = "t,a,fraud\n2026-01-01 10:00:00.5 UTC,1,0\n2026-01-01T10:00:00.5Z,2,1\n"
    times = load(tmp_path, text, Mapping("fraud", time="t")).times
    assert times is not None
    assert times[0] == times[1]


@pytest.mark.parametrize("word", ["NaT", "NULL", r"\N", "<NA>"])
def test_a_time_or_id_that_is_not_there_is_said_to_be_missing(tmp_path: Path, word: str) -> None:
    for part in ("time", "id"):
        with pytest.raises(BadInput) as caught:
            load(tmp_path, f"t,a,fraud\n1700000000,1,0\n{word},2,1\n", Mapping("fraud", **{part: "t"}))
        assert caught.value.reason == f"the {part} is missing"


def test_a_file_in_another_encoding_says_how_to_save_it() -> None:
    with pytest.raises(BadInput, match="save it as CSV UTF-8 or set --encoding"):
        sheet.parse("name;fraud\nŁódź;0\n".encode("cp1250"), "data.csv")
    assert sheet.parse("name;fraud\nŁódź;0\n".encode("cp1250"), "data.csv", encoding="cp1250").columns["name"] == (
        "Łódź",
    )


def test_windows_1252_is_read_and_said() -> None:
    found = sheet.parse("name;fraud\nMüller;0\n".encode("cp1252"), "data.csv")
    assert found.columns["name"] == ("Müller",)
    assert "read as windows-1252: row 2 has 'Müller'" in found.notes[0]


def test_labels_of_minus_one_and_one_are_two_classes_and_said(tmp_path: Path) -> None:
    found = load(tmp_path, "n,y\n1,-1\n2,+1\n3,1.0\n4,-1.0\n", Mapping("y"))
    assert found.labels.tolist() == [0, 1, 1, 0]
    assert found.notes == ("The labels are -1 and 1; 1 is read as fraud because no fraud value was set.",)
    assert load(tmp_path, "n,y\n1,-1\n2,1\n", Mapping("y", fraud_is="-1")).notes == ()
    text = "n,is_fraud\n1,-1\n2,1\n3,1\n"
    assert file_preview.at(sheet.parse(text.encode(), "data.csv")).fraud_is == ""
    for words in ("-1,0,1", "-1,-1,-1"):
        with pytest.raises(BadInput, match="'-1' is not a label"):
            load(tmp_path, "n,y\n" + "".join(f"1,{word}\n" for word in words.split(",")), Mapping("y"))


def test_money_and_shares_as_text_are_numbers_and_said(tmp_path: Path) -> None:
    found = load(tmp_path, "price;rate;y\n1.234,50 €;50%;0\n7 €;5%;1\n", Mapping("y"))
    assert [f.kind for f in found.features] == ["number", "number"]
    assert found.rows.tolist() == [[1234.5, 50], [7, 5]]
    assert found.notes == (
        "Numbers with a unit were read without it: 'price' ('1.234,50 €' is 1234.50), 'rate' ('50%' is 50).",
    )
    with pytest.raises(BadInput, match=r"row 2, column 'price': '\$5' is not a number"):
        load(tmp_path, "price,y\n$5,0\n€5,1\n", Mapping("y"))
    with pytest.raises(BadInput, match=r"row 4, column 'price': 'free' is not a number"):
        load(tmp_path, "price,y\n$5,0\n$6,1\nfree,1\n", Mapping("y"))


def test_excels_days_are_times_where_the_column_is_named_after_a_date(tmp_path: Path) -> None:
    text = "{},a,y\n45657.71181,1,0\n45658,2,1\n"
    found = load(tmp_path, text.format("created"), Mapping("y", time="created"))
    assert found.times is not None
    assert found.times.tolist() == [1735664700, 1735689600]
    assert found.notes == ("The times are Excel's days since 1900: 45657.71181 was read as 2024-12-31 17:05:00.",)
    for name in ("Time", "days_active"):  # seconds, or how many days: the values alone do not tell
        plain = load(tmp_path, text.format(name), Mapping("y", time=name))
        assert plain.times is not None
        assert plain.times.tolist() == [45657.71181, 45658]
        assert plain.notes == ()
    with pytest.raises(BadInput, match="the time is missing"):
        load(tmp_path, text.format("created").replace("45658", ""), Mapping("y", time="created"))


def test_columns_of_lists_are_left_out_by_name(tmp_path: Path) -> None:
    path = tmp_path / "data.parquet"
    select = "SELECT i AS a, [i] AS tags, INTERVAL 1 DAY AS took, 'x'::BLOB AS raw, i % 2 AS y FROM range(4) t (i)"
    with duckdb.connect() as connection:
        connection.execute(f"COPY ({select}) TO '{path}' (FORMAT parquet)")
    found = table.load(path, Mapping("y", ignore=("raw",)))
    assert [f.name for f in found.features] == ["a"]
    assert found.left_out == (
        "column 'tags': it holds lists",
        "column 'took': it holds lengths of time; make them numbers",
    )
    with pytest.raises(BadInput, match="column 'tags': it holds lists"):
        table.load(path, Mapping("y", features=("tags",)))
    assert "Column 'raw' is excluded: it holds binary values." in file_preview.at(sheet.read(path)).notes
