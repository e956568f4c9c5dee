"""The charts of Scorecard: every week, group and capacity with its interval."""

from datetime import date

from console.analytics.scorecard.capture import Capture
from console.analytics.scorecard.maturity import Weeks
from console.analytics.scorecard.ranking import Gini
from console.analytics.scorecard.reliability import Group, Reliability
from console.analytics.scorecard.stability import Shares
from console.analytics.scorecard.vintages import ChainLadder, Vintage
from console.figures import scorecard as figures

WEEKS = [date(2026, 11, 2), date(2026, 11, 9)]


def test_groups_are_named_by_where_they_begin() -> None:
    drawn = figures.groups(Shares([0.0, 0.1], [0.9, 0.1], [0.8, 0.2]))
    assert drawn["data"][0]["x"] == ["0+", "0.1+"]
    assert drawn["data"][1]["customdata"] == ["80.0 % of scores 0 to 0.1", "20.0 % of scores 0.1 to 1"]


def test_a_week_without_a_gini_is_left_out() -> None:
    drawn = figures.weekly({WEEKS[0]: Gini(0.7, 0.6, 0.8, 30, 300, 0.001), WEEKS[1]: None})
    assert drawn["data"][0]["x"] == ["2 Nov"]
    assert drawn["data"][0]["error_y"] == {
        "type": "data", "symmetric": False, "color": "@accent", "thickness": 1.2, "width": 2, "array": [0.1],
        "arrayminus": [0.1],
    }  # fmt: skip


def test_calibration_is_drawn_to_its_largest_share() -> None:
    group = Group(0.0, 0.1, 100, 10, 0.08, 0.1, 0.055, 0.174)
    drawn = figures.calibration(Reliability([group], 100, 10, 0.02, 0.05, 1, 0.9, 1.1, 0, -0.1, 0.1))
    assert drawn["layout"]["xaxis"]["range"] == [0, 0.174 * 1.05]
    assert drawn["data"][0]["y"] == [0.1]


def test_capture_without_amounts_has_one_line() -> None:
    one = Capture(10, 5, 50, 40, 0.0, 0.5, 0.35, 0.65, None, None, None, 0.2, 0.1, 0.3)
    assert [trace["name"] for trace in figures.captured([one])["data"]] == ["By number, 95 %", "By number"]


def test_a_week_that_is_not_completed_says_so() -> None:
    ladder = ChainLadder([1.5], [Vintage(2, 30, 1.0, 30.0, 0.0, 30, 30), Vintage(1, 4, 0.67, None, None, None, None)])
    drawn = figures.vintages(Weeks(WEEKS, [500, 400], [100, 50], ladder, 34))
    assert drawn["data"][0]["y"] == [30, 4]
    assert drawn["data"][1]["customdata"] == ["complete", "not completed: too few known"]


def test_a_completed_week_has_its_interval() -> None:
    ladder = ChainLadder([1.5], [Vintage(1, 20, 0.67, 30.0, 3.0, 25, 38)])
    drawn = figures.vintages(Weeks(WEEKS[:1], [500], [100], ladder, 20))
    assert drawn["data"][1]["y"] == [10.0]
    assert drawn["data"][1]["error_y"]["array"] == [8.0]
    assert drawn["data"][1]["customdata"] == ["30 in the end, 95 % interval 25 to 38"]
