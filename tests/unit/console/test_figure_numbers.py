"""The numbers of a chart: every point once, newest first, times and texts as people read them, nothing of no size."""

from typing import Any

from console.figure_numbers import csv, numbers, table
from tests.components import Shown

START = 1_800_000_000_000.0
FIGURE: dict[str, Any] = {
    "data": [
        {"type": "heatmap", "name": "Approved", "x0": START, "dx": 1000, "z": [[1, None, 2], [3, 4, None]]},
        {
            "type": "scattergl", "name": "A &lt;b&gt;", "x": [START + 500, None], "y": [0.5, 1],
            "ids": ["&lt;t&gt;", "n"],
        },
        {
            "type": "scatter", "name": "Incident", "meta": "incident", "x": [START + 9, START + 10], "y": [0, 0],
            "marker": {"size": [0, 8]}, "customdata": [["i", "none"], ["i2", "=1+1"]],
        },
    ]
}  # fmt: skip


def test_points_are_listed_newest_first_and_those_of_no_size_left_out() -> None:
    found = [(one.series, one.at - START, one.value, one.id) for one in numbers(FIGURE)]
    assert found == [
        ("Approved (count)", 2000, 2, ""),
        ("Approved (count)", 1000, 4, ""),
        ("A <b>", 500, 0.5, "<t>"),
        ("Incident", 10, "=1+1", ""),
        ("Approved (count)", 0, 4, ""),
    ]


def test_the_table_escapes_and_leads_to_the_transaction() -> None:
    shown = Shown(table(FIGURE, "Scores"))
    assert shown.values("data-open") == ["<t>"]
    assert shown.values("aria-label") == ["Scores, as a table"]
    assert "2027-01-15 08:00:01" in shown


def test_the_file_has_iso_times_and_no_formula() -> None:
    lines = csv(FIGURE).splitlines()
    assert lines[0] == "Series,At,Value,Id"
    assert lines[3] == "A <b>,2027-01-15T08:00:00.500000+00:00,0.5,<t>"
    assert "'=1+1" in lines[4]


def test_what_is_no_time_stands_as_the_axis_says() -> None:
    bars = {"data": [{"type": "bar", "name": "n", "x": ["a", "b"], "y": [1, None]}]}
    assert [(one.at, one.value) for one in numbers(bars)] == [("b", None), ("a", 1)]
    assert "–" in Shown(table(bars, "Bars"))
