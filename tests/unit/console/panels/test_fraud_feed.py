"""Rows are keyed by their transaction."""

from console.panels.fraud_feed import PANEL
from tests.unit.console.drawing import slots


def test_fifty_rows_in_the_order_of_the_columns() -> None:
    rows = slots(PANEL)["rows"]["rows"]
    assert len(rows) == 50
    assert all(row[0] == row[2] and row[3] > 0.65 for row in rows)


def test_no_row_is_a_sentence() -> None:
    assert "0.65" in slots(PANEL, "empty")["rows"]["empty"]
