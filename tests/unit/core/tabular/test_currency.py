"""Money and shares as text are numbers where the whole column says so, and stay as they are where it does not."""

import pytest

from core.tabular import currency


@pytest.mark.parametrize(
    ("values", "numbers"),
    [
        (["$15.00", "$1,234.50", " $7"], ["15.00", "1234.50", "7"]),
        (["1.234,50 €", "7 €", "0,5€"], ["1234.50", "7", "0.5"]),
        (["50%", "7.5 %", ""], ["50", "7.5", ""]),
        (["-$15.00", "($3.50)", "$-2.25"], ["-15.00", "-3.50", "-2.25"]),
        (["CHF 1'234.50", "CHF 7.00"], ["1234.50", "7.00"]),
        (["1\u202f234,50\u00a0€", "1 234 €", "NA"], ["1234.50", "1234", "NA"]),
        (["US$5", "US$10"], ["5", "10"]),
        (["0.05 ETH", ".5 eth"], ["0.05", "0.5"]),
        (["€1.234.567", "€1.234"], ["1234567", "1234"]),
        (["12.345%", "0.500%"], ["12.345", "0.500"]),
        (["$5.00", "$6.00", "free"], ["5.00", "6.00", "free"]),
    ],
)
def test_the_unit_goes_where_the_column_has_it_throughout(values: list[str], numbers: list[str]) -> None:
    found, example = currency.plain(values)
    assert list(found) == numbers
    assert example == f"{values[0].strip()!r} is {numbers[0]}"


@pytest.mark.parametrize(
    "values",
    [
        ["$5", "€5"],  # two units
        ["5%", "0.07"],  # a share of what?
        ["$1,234", "$2,500"],  # thousands or not
        ["1.234 €"],
        ["$1.50", "$1,5"],  # two decimal marks
        ["$1,23,456.00"],
        ["eth0", "eth1"],
        ["5 %", "red", "blue", "green"],
        ["$5)", "%5%", "5$6", "$", "+"],
        ["5", "6"],
        ["2026-01-01", "(a)"],
        ["", "NA"],
        [],
    ],
)
def test_all_stays_where_it_may_mean_something_else(values: list[str]) -> None:
    assert currency.plain(values) == (values, "")


def test_a_number_with_a_unit_is_known_by_itself() -> None:
    assert all(map(currency.is_marked, ("$5", "1.234,50 €", "(5%)", "usd 5")))
    assert not any(map(currency.is_marked, ("5", "a5", "eth0", "%", "", "5 apples", "2026-01-01")))
