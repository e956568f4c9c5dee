"""The file of a table: what the browser shows of it, by search, severity, columns and order; its name; no formula."""

import csv
import io
from typing import Any

import pytest
from flask import Flask

from console.as_html import as_html, element
from console.cells import row
from console.panel import Column, Slot
from console.table import plain_table, table, when
from console.table_csv import of_page, of_slot
from core import clock
from core.errors import BadInput
from core.monitoring import TimeRange

COLUMNS = (
    Column("name", "Name"), Column("n", "Number", "num"), Column("at", "At", "when"),
    Column("sev", "Severity", "severity"), Column("act", "", "act"),
)  # fmt: skip
ROWS: list[list[Any]] = [
    ["a", "alpha, first", 10, when(clock.to_datetime(1_800_000_000)), "low", None],
    ["b", "=1+1", 9.5, None, "critical", None],
    ["c", "gamma", None, when(clock.to_datetime(1_800_003_600)), "low", None],
]
PAGE = as_html(["before", table("things", "Things", COLUMNS, ROWS, ""), table("others", "Others", COLUMNS, ROWS, "")])
SLOT = Slot("rows", "rows", COLUMNS, label="Events", filters=("critical", "low"), search=True)
SHOWN = TimeRange("1h", "2027-01-15T07:00:00.000Z", "2027-01-15T08:00:00.000Z")


def saved(answer: Any) -> tuple[str, list[list[str]]]:
    """The name of the file, and its lines."""
    name = answer.headers["Content-Disposition"].split('"')[1]
    return name, list(csv.reader(io.StringIO(answer.get_data(as_text=True), newline="")))


def page(**args: str) -> tuple[str, list[list[str]]]:
    with Flask("test").test_request_context():
        return saved(of_page("p", PAGE, {"csv": "things-rows", **args}))


def live(content: dict[str, Any], **args: str) -> tuple[str, list[list[str]]]:
    rows = [[one[0], row(COLUMNS, one)] for one in content.pop("rows", [])]
    with Flask("test").test_request_context():
        return saved(of_slot(SLOT, {"rows": rows, **content}, SHOWN, {"csv": "events-rows", **args}))


def test_a_file_has_what_is_shown_and_says_so_by_its_name() -> None:
    name, lines = page()
    assert name == "gatehouse-things-3-rows-20270115T080000Z-20270115T090000Z.csv"
    assert lines == [
        ["Name", "Number", "At", "Severity"],
        ["alpha, first", "10", "2027-01-15T08:00:00.000Z", "low"],
        ["'=1+1", "9.5", "", "critical"],
        ["gamma", "", "2027-01-15T09:00:00.000Z", "low"],
    ]


def test_hidden_columns_are_left_out_and_the_order_is_that_of_the_browser() -> None:
    _, lines = page(hide="at,sev", order="-2")
    assert lines == [["Name", "Number"], ["alpha, first", "10"], ["'=1+1", "9.5"], ["gamma", ""]]
    assert [line[0] for line in page(order="2")[1][1:]] == ["gamma", "'=1+1", "alpha, first"]
    for order in ("99", "x"):
        with pytest.raises(BadInput):
            page(order=order)


def test_a_search_leaves_rows_out_and_the_last_line_says_so() -> None:
    name, lines = page(q="ALPHA first")
    assert name.startswith("gatehouse-things-1-of-3-rows-")
    assert lines[1:] == [["alpha, first", "10", "2027-01-15T08:00:00.000Z", "low"], ["1 of 3 rows: filtered"]]
    assert page(q="no such")[1][1:] == [["0 of 3 rows: filtered"]]


def test_severity_counts_only_where_there_are_filters_for_it() -> None:
    assert len(page(sev="critical")[1]) == 4
    assert [line[3] for line in live({"rows": ROWS}, sev="critical")[1][1:-1]] == ["critical"]
    assert len(live({"rows": ROWS}, sev="all")[1]) == 4
    assert len(live({"rows": ROWS}, sev="none")[1]) == 4


def test_a_live_table_says_how_many_there_are_beside_those_that_it_has() -> None:
    name, lines = live({"rows": ROWS, "counts": {"all": "8", "critical": "1", "low": "7"}})
    assert name == "gatehouse-events-3-of-8-rows-20270115T080000Z-20270115T090000Z.csv"
    assert lines[-1] == ["3 of 8 rows: only the newest are shown"]
    assert live({"empty": "none"})[0] == "gatehouse-events-0-rows-20270115T070000Z-20270115T080000Z.csv"


def test_the_numbers_behind_a_chart_are_plain() -> None:
    columns = [Column("0", "Day"), Column("1", "Count", "right")]
    numbers = plain_table("rows-day", "Days", columns, [[0, "2027-01-01", "1,234"], [1, "2027-01-02", None]])
    document = as_html([element("details", {"id": "numbers-day"}, numbers)])
    with Flask("test").test_request_context():
        name, lines = saved(of_page("model", document, {"csv": "numbers-day"}))
    assert name.startswith("gatehouse-model-day-20")
    assert lines == [["Day", "Count"], ["2027-01-01", "1234"], ["2027-01-02", ""]]


def test_the_numbers_of_a_live_chart_are_named_by_their_span() -> None:
    figure = {"data": [{"type": "bar", "name": "n", "x": ["a"], "y": [1]}]}
    with Flask("test").test_request_context():
        name, lines = saved(of_slot(Slot("chart", "figure"), figure, SHOWN, {"csv": "traffic-chart"}))
    assert name == "gatehouse-traffic-20270115T070000Z-20270115T080000Z.csv"
    assert lines == [["Series", "At", "Value", "Id"], ["n", "a", "1", ""]]


def test_what_is_no_table_of_the_page_is_refused() -> None:
    for place in ("nothing", "things-title"):
        with pytest.raises(BadInput):
            page(csv=place)
