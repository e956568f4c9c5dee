"""Long lists come in pages; any address asks for one that there is; what is read aloud stays short."""

import pytest

from console.pages.paging import page_of, titles

ROWS = list(range(1, 124))


@pytest.mark.parametrize(
    ("wanted", "number", "first", "last"),
    [("", 1, 1, 50), ("2", 2, 51, 100), ("3", 3, 101, 123), ("4", 3, 101, 123), ("0", 1, 1, 50), ("-1", 1, 1, 50)],
)
def test_any_address_asks_for_a_page_that_there_is(wanted: str, number: int, first: int, last: int) -> None:
    page = page_of(ROWS, wanted)
    assert (page.number, page.first, page.last, page.pages, page.total) == (number, first, last, 3, 123)
    assert page.rows == ROWS[first - 1 : last]


@pytest.mark.parametrize("wanted", ["x", "9" * 400, "1e3", "²", "١"])
def test_what_is_no_number_is_the_first_page(wanted: str) -> None:
    assert page_of(ROWS, wanted).number == 1


def test_an_empty_list_is_one_empty_page() -> None:
    assert page_of([], "7") == ([], 1, 1, 0, 0, 0)


def test_a_storm_is_read_as_three_names_and_a_number() -> None:
    assert titles([f"T{n}" for n in range(1869)]) == "T0, T1, T2 and 1866 more"
    assert titles(["A", "B"]) == "A, B"
