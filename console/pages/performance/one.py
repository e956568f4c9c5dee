"""One endpoint: requests by status, durations over time, their histogram, the usual week, versions and statuses."""

from collections.abc import Sequence
from dataclasses import asdict
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from dash import html

from console import changes, format, markup
from console.chart_panel import chart_panel, column
from console.figures import endpoints as figures
from console.figures.bins import Bins
from console.page import Page, PageContext, View
from console.pages.exceptions.parts import short_list
from console.pages.exceptions.reading import ANY, AskedExceptions
from console.pages.performance import changed, deploy, parts, reading, where_time_goes
from console.pages.performance.reading import Asked
from console.panel import Column
from console.table import table
from core import clock
from core.endpoints.deploy_reads import DeployRow
from core.endpoints.exceptions import ROUTE, ExceptionsOverview
from core.endpoints.overview import LENGTHS, ROUTE_OF_ONE, EndpointDetail, Figures, Named

EVERY = 10.0
PATH = "performance/endpoint"
MOST = 10  # exceptions that are listed
FIGURES = (
    Column("hits", "Requests", "int"), Column("errors", "Errors", "right"), Column("p50", "p50", "right"),
    Column("p95", "p95", "right"), Column("p99", "p99", "right"), Column("most", "Max", "right"),
)  # fmt: skip
VERSIONS = (Column("version", "Version", "mono"), Column("since", "First seen (UTC)", "when"), *FIGURES)
STATUSES = (
    Column("status", "Status"), Column("error", "Error type"), Column("share", "Share", "right"), *FIGURES,
)  # fmt: skip
DEPLOYS = (Column("version", "Version", "two", "180px"), Column("at", "Time (UTC)", "when", "140px"), *deploy.SIDES)
NO_DEPLOYS = "No deploy of this service is known. Send a version with each request, or announce deploys to the API."
NONE_YET = "No requests in this range. Choose a longer one."


def content(context: PageContext) -> View:
    """Everything about it; an endpoint that nobody asked for has no figures."""
    wanted = reading.asked(context.args)
    title = f"{wanted.method} {wanted.route}".strip() or "Endpoint"
    shown = reading.read(context.auth.api, ROUTE_OF_ONE, wanted, EndpointDetail)
    found = shown.found
    back = Asked(range=wanted.range, start=wanted.start, end=wanted.end).query()
    page = markup.page(
        "endpoint",
        title,
        parts.notes(shown),
        html.Div(
            [
                html.Span(wanted.service, className="badge border fw-normal text-body-secondary mono"),
                *([markup.chip("ok", "", f"version {wanted.version}")] if wanted.version else []),
                markup.way("Profiler", f"{context.prefix}performance/profiler{wanted.query()}", "lightning-charge"),
                markup.way("Outliers", f"{context.prefix}performance/outliers{wanted.query()}", "hourglass-split"),
            ],
            className="d-flex flex-wrap align-items-center gap-2 mb-3",
            id="pickers",
        ),
        *(_body(found, context, wanted) if found is not None else []),
        back=("Performance", f"{context.prefix}performance{back}"),
        wide=True,
    )
    return View(page, title=title, status=400 if shown.refused else 200, every=EVERY)


def _body(found: EndpointDetail, context: PageContext, wanted: Asked) -> list[Any]:
    if not found.total.hits:
        none = markup.sheet("durations", "Durations", markup.calm("clock", "No requests", NONE_YET))
        return [none, _week(found), _exceptions(context, wanted)]
    client = context.auth.api
    bins = changes.marked(client, Bins(found.first, found.after, found.step), found.service)
    of_time = where_time_goes.panel(client, wanted, context.prefix)
    return [
        _figures(found),
        html.Div([column(8, _durations(found, bins)), column(4, _histogram(found))], className="grid"),
        html.Div([column(8, _requests(found, bins)), column(4, _week(found))], className="grid"),
        _exceptions(context, wanted),
        *([of_time] if of_time is not None else []),
        html.Div([column(6, _versions(found)), column(6, _statuses(found))], className="grid"),
        _deploys(changed.deploys(client, found.service, found.route, found.method)),
    ]


def _exceptions(context: PageContext, wanted: Asked) -> html.Section | None:
    """What was raised here over the range; the list of exceptions has the rest."""
    here = AskedExceptions(**{**asdict(wanted), "state": ANY})
    found = reading.read(context.auth.api, ROUTE, here, ExceptionsOverview).found
    if found is None:
        return None
    span = here.span
    return short_list(found.rows[:MOST], span, found.now, f"{context.prefix}exceptions?{urlencode(here.filter)}")


def _figures(found: EndpointDetail) -> html.Div:
    total = found.total
    minutes = max(1, min(found.after, int(clock.now() // 60) + 1) - found.first)
    p95, rate = parts.lasted(total.p95).rpartition(" "), parts.error_rate(total).rpartition(" ")
    mean = parts.lasted(total.mean)
    return parts.cards([
        parts.card(
            "requests", "Requests", format.number(total.hits), "",
            f"{format.number(total.hits / minutes)} a minute", [one.hits for one in found.bins],
        ),
        parts.card(
            "errors", "Error rate", rate[0] or rate[2], rate[2] if rate[0] else "", f"{total.errors:,} errors",
            [one.errors for one in found.bins] if total.errors else (), parts.status_of(total),
        ),
        parts.card(
            "p95", "p95 duration", p95[0], p95[2], f"p50 {parts.lasted(total.p50)} · p99 {parts.lasted(total.p99)}",
            [one.p95 or 0.0 for one in found.bins],
        ),
        parts.card(
            "busy", "Requests under way", parts.busy(total, minutes), "on average",
            f"mean {mean} · min {parts.lasted(total.least)} · max {parts.lasted(total.most)}",
        ),
    ])  # fmt: skip


def _time(found: EndpointDetail, place: int) -> str:
    return f"{clock.to_datetime((found.first + place * found.step) * 60):%Y-%m-%d %H:%M}"


def _durations(found: EndpointDetail, bins: Bins) -> html.Section:
    rows = [
        [_time(found, place), *(parts.lasted(one) for one in (known.p50, known.p95, known.p99, known.most))]
        for place, known in enumerate(found.bins)
        if known.hits
    ]
    return chart_panel(
        "durations", "Durations", figures.durations(bins, found.bins),
        "Median, 95th and 99th percentile of durations over time, logarithmic",
        ["Time (UTC)", ">p50", ">p95", ">p99", ">Max"], rows[::-1],
        f"quantiles within 1 %, bins of {bins.words}",
    )  # fmt: skip


def _histogram(found: EndpointDetail) -> html.Section:
    rows = [[f"≤ {parts.lasted(edge)}", f"{count:,}"] for edge, count in found.histogram if count]
    return chart_panel(
        "histogram", "How long requests take", figures.histogram(found.histogram, found.total),
        "Requests by their duration, logarithmic", ["Duration", ">Requests"], rows, "whole range",
    )  # fmt: skip


def _requests(found: EndpointDetail, bins: Bins) -> html.Section:
    names = [figures.CLASSES[key][0] for key in found.classes]
    rows = [
        [_time(found, place), *(f"{counts[place]:,}" for counts in found.classes.values())]
        for place, known in enumerate(found.bins)
        if known.hits
    ]
    return chart_panel(
        "requests", "Requests by status", figures.classes(found.classes, bins),
        "Requests by the class of their status",
        ["Time (UTC)", *(f">{name}" for name in names)], rows[::-1], f"bins of {bins.words}",
    )  # fmt: skip


def _week(found: EndpointDetail) -> html.Section:
    if not any(one is not None for row in found.week_hits for one in row):
        return markup.sheet("week", "Usual week", markup.calm("calendar-range", "No requests in four weeks."))
    rows = [[day, *(format.number(one) for one in row)] for day, row in zip(figures.DAYS, found.week_hits, strict=True)]
    return chart_panel(
        "week", "Usual week", figures.week(found.week_hits, found.week_p95),
        "Mean requests an hour by weekday and hour, UTC", ["Day", *(f">{hour:02}" for hour in range(24))], rows,
        "requests an hour, 4 weeks, UTC",
    )  # fmt: skip


def _versions(found: EndpointDetail) -> html.Section:
    rows = [
        [one.name, one.name or "unknown", one.first * 60_000, *_cells(one.figures)] for one in found.versions
    ]  # fmt: skip
    return table("versions", "Versions side by side", VERSIONS, rows, NONE_YET, note="newest first", whole=False)


def _deploys(found: Sequence[DeployRow]) -> html.Section:
    """What the service's newest deploys did to this endpoint."""
    rows = [
        [
            f"deploy {row.id}",
            [row.version, f"after {row.before}" if row.before else "first version", changed.deploy_address(row.id)],
            row.at * 1000, *(deploy.sides(row.endpoint) if row.endpoint else [None] * len(deploy.SIDES)),
        ]
        for row in found
    ]  # fmt: skip
    return table("deploys", "Deploys", DEPLOYS, rows, NO_DEPLOYS, note="this endpoint before and after", whole=False)


def _statuses(found: EndpointDetail) -> html.Section:
    rows = [_status(one, found.total.hits) for one in found.statuses]
    return table("statuses", "Statuses", STATUSES, rows, NONE_YET, whole=False)


def _status(one: Named, whole: int) -> list[Any]:
    share = one.figures.hits / whole
    percent = format.percent(100 * share)
    return [f"{one.name} {one.error_type}", _said(one.name), one.error_type, [percent, share], *_cells(one.figures)]


def _said(status: str) -> str:
    """A status with its words."""
    if not status:
        return "no answer"
    try:
        return f"{status} {HTTPStatus(int(status)).phrase}"
    except ValueError:
        return status


def _cells(known: Figures) -> list[Any]:
    return [
        known.hits, [parts.error_rate(known), known.error_rate or 0.0],
        *(parts.duration_cell(one) for one in (known.p50, known.p95, known.p99, known.most)),
    ]  # fmt: skip


PAGE = Page(
    name="performance_endpoint",
    path=PATH,
    title="Endpoint",
    role="viewer",
    content=content,
    under="performance",
    ranges=tuple(LENGTHS),
)
