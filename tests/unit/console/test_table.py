"""The one table of pages: rows as HTML, texts from outside settled, a sentence only where there is no row."""

from datetime import UTC, datetime
from typing import Any

from console.as_html import as_html
from console.panel import Column
from console.table import act, table, when
from tests.components import Shown

COLUMNS = (Column("name", "Name"), Column("at", "At", "when"), Column("act", "", "act"))


def made(**more: Any) -> Shown:
    """What the browser gets of a table."""
    return Shown(as_html(table("t", "Things", COLUMNS, more.pop("rows", []), "No things yet.", **more)))


def test_a_table_without_rows_says_why() -> None:
    assert made().values("data-empty") == ["No things yet."]


def test_a_row_keeps_its_key_and_shows_nothing_that_reorders() -> None:
    row = ["k\u202e", "a\u202eb", when(datetime(2026, 1, 2, tzinfo=UTC)), act("End", "/p/t/1/end", "It ends.")]
    found = made(rows=[row])
    assert found.values("data-empty") == []
    assert found.rows() == [["k\u202e", "a\\u202eb", "2026-01-02 00:00", "End"]]
    assert found.values("datetime") == ["2026-01-02T00:00:00.000Z"]
    assert (found.values("data-act"), found.values("data-ask")) == (["/p/t/1/end"], ["It ends."])


def test_a_part_of_the_rows_is_neither_searched_nor_saved_here() -> None:
    for whole in (True, False):
        found = made(whole=whole)
        is_saved = any(one.endswith(" csv") for one in found.values("class"))
        assert (bool(found.values("data-search")), is_saved) == (whole, whole)
        assert found.values("data-kind") == ["text", "when", "act"]


def test_what_a_text_contains_is_no_markup() -> None:
    found = made(rows=[["<b>", '<script>&"', None, None]])
    assert found.rows() == [["<b>", '<script>&"', "–", ""]]


def test_no_time_stays_none() -> None:
    assert when(None) is None
