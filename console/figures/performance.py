"""Fourteen days of precision and recall: measured by labels beside what the scores suggest, and what changed when.

A day whose frauds are not all known yet is drawn hollow: its measured rates will still move.
"""

import math
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from console.figures.plain import Markup, drawing, plain
from console.figures.template import line_label
from core.monitoring.model import DayPerformance, Interval, RateIntervals, Rates

DAY = 86_400_000
HALF, QUARTER = DAY // 2, DAY // 4
TOP, BOTTOM = (0.56, 1.0), (0.0, 0.44)
MEASURES = (("precision", "Precision", "y", TOP), ("recall", "Recall", "y2", BOTTOM))
MARKS = {"role": ("diamond", "accent"), "training": ("circle", "ok"), "policy": ("square", "review"),
         "incident": ("triangle-down", "blocked")}  # fmt: skip


class KnownDay(NamedTuple):
    """A day with the share (0..1) of its frauds that should have their label by now; None: not known."""

    day: DayPerformance
    frauds_known: float | None


Days = Sequence[KnownDay]
Events = Sequence[Mapping[str, Any]]


@drawing
def draw(days: Days, baseline: float | None, mature_from: float, events: Events) -> dict[str, Any]:
    """`days` in their order, at least one; `events` have `at` (ms), `kind`, `text`."""
    start, end = days[0].day.day, days[-1].day.day + DAY
    traces: list[dict[str, Any]] = []
    notes: list[dict[str, Any]] = []
    for key, title, axis, domain in MEASURES:
        traces += [*_expected(days, key, title, axis), *_measured(days, key, title, axis, mature_from)]
        notes.append(_title(title, domain))
    shapes = []
    if baseline is not None:
        shapes.append({**_across(baseline), "yref": "y"})
        is_low = baseline < (_floor(days) + 1) / 2  # else its label would lie over the title
        notes.append({**line_label(0, baseline, f"baseline {baseline:.2f}", "muted", above=is_low), "yref": "y"})
    seen = [event for event in events if start <= event["at"] < end]
    shapes += [_line(event) for event in seen]
    traces.append(_happened(seen))
    floor = _floor(days)
    axis_of = {"range": [floor, 1.04], "tickformat": ".0%", "nticks": 5, "fixedrange": True, "rangemode": "normal"}
    return {
        "data": traces,
        "layout": {
            "uirevision": "performance",
            "height": 380,
            "hovermode": "closest",
            "dragmode": False,
            "margin": {"l": 44, "r": 14, "t": 20, "b": 26},
            "xaxis": {
                "type": "date",
                "range": [start, end],
                "tickvals": [known.day.day + HALF for known in days[len(days) % 2 :: 2]],
                "tickformat": "%b %-d",
                "anchor": "y2",
                "fixedrange": True,
                "hoverformat": "%a %b %-d",
            },
            "yaxis": {**axis_of, "domain": list(TOP)},
            "yaxis2": {**axis_of, "domain": list(BOTTOM), "gridcolor": "@line", "zeroline": False,
                       "tickfont": {"color": "@muted", "size": 11}},
            "shapes": shapes,
            "annotations": notes,
        },
    }  # fmt: skip


def _floor(days: Days) -> float:
    """Where the axes begin: a fifth below the lowest bound, or at zero."""
    lows = [
        _bounds(rates, bounds, key)[0]
        for day, _ in days
        for rates, bounds in ((day.measured, day.intervals), (day.estimated, day.estimated_intervals))
        for key, *_ in MEASURES
        if _rate(rates, key) is not None
    ]
    return max(0.0, math.floor(5 * (min(lows, default=0.0) - 0.02)) / 5)


def _rate(rates: Rates | None, key: str) -> float | None:
    found: float | None = getattr(rates, key, None)
    return found


def _bounds(rates: Rates | None, intervals: RateIntervals | None, key: str) -> Interval:
    """The interval of a rate that is there; the rate itself where it has none."""
    found: Interval | None = getattr(intervals, key, None)
    value = _rate(rates, key) or 0.0
    return found or (value, value)


def _expected(days: Days, key: str, title: str, axis: str) -> list[dict[str, Any]]:
    """The estimate as a band with its middle; gaps stay gaps."""
    xs: list[Any] = []
    ys: list[Any] = []
    for run in _runs(days, key):
        bounds = [_bounds(day.estimated, day.estimated_intervals, key) for day in run]
        # From a little before its first day to a little after its last, so that a single day has a band too.
        at = [run[0].day + QUARTER, *(day.day + HALF for day in run), run[-1].day + DAY - QUARTER]
        bounds = [bounds[0], *bounds, bounds[-1]]
        xs += [*at, *reversed(at), None]
        ys += [*(high for _, high in bounds), *(low for low, _ in reversed(bounds)), None]
    band = {
        "type": "scatter", "mode": "lines", "name": f"{title}, estimated 95 %", "x": xs, "y": ys, "yaxis": axis,
        "fill": "toself", "fillcolor": "@accent/0.20", "line": {"width": 0}, "hoverinfo": "skip",
    }  # fmt: skip
    line = {
        "type": "scatter", "mode": "lines+markers", "name": f"{title}, estimated",
        "x": [day.day + HALF for day, _ in days], "y": [_rate(day.estimated, key) for day, _ in days], "yaxis": axis,
        "connectgaps": False,
        "line": {"color": "@accent", "width": 1.4, "dash": "dot"}, "marker": {"size": 4, "color": "@accent"},
        "hovertemplate": f"%{{x}}: estimated {title.lower()} %{{y:.3f}}<extra></extra>",
    }  # fmt: skip
    return [band, line]


def _runs(days: Days, key: str) -> list[list[DayPerformance]]:
    """Days with an estimate of this rate, split where one is missing."""
    runs: list[list[DayPerformance]] = [[]]
    for day, _ in days:
        if _rate(day.estimated, key) is not None:
            runs[-1].append(day)
        elif runs[-1]:
            runs.append([])
    return [run for run in runs if run]


def _measured(days: Days, key: str, title: str, axis: str, mature_from: float) -> list[dict[str, Any]]:
    """What labels show, with error bars: filled where the frauds are known, hollow where they are not."""
    found = []
    for mature in (True, False):
        mine = [
            (known, value)
            for known in days
            if (value := _rate(known.day.measured, key)) is not None
            and ((known.frauds_known or 0.0) >= mature_from) is mature
        ]
        bounds = [_bounds(known.day.measured, known.day.intervals, key) for known, _ in mine]
        values = [value for _, value in mine]
        role = "good" if mature else "muted"
        found.append(
            {
                "type": "scatter", "mode": "markers", "name": f"{title}, {'measured' if mature else 'labels immature'}",
                "x": [known.day.day + HALF for known, _ in mine], "y": values, "yaxis": axis,
                "error_y": {
                    "type": "data", "symmetric": False, "thickness": 1.4, "width": 3, "color": f"@{role}",
                    "array": [round(high - value, 5) for (_, high), value in zip(bounds, values, strict=True)],
                    "arrayminus": [round(value - low, 5) for (low, _), value in zip(bounds, values, strict=True)],
                },
                "marker": {"size": 8, "symbol": "circle" if mature else "circle-open", "color": f"@{role}",
                           "line": {"width": 1.6, "color": f"@{role}"}},
                "customdata": [_facts(known) for known, _ in mine],
                "hovertemplate": f"%{{x}}: measured {title.lower()} %{{y:.3f}}<br>%{{customdata[0]}}<extra></extra>",
            }
        )  # fmt: skip
    return found


def _facts(known: KnownDay) -> list[str]:
    day, share = known
    text = "" if share is None else f", about {100 * share:.0f} % of the frauds known"
    return [f"{day.labelled:,} of {day.total:,} labelled{text}"]


def _happened(events: Events) -> dict[str, Any]:
    looks = [MARKS.get(event["kind"], ("circle", "muted")) for event in events]
    return {
        "type": "scatter", "mode": "markers", "name": "Changes", "x": [event["at"] for event in events],
        "y": [1.0] * len(events), "yaxis": "y", "cliponaxis": False,
        "customdata": [[event["text"][:90]] for event in events],
        "marker": {"size": 9, "symbol": [symbol for symbol, _ in looks], "color": [f"@{role}" for _, role in looks],
                   "line": {"width": 0}},
        "hovertemplate": "%{customdata[0]}<br>%{x|%b %-d %H:%M} UTC<extra></extra>",
    }  # fmt: skip


def _line(event: Mapping[str, Any]) -> dict[str, Any]:
    role = MARKS.get(event["kind"], ("circle", "muted"))[1]
    return {
        "type": "line", "yref": "paper", "x0": event["at"], "x1": event["at"], "y0": 0, "y1": 1,
        "line": {"color": f"@{role}/0.55", "width": 1, "dash": "dot"}, "layer": "below",
    }  # fmt: skip


def _across(y: float) -> dict[str, Any]:
    line = {"color": "@muted", "width": 1, "dash": "dash"}
    return {"type": "line", "xref": "paper", "x0": 0, "x1": 1, "y0": y, "y1": y, "line": line}


def _title(text: str, domain: tuple[float, float]) -> dict[str, Any]:
    return {
        "xref": "paper", "yref": "paper", "x": 0, "y": domain[1], "text": Markup(f"<b>{plain(text)}</b>"),
        "showarrow": False, "xanchor": "left", "yanchor": "bottom", "font": {"size": 12, "color": "@text"},
    }  # fmt: skip
