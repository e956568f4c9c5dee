"""The one table of pages: rows as data, texts from outside settled, a sentence only where there is no row."""

from datetime import UTC, datetime
from typing import Any

from console.panel import Column
from console.table import act, table, when
from core import codec

COLUMNS = (Column("name", "Name"), Column("at", "At", "when"), Column("act", "", "act"))


def parts(**more: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """What the browser gets of a table: its columns and its rows."""
    made = table("t", "Things", COLUMNS, more.pop("rows", []), "No things yet.", **more)
    slot = next(child for child in made.children if getattr(child, "id", "") == "t-rows").to_plotly_json()["props"]
    return codec.decode(slot["data-spec"].encode()), codec.decode(slot["data-table"].encode())


def test_a_table_without_rows_says_why() -> None:
    assert parts()[1] == {"rows": [], "empty": "No things yet."}


def test_a_row_keeps_its_key_and_shows_nothing_that_reorders() -> None:
    row = ["k\u202e", "a\u202eb", when(datetime(2026, 1, 2, tzinfo=UTC)), act("End", "/p/t/1/end", "It ends.")]
    found = parts(rows=[row])[1]
    assert found["empty"] == ""
    assert found["rows"] == [
        ["k\u202e", "a\\u202eb", 1767312000000, ["End", "/p/t/1/end", "It ends.", "secondary"]],
    ]


def test_a_part_of_the_rows_is_neither_searched_nor_saved_here() -> None:
    for whole in (True, False):
        spec = parts(whole=whole)[0]
        assert (spec["search"], spec["csv"]) == (whole, whole)
        assert [column[0] for column in spec["columns"]] == ["name", "at", "act"]


def test_no_time_stays_none() -> None:
    assert when(None) is None
