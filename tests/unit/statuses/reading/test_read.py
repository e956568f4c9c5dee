"""A file of counts, in whatever form: the same history, wrong rows by name, and refusals that say where."""

from pathlib import Path

import numpy as np
import pytest

from core.errors import BadInput
from statuses.reading.read import parse, read
from tests.unit.statuses.making import START, STATUSES, counts, written

TABLE = counts(120, incident=False)


@pytest.mark.parametrize("form", ["long", "wide", "seconds", "clock", "epoch"])
def test_every_form_gives_the_same_counts(form: str) -> None:
    found = parse(written(TABLE, form), "x.csv")
    assert found.bad == ()
    assert found.history.statuses == (STATUSES if form != "epoch" else ("00", "51", "91"))
    assert np.array_equal(found.history.counts, TABLE)
    assert found.history.dated is (form != "clock")
    assert found.history.first == (START.timestamp() / 60 if form != "clock" else 0)


def test_times_of_day_go_on_after_midnight() -> None:
    table = counts(1500, incident=False)
    assert np.array_equal(parse(written(table, "clock"), "x.csv").history.counts, table)


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("2025-07-12 13:50:00,denied,many", "column 'count': 'many' is not a number"),
        ("2025-07-12 13:50:00,denied,-3", "column 'count': '-3' is not a count"),
        ("2025-07-12 13:50:00,denied,", "column 'count': the count is missing"),
        ("yesterday,denied,3", "column 'timestamp': 'yesterday' is not a time like the others"),
        ("2025-07-12 13:50:00,,3", "column 'status': there is no status"),
        ("2025-07-12 13:50:00,denied", "has 2 values, the header 3"),
    ],
)
def test_a_wrong_row_is_named_and_the_others_count(row: str, reason: str) -> None:
    lines = written(TABLE, "long").decode().splitlines()
    found = parse("\n".join([*lines[:5], row, *lines[5:]]).encode(), "x.csv")
    assert found.bad == ((6, reason),)
    assert np.array_equal(found.history.counts, TABLE)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "x.csv: is empty"),
        (b"timestamp,status,count\n", "x.csv: has a header but no rows"),
        (b"PK\x03\x04rest", "x.csv: is a ZIP archive or an Excel workbook; export it as CSV"),
        (b"a,b\n1,x\n2,y\n", "has no column of times"),
        (b"2025-01-01 00:00,a,3\n2025-01-01 00:01,a,4\n", "x.csv, row 1: holds data and no names of columns"),
        (b"time,note\n2025-01-01 00:00,1.5\n2025-01-01 00:01,2.5\n", "has no column of counts and none of statuses"),
        (b"day,s,n\n01/02/2025 10:00,a,1\n01/02/2025 10:01,a,2\n", "may have the day or the month first"),
        (b"t,n\n2025-01-01 00:00,1\n2025-01-01 00:30,2\n2025-01-01 01:00,2\n", "has counts every 30 minutes"),
    ],
)
def test_what_cannot_be_read_is_one_sentence(content: bytes, said: str) -> None:
    with pytest.raises(BadInput) as refused:
        parse(content, "x.csv")
    assert said in str(refused.value)
    assert str(refused.value).startswith("x.csv")


def test_a_file_of_wrong_rows_is_refused_with_the_first(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text("timestamp,status,count\n" + "2025-07-12 13:50:00,a,b,c\n" * 5)
    with pytest.raises(BadInput, match="row 2"):
        read(path)
    with pytest.raises(BadInput, match="cannot be read"):
        read(tmp_path / "absent.csv")


def test_a_count_that_stands_twice_counts_once() -> None:
    lines = written(TABLE, "long").decode().splitlines()
    found = parse("\n".join([*lines, "2025-07-12 13:45:00,denied,7"]).encode(), "x.csv")
    assert found.history.counts[1, 0] == 7
    assert any("more than once" in note for note in found.notes)


def test_rows_of_several_sources_are_added() -> None:
    rows = [line + ",eu" for line in written(TABLE, "long").decode().splitlines()[1:]]
    rows += [row.replace(",eu", ",us") for row in rows]
    found = parse("\n".join(["timestamp,status,count,region", *rows]).encode(), "x.csv")
    assert np.array_equal(found.history.counts, 2 * TABLE)


def test_a_gap_in_a_busy_source_is_silence_and_in_a_tiny_one_it_is_zero() -> None:
    lines = written(TABLE, "long").decode().splitlines()
    busy = parse("\n".join(lines[:31] + lines[61:]).encode(), "x.csv").history
    assert busy.silences() == [(10, 10)]
    tiny = parse(b"t,status\n2025-01-01 00:00:03,a\n2025-01-01 00:09:10,b\n2025-01-01 00:20:00,a\n", "x.csv").history
    assert tiny.silences() == []
    assert tiny.counts.sum() == 3
