"""Fourteen days drawn: what is measured, what is expected, what is not mature yet, and what changed."""

from typing import Any

from console.figures import performance
from console.figures.performance import DAY, KnownDay
from core.monitoring.model import DayPerformance, RateIntervals, Rates

START = 1_700_006_400_000


def day(n: int, known: float | None, measured: float | None, estimated: float | None) -> KnownDay:
    found = DayPerformance(
        day=START + n * DAY, total=100, labelled=40, measured=rates(measured), intervals=around(measured, 0.1),
        estimated=None if estimated is None else rates(estimated),
        estimated_intervals=None if estimated is None else around(estimated, 0.05),
    )  # fmt: skip
    return KnownDay(found, known)


def rates(value: float | None) -> Rates:
    return Rates(precision=value, recall=value, f1=value)


def around(value: float | None, by: float) -> RateIntervals:
    bounds = None if value is None else (value - by, value + by)
    return RateIntervals(precision=bounds, recall=bounds, f1=bounds)


DAYS = [
    day(0, None, None, None),
    day(1, 0.99, 0.6, 0.7),
    day(2, 0.99, 0.65, None),
    day(3, 0.4, 0.8, 0.72),
    day(4, None, 0.9, 0.71),
]


def named(figure: dict[str, Any], name: str) -> dict[str, Any]:
    return next(trace for trace in figure["data"] if trace["name"] == name)


def test_immature_days_are_drawn_apart_from_mature_ones() -> None:
    figure = performance.draw(DAYS, 0.67, 0.95, [])
    mature, young = named(figure, "Precision, measured"), named(figure, "Precision, labels immature")
    assert mature["y"] == [0.6, 0.65]
    assert young["y"] == [0.8, 0.9]  # what is not known to be mature is not drawn as if it were
    assert (mature["marker"]["symbol"], young["marker"]["symbol"]) == ("circle", "circle-open")
    assert mature["error_y"]["array"] == [0.1, 0.1]
    assert "40 of 100 labelled, about 40 % of the frauds known" in young["customdata"][0][0]


def test_the_estimate_is_a_band_that_breaks_where_there_is_none() -> None:
    band = named(performance.draw(DAYS, None, 0.95, []), "Recall, estimated 95 %")
    assert band["x"].count(None) == 2  # two runs of days
    assert len(band["x"]) == len(band["y"])
    line = named(performance.draw(DAYS, None, 0.95, []), "Recall, estimated")
    assert line["y"] == [None, 0.7, None, 0.72, 0.71]


def test_the_baseline_is_a_labelled_line_and_changes_are_marked() -> None:
    events = [
        {"at": START + DAY, "kind": "role", "text": "Model 2 became champion"},
        {"at": START - DAY, "kind": "policy", "text": "before the chart"},
        {"at": START + 2 * DAY, "kind": "incident", "text": "Feature drift"},
    ]
    figure = performance.draw(DAYS, 0.67, 0.95, events)
    assert "baseline 0.67" in [note["text"] for note in figure["layout"]["annotations"]]
    marks = named(figure, "Changes")
    assert [facts[0] for facts in marks["customdata"]] == ["Model 2 became champion", "Feature drift"]
    assert marks["marker"]["color"] == ["@accent", "@blocked"]
    assert len(figure["layout"]["shapes"]) == 3


def test_days_without_anything_draw_nothing() -> None:
    figure = performance.draw([day(n, None, None, None) for n in range(14)], 0.67, 0.95, [])
    assert all(not any(value is not None for value in trace["y"]) for trace in figure["data"])
