"""What both pages of custom figures are put together from: notes, a figure's chart, what is wrong with it."""

from typing import Any

from dash import html

from console import changes, format, markup
from console.chart_panel import chart_panel
from console.figures import custom
from console.figures.bins import Bins
from console.pages.figures import reading
from console.pages.figures.reading import Shown
from core import clock
from core.figures.overview import CustomFigure, CustomFigures, FigureSeries
from core.http import HttpClient

LATE = 3  # periods without a sample from which that is said
NONE_YET = "No values in this range. Choose a longer one."


def notes(shown: Shown) -> html.Div:
    """What cannot be reached, or was not understood."""
    found: list[Any] = []
    if shown.refused:
        found.append(markup.said(f"{shown.refused.rstrip('.')}. Choose another range.", "x-octagon-fill", "bad"))
    if shown.away:
        head = html.B(f"{shown.away[:1].upper()}{shown.away[1:]} cannot be reached.")
        more = " This page recovers automatically."
        found.append(markup.said([head, more], "wifi-off", "bad", "not-reached"))
    return html.Div(found, id="notes")


def bins_of(found: CustomFigures, client: HttpClient) -> Bins:
    """The range in bins, with what changed in it."""
    return changes.marked(client, reading.bins(found))


def chart(one: CustomFigure, found: CustomFigures, tools: list[Any], bins: Bins, height: int = 240) -> html.Section:
    """A figure over time with its table, its CSV, and what is wrong with it."""
    wrong = problem(one, found.now)
    if not any(series.bins for series in one.series):
        empty = markup.calm("clock", "No values", NONE_YET if one.sampled_at else "It has not been sampled yet.")
        return markup.sheet(f"figure-{one.name}", one.title, *wrong, empty, note=note(one), tools=tools)
    rows = [
        [at(minute), *([series] if len(one.series) > 1 else []), format.measure(value, one.unit)]
        for minute, series, value in sorted(
            ((each.minute, series.name or "value", each.mean) for series in one.series for each in series.bins),
            key=lambda row: (-row[0], row[1]),
        )
    ]
    heads = ["Time (UTC)", *(["Series"] if len(one.series) > 1 else []), ">Value"]
    panel = chart_panel(
        f"figure-{one.name}", one.title, custom.lines(one.series, one.unit, bins, height),
        f"{one.title} over time, in bins of {bins.words}", heads, rows, note(one), tools,
    )  # fmt: skip
    if wrong:
        panel.children = [panel.children[0], *wrong, *panel.children[1:]]
    return panel


def problem(one: CustomFigure, now: float) -> list[Any]:
    """Why its newest sample failed, or that there is none."""
    said: list[Any] = []
    if one.error:
        when = f"{clock.to_datetime(one.failed_at or now):%Y-%m-%d %H:%M:%S} UTC"
        said = [html.B("The last sample failed: "), f"{one.error} ({when})."]
    elif now - one.seen > max(LATE * one.every_seconds, 600.0):
        when = f"{clock.to_datetime(one.seen):%Y-%m-%d %H:%M} UTC"
        said = [html.B("No longer sampled: "), f"no collector has had {one.source} since {when}."]
    if not said:
        return []
    return [html.Div(markup.said(said, "exclamation-triangle-fill", "bad"), className="px-3 pt-3")]


def note(one: CustomFigure) -> str:
    """Its newest value and how often it is sampled."""
    newest = [format.measure(series.bins[-1].last, one.unit) for series in one.series if series.bins]
    last = f"last {newest[0]}, " if len(newest) == 1 and len(one.series) == 1 else ""
    return f"{last}every {format.duration(one.every_seconds)}"


def at(minute: int) -> str:
    """The begin of a bin, UTC."""
    return f"{clock.to_datetime(minute * 60):%Y-%m-%d %H:%M}"


def span_of(series: FigureSeries) -> tuple[float, float, float]:
    """The least, the mean and the most of a series over the range."""
    whole = sum(one.count for one in series.bins)
    mean = sum(one.mean * one.count for one in series.bins) / whole
    return min(one.least for one in series.bins), mean, max(one.most for one in series.bins)
