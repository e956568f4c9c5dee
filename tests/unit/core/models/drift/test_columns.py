"""Whatever a column holds is read as numbers, words or times, and what could not be read is said."""

from datetime import datetime
from typing import Any

import numpy as np
import pytest

from core.models.drift.columns import Numbers, Times, Words, read


@pytest.mark.parametrize(
    ("values", "missing"),
    [
        (np.array([3.0, np.nan, 1.0]), 1),
        (np.array([3, 1], dtype=np.int64), 0),
        (np.array([3, None, 1], dtype=object), 1),
        (["3", "", "1", "NA"], 2),
        ([3, None, 1.0], 1),
        (np.array([True, False]), 0),
    ],
)
def test_numbers(values: Any, missing: int) -> None:
    column = read(values)
    assert isinstance(column, Numbers)
    assert column.missing == missing
    assert list(column.values) == sorted(column.values)
    assert column.rows == len(values)


def test_infinite_values_are_the_largest_numbers() -> None:
    column = read(np.array([np.inf, 1.0, -np.inf, 1e300]))
    assert isinstance(column, Numbers)
    assert np.isfinite(column.values).all()
    assert column.rows == 4


def test_one_string_among_numbers_is_named_with_its_row() -> None:
    column = read([str(n) for n in range(99)] + ["abc"])
    assert isinstance(column, Numbers)
    assert (column.unreadable, column.example, len(column.values)) == (1, "'abc' in row 100", 99)


def test_words_count_missing_ones_apart() -> None:
    column = read(["a", "b", "a", None, "", "nan", float("nan")])
    assert column == Words({"a": 2, "b": 1}, 4)
    assert column.rows == 7


@pytest.mark.parametrize(
    "values",
    [
        np.array(["2026-01-01", "2026-02-01"], dtype="datetime64[D]"),
        ["2026-01-01T00:00:00Z", "2026-02-01T00:00:00Z", ""],
        [datetime(2026, 1, 1), datetime(2026, 2, 1)],  # noqa: DTZ001 - data may come without a zone
    ],
)
def test_times(values: Any) -> None:
    column = read(values)
    assert isinstance(column, Times)
    assert (column.first[:10], column.last[:10]) == ("2026-01-01", "2026-02-01")


def test_nothing_is_nothing() -> None:
    assert read([]).rows == 0
    empty = read([None, None])
    assert (empty.rows, isinstance(empty, Numbers)) == (2, True)
    assert read(np.array(["NaT"], dtype="datetime64[D]")) == Words({}, 1)


def test_few_numbers_as_words() -> None:
    column = read([0, 1, 1, 0.5, None])
    assert isinstance(column, Numbers)
    assert column.words() == Words({"0": 1, "0.5": 1, "1": 2}, 1)


@pytest.mark.parametrize(
    "values",
    [["True", "False", "True", "NA"], ["TRUE", "FALSE", "TRUE", ""], ["t", "f", "t", r"\N"], ["1", "0", "1", "NULL"]],
)
def test_truths_are_one_and_nought_whatever_wrote_them(values: list[str]) -> None:
    column = read(values)
    assert isinstance(column, Numbers)
    assert (column.values.tolist(), column.missing) == ([0.0, 1.0, 1.0], 1)
    assert isinstance(read(["t", "f", "x"]), Words)


def test_truths_stay_words_where_the_reference_has_words() -> None:
    assert read(["True", "False", "True"], truths="never") == Words({"True": 2, "False": 1}, 0)


@pytest.mark.parametrize(
    "values", [["31/01/2026", "01/02/2026"], ["1.2.2026 10:00", "2.2.2026 9:30"], ["2026-01-01 10:00:00 UTC", ""]]
)
def test_days_as_people_write_them_are_times(values: list[str]) -> None:
    column = read(values)
    assert isinstance(column, Times)
    assert column.first == values[0]
    assert isinstance(read(["10.0.0.1", "10.0.0.2"]), Words)


@pytest.mark.parametrize(
    "values",
    [
        ["4.2.10", "4.2.11", "4.3.1"],  # versions: years of two digits are no years between points
        ["10.0.12.1", "10.0.12.2"],
        ["31/12/2026", "32/12/2026"],
        ["31/12/2026", "12/31/2026"],
        ["31/12/2026"] * 30 + ["unknown"],
    ],
)
def test_what_only_looks_like_days_is_still_watched(values: list[str]) -> None:
    assert isinstance(read(values), Words)


@pytest.mark.parametrize("values", [["31/12/24", "1/2/25"], ["12/31/24 5:05 PM"], ["3/4/2026", "5/6/2026"]])
def test_days_whichever_comes_first_are_times(values: list[str]) -> None:
    assert isinstance(read(values), Times)


def test_a_truth_beside_another_word_is_one_where_the_reference_was_of_truths() -> None:
    assert read(["t", "f", "FALSE", "unknown", "NA", "1.0"], truths="each") == Words({"1": 2, "0": 2, "unknown": 1}, 1)
    alone = read(["t", "f"], truths="each")
    assert isinstance(alone, Numbers)
    assert alone.values.tolist() == [0.0, 1.0]


@pytest.mark.parametrize(
    "values",
    [
        ["31.12.24", "01.01.25"],
        ["31-12-24", "30-12-24"],
        ["31/12/2024 17:05 UTC", "30/12/2024 09:00 UTC"],
        ["31/12/2024 10:00:00 +0100", "01/12/2024 10:00:00 +0100"],
        ["31/12/2024 17:05:00.1234567", "13/12/2024 17:05:00.1234567"],
        [*(f"{1 + i % 28:02d}/{1 + i % 12:02d}/2024" for i in range(60)), "00/00/0000"],
    ],
)
def test_days_are_times_whatever_follows_them(values: list[str]) -> None:
    assert isinstance(read(values), Times)


@pytest.mark.parametrize("values", [["10.0.12.1", "10.0.12.7"], ["4.2.10", "4.3.12"], ["99.99.24", "31.12.24"]])
def test_what_only_looks_like_days_stays_words(values: list[str]) -> None:
    assert isinstance(read(values), Words)
