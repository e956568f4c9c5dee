"""One custom figure: its chart, its series over the range, every bin, and how it is sampled."""

from typing import Any

from dash import html

from console import format, markup
from console.chart_panel import column
from console.figures.bins import Bins
from console.page import Page, PageContext, View
from console.pages.figures import parts, reading
from console.panel import Column
from console.table import table
from core import clock
from core.figures.overview import LENGTHS, CustomFigure, CustomFigures

EVERY = 15.0
PATH = "figures/figure"
SERIES = (
    Column("series", "Series"), Column("values", "Values", "int"), Column("least", "Min", "right"),
    Column("mean", "Mean", "right"), Column("most", "Max", "right"), Column("last", "Last", "right"),
)  # fmt: skip
BINS = (Column("time", "Time (UTC)", "mono"), *SERIES)


def content(context: PageContext) -> View:
    """The figure of the address; one that there is not has a sentence."""
    name = context.args.get("name", "")[:100].replace("\0", "")
    shown = reading.read(context.auth.api, context.args, name or "-")
    figure = next(iter(shown.found.figures), None) if shown.found else None
    title = figure.title if figure else "Custom figure"
    body: list[Any] = []
    if figure and shown.found:
        body = _body(figure, shown.found, parts.bins_of(shown.found, context.auth.api))
    elif shown.found:
        body = [markup.calm("question-circle", "There is no such figure.", "The page Custom figures lists all.")]
    back = ("Custom figures", f"{context.prefix}figures{shown.query()}")
    page = markup.page("figure", title, parts.notes(shown), *body, back=back, wide=True)
    return View(page, title=title, status=400 if shown.refused else 200, every=EVERY)


def _body(one: CustomFigure, found: CustomFigures, marked: Bins) -> list[Any]:
    known = [series for series in one.series if series.bins]
    rows = [
        [series.name, series.name or "value", sum(each.count for each in series.bins),
         *(_cell(value, one.unit) for value in (*parts.span_of(series), series.bins[-1].last))]
        for series in known
    ]  # fmt: skip
    bins = sorted(((each, series.name) for series in known for each in series.bins), key=lambda row: -row[0].minute)
    every = [
        [f"{each.minute} {name}", parts.at(each.minute), name or "value", each.count,
         *(_cell(value, one.unit) for value in (each.least, each.mean, each.most, each.last))]
        for each, name in bins
    ]  # fmt: skip
    note = f"the first {len(one.series)} of {len(one.series) + one.more}" if one.more else ""
    return [
        parts.chart(one, found, [], marked, 320),
        html.Div(
            [
                column(8, table("series", "Series over the range", SERIES, rows, parts.NONE_YET, note=note)),
                column(4, markup.sheet("sampling", "Sampling", _sampling(one))),
            ],
            className="grid",
        ),
        table("bins", "Values", BINS, every, parts.NONE_YET),
    ]


def _cell(value: float, unit: str) -> list[Any]:
    return [format.measure(value, unit), value]


def _sampling(one: CustomFigure) -> html.Dl:
    sampled = None if one.sampled_at is None else clock.to_datetime(one.sampled_at)
    return markup.pairs(
        {
            "Defined in": html.Span(one.source, className="mono"),
            "Sampled every": format.duration(one.every_seconds),
            "Last sample": [markup.since(sampled), " ago"] if sampled else format.NONE,
            "Duration": format.milliseconds(None if one.took_seconds is None else 1000 * one.took_seconds),
            "Failed samples": f"{one.failures:,}",
        }
    )


PAGE = Page(
    name="figure", path=PATH, title="Custom figure", role="viewer", content=content, under="figures",
    ranges=tuple(LENGTHS),
)  # fmt: skip
