"""Mature weeks: old enough by the ladder of their frauds, and a reason where there is none."""

from datetime import date, timedelta

from console.analytics.scorecard.maturity import WEEK, monday, weeks

TODAY = date(2026, 11, 25)  # a Wednesday
FIRST = date(2026, 9, 28)  # eight whole weeks before the week under way


def history(frauds: int = 40) -> tuple[dict[date, tuple[int, int]], list[tuple[date, date, int]]]:
    """Half of the frauds of each week are known at once, a half of the rest after a week, all after two."""
    mondays = [FIRST + n * WEEK for n in range(9)]
    told = [
        (at, at + lag * WEEK, round(frauds * share))
        for at in mondays
        for lag, share in enumerate((0.5, 0.25, 0.25))
        if at + lag * WEEK <= monday(TODAY)
    ]
    return dict.fromkeys(mondays, (1000, 300)), told


def test_weeks_are_mature_once_nearly_all_of_their_frauds_are_known() -> None:
    made, told = history()
    found = weeks(made, told, FIRST, TODAY, TODAY)
    assert found.mondays == [FIRST + n * WEEK for n in range(8)], "the week under way is left out"
    assert found.mature == found.mondays[:6]
    assert found.why == ""
    assert found.predictions[0] == 1000


def test_a_period_of_the_past_knows_what_came_since() -> None:
    made, told = history()
    found = weeks(made, told, FIRST, FIRST + 5 * WEEK, TODAY)
    assert found.mature == found.mondays == [FIRST + n * WEEK for n in range(5)]


def test_why_no_week_is_mature() -> None:
    made, told = history(2)
    assert "needs 20 labelled frauds, there are" in weeks(made, told, FIRST, TODAY, TODAY).why
    made, told = history()
    assert "3 whole weeks" in weeks(made, told, TODAY - timedelta(days=9), TODAY, TODAY).why
    assert "there are 0" in weeks({}, [], FIRST, TODAY, TODAY).why
