"""Outliers: requests that were much slower than their endpoint usually is, over the range."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

import dash_bootstrap_components as dbc
from dash import dcc, html

from console import changes, markup
from console.chart_panel import chart_panel, column
from console.figures import endpoints as figures
from console.figures.bins import Bins
from console.page import Page, PageContext, View
from console.pages.performance import parts, reading
from console.pages.performance.reading import Asked
from console.panel import Column
from console.table import table
from core import clock
from core.endpoints.outliers import ORDERS, ROUTE, EndpointOutliers, OutlierRow, OutliersOverview
from core.endpoints.overview import LENGTHS

EVERY = 10.0
PATH = "performance/outliers"
PATH_OF_ONE = "performance/outlier"
COLUMNS = (
    Column("at", "Began (UTC)", "second", "150px"), Column("endpoint", "Endpoint", "two", "300px"),
    Column("method", "Method", "mono", "76px"), Column("status", "Status", "state", "110px"),
    Column("took", "Duration", "right", "92px"), Column("limit", "Limit", "right", "84px"),
    Column("stacks", "Stacks", "int", "70px"), Column("place", "Where most stacks were", "more", "320px"),
)  # fmt: skip
EMPTY = "No outliers in this range. Choose a longer one, or remove a filter."
STILL = ("review", "hourglass-split", "Running", "Did not end before it was reported")


def content(context: PageContext) -> View:
    """How many there were and when, the endpoints that have most, and a row for each."""
    order = context.args.get("order", "")
    order = order if order in ORDERS else ORDERS[0]
    shown = reading.read(context.auth.api, ROUTE, reading.asked(context.args), OutliersOverview, order=order)
    found = shown.found
    back = shown.asked.query(service="", route="", method="", version="")
    body: list[Any] = []
    if found is not None:
        bins = changes.marked(context.auth.api, Bins(found.first, found.after, found.step), shown.asked.service)
        body = [
            _filter(found, shown.asked, order, context.prefix),
            _charts(found, shown.asked, order, context.prefix, bins), _table(found, shown.asked, order),
        ]  # fmt: skip
    page = markup.page(
        "outliers", "Outliers", parts.notes(shown), *body, back=("Performance", f"{context.prefix}performance{back}"),
        wide=True,
    )  # fmt: skip
    return View(page, status=400 if shown.refused else 200, every=EVERY)


def query(wanted: Asked, order: str = ORDERS[0], **changes: str) -> str:
    """The query of this page's address."""
    kept = {name: value for name, value in {**wanted.values, **changes}.items() if value}
    kept |= {"order": order} if order != ORDERS[0] else {}
    return f"?{urlencode(kept)}" if kept else ""


def _filter(found: OutliersOverview, wanted: Asked, order: str, prefix: str) -> html.Form:
    """Service and order as a form; the endpoint, which is chosen beside it, as what can be taken away."""
    kept = {name: value for name, value in wanted.values.items() if name not in ("service",)}
    names = sorted({*found.services, *filter(None, [wanted.service])})
    services = {"": "all services", **{name: name for name in names}}
    clear = query(wanted, order, service="", route="", method="", version="")
    endpoint = f"{wanted.method} {wanted.route}".strip()
    return html.Form(
        [
            *(dcc.Input(type="hidden", id=f"f-{name}", name=name, value=value) for name, value in kept.items()),
            _choice("service", "Service", services, wanted.service),
            _choice("order", "Order", {"newest": "newest first", "slowest": "slowest first"}, order),
            dbc.Button("Show", type="submit", size="sm", color="secondary"),
            *([markup.chip("ok", "", endpoint)] if endpoint else []),
            *([markup.chip("ok", "", f"version {wanted.version}")] if wanted.version else []),
            *(
                [html.A("Clear", href=f"{prefix}{PATH}{clear}", className="btn btn-sm btn-link")]
                if endpoint or wanted.service or wanted.version
                else []
            ),
        ],
        id="filter",
        method="get",
        action=prefix + PATH,
        className="d-flex flex-wrap align-items-center gap-2 mb-3",
    )


def _choice(name: str, label: str, options: Mapping[str, str], value: str) -> html.Div:
    select = dbc.Select(
        id=f"f-{name}", name=name, options=[{"value": key, "label": words} for key, words in options.items()],
        value=value, class_name="form-select-sm",
    )  # fmt: skip
    return html.Div([html.Label(label, htmlFor=f"f-{name}", className="visually-hidden"), select])


def _charts(found: OutliersOverview, wanted: Asked, order: str, prefix: str, bins: Bins) -> html.Div | None:
    if not found.total:
        return None
    rows = [
        [f"{clock.to_datetime((found.first + place * found.step) * 60):%Y-%m-%d %H:%M}", f"{count:,}"]
        for place, count in enumerate(found.bins)
        if count
    ]
    chart = chart_panel(
        "when", f"{found.total:,} outliers", figures.outliers(found.bins, bins),
        f"Outliers in bins of {bins.words}", ["Time (UTC)", ">Outliers"], rows[::-1],
        f"by their beginning, bins of {bins.words}, UTC{_dropped(found)}",
    )  # fmt: skip
    bars = [_bar(one, found, wanted, order, prefix) for one in found.endpoints[:8]]
    most = markup.sheet(
        "endpoints", "Endpoints with most outliers", html.Div(bars, className="d-flex flex-column gap-3"),
        note="choose one to filter",
    )  # fmt: skip
    return html.Div([column(8, chart), column(4, most)], className="grid")


def _dropped(found: OutliersOverview) -> str:
    return f"; {found.dropped:,} more on these days were over the limit and not kept" if found.dropped else ""


def _bar(one: EndpointOutliers, found: OutliersOverview, wanted: Asked, order: str, prefix: str) -> html.A:
    percent = 100 * one.outliers / found.total
    to = prefix + PATH + query(wanted, order, service=one.service, route=one.route, method=one.method)
    words = [html.Span(f"{one.method} ", className="text-body-secondary mono small"), one.route]
    title = f"{one.service}: {one.method} {one.route}, the slowest took {parts.lasted(one.slowest)}"
    return parts.share_bar(words, title, f"{one.outliers:,}", percent, to)


def _table(found: OutliersOverview, wanted: Asked, order: str) -> html.Section:
    more = f"; {found.more:,} more are not listed" if found.more else ""
    note = f"{order} first{more}" if found.rows else ""
    return table("rows", "Outliers", COLUMNS, [_row(row, wanted) for row in found.rows], EMPTY, note=note)


def _row(row: OutlierRow, wanted: Asked) -> list[Any]:
    to = f"{PATH_OF_ONE}{query(wanted, service='', route='', method='', version='', id=str(row.id))}"
    name = row.place.partition(" (")[0]
    return [
        f"{row.id}", round(row.at * 1000), [row.route, f"{row.service} {row.version}".strip(), to], row.method,
        status(row), parts.duration_cell(row.seconds), parts.duration_cell(row.limit), row.stacks,
        [".".join(name.split(".")[-2:]), row.place] if row.place else None,
    ]  # fmt: skip


def status(row: OutlierRow) -> list[str]:
    """A status as the kind `state` of a table wants it."""
    if row.running:
        return list(STILL)
    role = {2: "good", 3: "good", 4: "review", 5: "blocked"}.get(row.status // 100, "muted")
    picture = {"good": "check-circle-fill", "review": "exclamation-triangle-fill", "blocked": "x-octagon-fill"}
    return [role, picture.get(role, "dash-circle"), f"{row.status}" if row.status else "no answer", ""]


PAGE = Page(
    name="performance_outliers",
    path=PATH,
    title="Outliers",
    role="viewer",
    content=content,
    under="performance",
    ranges=tuple(LENGTHS),
)
