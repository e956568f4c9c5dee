"""What the search reads: missing values, bands of numbers, and what is refused."""

import numpy as np
import pytest

from core.statuses.slices.rows import banded, coded, from_counts, from_rows


def test_a_missing_value_is_a_value_of_its_own() -> None:
    codes, texts = coded(["b", None, "a", "b"])
    assert (codes.tolist(), texts) == ([1, -1, 0, 1], ["a", "b"])
    rows = from_rows({"x": (codes, texts)}, [False] * 4, [False] * 4)
    assert [rows.values[0][code] for code in rows.codes[0]] == ["b", None, "a", "b"]


def test_attributes_stand_in_the_order_of_their_names() -> None:
    rows = from_rows({"y": ([0], ["one"]), "x": ([0], ["two"])}, [True], [True])
    assert (rows.names, rows.values) == (("x", "y"), (("two", None), ("one", None)))


def test_counts_are_rows_of_both_windows() -> None:
    rows = from_counts({"x": ([0, 1], ["a", "b"])}, [[1, 10, 2, 20], [3, 30, 4, 40]])
    assert rows.codes.tolist() == [[0, 1, 0, 1]]
    assert rows.during.tolist() == [False, False, True, True]
    assert (rows.bad.tolist(), rows.total.tolist()) == ([1, 3, 2, 4], [10, 30, 20, 40])


def test_weights_say_how_many_a_row_stands_for() -> None:
    rows = from_rows({"x": ([0, 0], ["a"])}, [False, True], [True, False], [3, 5])
    assert (rows.bad.tolist(), rows.total.tolist()) == ([3, 0], [3, 5])


@pytest.mark.parametrize(
    ("column", "bad", "weights", "said"),
    [
        (([0], ["a"]), [0, 0], None, "1 codes for 2 rows"),
        (([0, 7], ["a"]), [0, 0], None, "code 7 has no text"),
        (([0, 0], ["a"]), [0, 0], [1, -1], "none below zero"),
        (([0, 0], ["a"]), [0, 0], [1, np.nan], "must be numbers"),
    ],
)
def test_what_is_refused(column: tuple[list[int], list[str]], bad: list[int], weights: object, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        from_rows({"x": column}, [False, True], bad, weights)  # type: ignore[arg-type]


def test_more_bad_than_there_are_is_refused() -> None:
    with pytest.raises(ValueError, match="no more bad"):
        from_counts({"x": ([0], ["a"])}, [[2, 1, 0, 0]])


def test_bands_hold_about_as_many_numbers_each() -> None:
    codes, texts = banded(np.arange(100.0), 4)
    assert np.bincount(codes).tolist() == [25, 25, 25, 25]
    assert texts == ["under 25", "25 to 50", "50 to 75", "75 or more"]


def test_bands_of_skewed_numbers_are_fewer_and_differ() -> None:
    codes, texts = banded([0.0] * 8 + [5.0, 7.0], 5)
    assert texts == ["under 5", "5 or more"]
    assert codes.tolist() == [0] * 8 + [1, 1]
    _, near = banded([1.00001, 1.00002, 1.00003, 1.00004], 4)
    assert len(set(near)) == 4


def test_what_is_no_number_has_no_band() -> None:
    codes, texts = banded([1.0, np.nan, np.inf, 2.0], 2)
    assert codes.tolist() == [0, -1, -1, 1]
    assert len(texts) == 2
    assert banded([np.nan])[1] == []
    assert banded([3.0, 3.0])[1] == ["any"]
