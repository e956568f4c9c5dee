"""The page Performance: every endpoint of a filter, what it did over the range, and where the time went."""

from collections.abc import Sequence
from typing import Any

import dash_bootstrap_components as dbc
from dash import dcc, html

from console import changes, format, markup
from console.chart_panel import chart_panel, column
from console.figures import endpoints as figures
from console.figures.bins import Bins
from console.page import Page, PageContext, Place, View
from console.pages.performance import (
    changed,
    deploy,
    one,
    outlier,
    outliers,
    overhead,
    parts,
    processes,
    reading,
    storage,
)
from console.pages.performance.profiler import page as profiler
from console.pages.performance.reading import Asked, Shown
from console.panel import Column
from console.table import table
from core import clock
from core.endpoints.overview import LENGTHS, ROUTE, EndpointRow, EndpointsOverview

EVERY = 10.0
PATH = "performance"
SHARES = 8  # endpoints whose share of the time is shown as bars
COLUMNS = (
    Column("endpoint", "Endpoint", "two", "300px"), Column("method", "Method", "mono", "76px"),
    Column("hits", "Requests", "int", "92px"), Column("errors", "Errors", "right", "84px"),
    Column("p50", "p50", "right", "84px"), Column("p95", "p95", "right", "84px"),
    Column("p99", "p99", "right", "84px"), Column("most", "Max", "right", "84px"),
    Column("share", "Share of time", "meter", "150px"), Column("trend", "Requests over time", "spark", "120px"),
)  # fmt: skip
EMPTY = "No requests in this range. Choose a longer one, or remove a filter."
NOTHING = "Each of our processes reports its requests every few seconds; other services send events of kind endpoint."


def content(context: PageContext) -> View:
    """Figures of the range, requests over time, where the time went, and a row for each endpoint."""
    shown = reading.read(context.auth.api, ROUTE, reading.asked(context.args), EndpointsOverview)
    found = shown.found
    body: list[Any] = []
    if found is not None:
        bins = changes.marked(context.auth.api, Bins(found.first, found.after, found.step), shown.asked.service)
        charts = _charts(found, context.prefix, shown.asked, bins)
        body = [_figures(found), charts, _table(found, shown.asked), changed.listed(bins.changed)]
    page = markup.page(
        "performance", "Performance", parts.notes(shown), parts.subpages(context.prefix, shown.asked),
        _pickers(shown, context.prefix), *body, wide=True,
    )  # fmt: skip
    return View(page, status=400 if shown.refused else 200, every=EVERY)


def _pickers(shown: Shown[EndpointsOverview], prefix: str) -> html.Div:
    """The filter as a form."""
    return html.Div([_filter(shown.found, shown.asked, prefix)] if shown.found else [], className="mb-3", id="pickers")


def _filter(found: EndpointsOverview, wanted: Asked, prefix: str) -> html.Form:
    kept = {name: value for name, value in wanted.values.items() if name in ("range", "from", "to")}
    clear = wanted.query(service="", method="", version="")
    is_filtered = wanted.service or wanted.method or wanted.version
    return html.Form(
        [
            *(dcc.Input(type="hidden", id=f"f-{name}", name=name, value=value) for name, value in kept.items()),
            _choice("service", "Service", "all services", found.services, wanted.service),
            _choice("method", "Method", "all methods", found.methods, wanted.method),
            _choice("version", "Version", "all versions", found.versions, wanted.version),
            dbc.Button("Show", type="submit", size="sm", color="secondary"),
            *([html.A("Clear", href=f"{prefix}{PATH}{clear}", className="btn btn-sm btn-link")] if is_filtered else []),
        ],
        id="filter",
        method="get",
        action=prefix + PATH,
        className="d-flex flex-wrap align-items-center gap-2",
    )


def _choice(name: str, label: str, every: str, known: Sequence[str], value: str) -> html.Div:
    options = [{"value": "", "label": every}, *({"value": one, "label": one} for one in known)]
    if value and value not in known:
        options.append({"value": value, "label": value})
    select = dbc.Select(
        id=f"f-{name}", name=name, options=options, value=value, class_name="form-select-sm", placeholder=every
    )
    return html.Div([html.Label(label, htmlFor=f"f-{name}", className="visually-hidden"), select])


def _figures(found: EndpointsOverview) -> html.Div:
    """Requests, errors, durations, and how busy it was."""
    total, minutes = found.total, _minutes(found)
    p95 = parts.lasted(total.p95).rpartition(" ")
    rate = parts.error_rate(total).rpartition(" ")
    return parts.cards([
        parts.card(
            "requests", "Requests", format.number(total.hits), "",
            f"{format.number(total.hits / minutes)} a minute{_lost(found)}", found.hits,
        ),
        parts.card(
            "errors", "Error rate", rate[0] or rate[2], rate[2] if rate[0] else "", f"{total.errors:,} errors",
            found.errors if total.errors else (), parts.status_of(total),
        ),
        parts.card(
            "p95", "p95 duration", p95[0] or p95[2], p95[2] if p95[0] else "",
            f"p50 {parts.lasted(total.p50)} · p99 {parts.lasted(total.p99)} · max {parts.lasted(total.most)}",
        ),
        parts.card(
            "busy", "Requests under way", parts.busy(total, minutes), "on average",
            f"{format.duration(total.seconds)} of work",
        ),
    ])  # fmt: skip


def _lost(found: EndpointsOverview) -> str:
    """What is not among the requests, where there is any."""
    return f" · {found.lost:,} more were not reported" if found.lost else ""


def _minutes(found: EndpointsOverview) -> int:
    """How long the range is, without what is still to come."""
    return max(1, min(found.after, int(clock.now() // 60) + 1) - found.first)


def _charts(found: EndpointsOverview, prefix: str, wanted: Asked, bins: Bins) -> html.Div | None:
    if not found.total.hits:
        return None
    rows = [
        [f"{clock.to_datetime((found.first + place * found.step) * 60):%Y-%m-%d %H:%M}", f"{hits:,}", f"{errors:,}"]
        for place, (hits, errors) in enumerate(zip(found.hits, found.errors, strict=True))
        if hits
    ]
    drawn = figures.requests(found.hits, found.errors, bins)
    chart = chart_panel(
        "requests", "Requests and errors", drawn, f"Requests and errors in bins of {bins.words}",
        ["Time (UTC)", ">Requests", ">Errors"], rows[::-1], f"bins of {bins.words}, UTC",
    )  # fmt: skip
    return html.Div([column(8, chart), column(4, _shares(found, prefix, wanted))], className="grid")


def _shares(found: EndpointsOverview, prefix: str, wanted: Asked) -> html.Section:
    """Endpoints by their share of all the time."""
    bars = [_share(row, found.total.seconds, prefix, wanted) for row in found.rows[:SHARES]]
    rows = html.Div(bars, className="d-flex flex-column gap-3")
    return markup.sheet("shares", "Where the time goes", rows, note="share of all durations")


def _share(row: EndpointRow, whole: float, prefix: str, wanted: Asked) -> html.A:
    percent = 100 * row.figures.seconds / whole if whole else 0.0
    words: list[Any] = [html.Span(f"{row.method} ", className="text-body-secondary mono small"), row.route]
    to = prefix + parts.address(row.service, row.route, row.method, wanted)
    return parts.share_bar(words, f"{row.service}: {row.method} {row.route}", f"{percent:.1f} %", percent, to)


def _table(found: EndpointsOverview, wanted: Asked) -> html.Section:
    rows = [_row(row, found.total.seconds, wanted) for row in found.rows]
    more = f"; {found.more:,} with less time are not listed" if found.more else ""
    note = f"most time first{more}" if rows else ""
    return table("endpoints", "Endpoints", COLUMNS, rows, EMPTY if found.services else NOTHING, note=note)


def _row(row: EndpointRow, whole: float, wanted: Asked) -> list[Any]:
    known = row.figures
    share = known.seconds / whole if whole else 0.0
    return [
        f"{row.service} {row.method} {row.route}",
        [row.route, row.service, parts.address(row.service, row.route, row.method, wanted)], row.method, known.hits,
        [parts.error_rate(known), known.error_rate or 0.0], parts.duration_cell(known.p50),
        parts.duration_cell(known.p95), parts.duration_cell(known.p99), parts.duration_cell(known.most),
        [f"{100 * share:.1f} %", share], row.trend,
    ]  # fmt: skip


PAGES = (
    Page(
        name="performance",
        path=PATH,
        title="Performance",
        role="viewer",
        content=content,
        place=Place(62, "e", "More"),
        ranges=tuple(LENGTHS),
    ),
    one.PAGE,
    profiler.PAGE,
    outliers.PAGE,
    outlier.PAGE,
    deploy.PAGE,
    processes.PAGE,
    overhead.PAGE,
    storage.PAGE,
)
