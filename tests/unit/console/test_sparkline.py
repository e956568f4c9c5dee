"""Sparklines: scaled to their height, from zero where that says more, with gaps where nothing is known."""

from console import sparkline
from console.sparkline import HEIGHT


def test_values_reach_from_top_to_bottom() -> None:
    assert sparkline.scaled([1.0, 3.0, 2.0]) == [HEIGHT, 0, HEIGHT // 2]
    assert sparkline.scaled([1.0, 2.0], from_zero=True) == [HEIGHT // 2, 0]
    assert sparkline.scaled([1.0, None, 2.0]) == [HEIGHT, None, 0]


def test_what_does_not_change_is_a_level_line() -> None:
    assert sparkline.scaled([5.0, 5.0]) == [HEIGHT // 2, HEIGHT // 2]
    assert sparkline.scaled([0.0, 0.0], from_zero=True) == [HEIGHT, HEIGHT]
    assert sparkline.scaled([5.0]) == []


def test_a_row_has_a_line_or_nothing() -> None:
    assert "<path" in sparkline.in_row([0, 3, 1])
    assert "<path" not in sparkline.in_row([3])
