"""Lines over bins: gaps stay gaps, names are plain, ticks are round in their unit and reach the highest value."""

import pytest

from console.figures.bins import Bins
from console.figures.lines import Series, lines, round_ticks

BINS = Bins(600, 603, 1)


def test_each_series_is_a_line_with_its_words() -> None:
    drawn = lines([Series("<b>a", [1.0, None, 3.0]), Series("b", [0.5, 0.5, 0.5])], BINS, lambda one: f"{one:g} s", "x")
    first = drawn["data"][0]
    assert first["y"] == [1.0, None, 3.0]
    assert first["connectgaps"] is False
    assert first["customdata"] == ["1 s", None, "3 s"]
    assert "<b>" not in first["name"]
    assert drawn["layout"]["showlegend"] is True
    assert drawn["layout"]["yaxis"]["ticktext"][-1] == "3 s"


def test_nothing_is_an_empty_chart() -> None:
    assert lines([], BINS, str, "x")["data"] == []


@pytest.mark.parametrize("highest", [0.0, 1e-9, 4e-6, 0.31, 1.0, 7.0, 59.9, 1234.5, 9e12])
@pytest.mark.parametrize("unit", [1.0, 1048576.0])
def test_ticks_reach_the_highest(highest: float, unit: float) -> None:
    ticks = round_ticks(highest, unit)
    assert ticks[0] == 0
    assert ticks[-1] >= highest * (1 - 1e-9)
    assert 2 <= len(ticks) <= 7
    assert round_ticks(1.0) == pytest.approx([0, 0.2, 0.4, 0.6, 0.8, 1.0])
