"""The history of drift: points by verdict, gaps where nothing was judged, and the lines of the limits."""

from datetime import date

from console.figures import drift_history as figures
from console.figures.bins import Bins
from core.analytics.drift import Day, Limits, Report

BINS = Bins(29_800_000 // 1440 * 1440, 29_800_000 // 1440 * 1440 + 30 * 1440, 1440)
LIMITS = Limits(0.15, 0.10, 100)


def test_reports_are_points_by_verdict_and_those_that_judged_nothing_are_left_out() -> None:
    found = [
        Report(1, 1.0, 1, "ok", 0.1, 1, 10, ""),
        Report(2, 2.0, 1, "retrain", 0.5, 5, 10, ""),
        Report(3, 3.0, 1, "insufficient", None, 0, 0, ""),
    ]
    drawn = figures.shares(found, 0.2, 0.3, BINS)
    assert drawn["data"][0]["y"] == [0.1, 0.5]
    assert drawn["data"][0]["marker"]["color"] == ["@good", "@blocked"]
    assert [one["y0"] for one in drawn["layout"]["shapes"]] == [0.3, 0.2]
    assert drawn["layout"]["yaxis"]["range"][1] > 0.5


def test_days_with_too_few_predictions_are_gaps() -> None:
    days = [
        Day(date(2026, 8, 29), 1, 500, 0.05, "amount"),
        Day(date(2026, 8, 30), 1, 9, None, None),
        Day(date(2026, 8, 31), 1, 500, 0.4, "amount"),
    ]
    drawn = figures.divergences(days, LIMITS, BINS)
    assert drawn["data"][0]["y"] == [0.05, None, 0.4]
    assert drawn["data"][0]["marker"]["color"] == ["@accent", "@accent", "@blocked"]
    assert not drawn["data"][0]["connectgaps"]
    words = [one["text"] for one in drawn["layout"]["annotations"]]
    assert words == ["drifted &gt; 0.15", "watch ≥ 0.10"] or words == ["drifted > 0.15", "watch ≥ 0.10"]
