"""One query: its text, how long it takes over time, and which endpoints call it."""

from typing import Any

from dash import html

from console import changes, format, markup
from console.chart_panel import chart_panel, column
from console.figures import endpoints as figures
from console.figures.bins import Bins
from console.page import Page, PageContext, View
from console.pages.database import parts, reading
from console.pages.performance import parts as shared
from console.pages.performance.reading import read
from core import clock
from core.endpoints.overview import LENGTHS
from core.endpoints.queries import ROUTE_OF_ONE, QueryDetail
from core.http import HttpClient

EVERY = 10.0
PATH = "database/query"
NONE_YET = "No calls in this range. Choose a longer one, or remove the filter by endpoint."
ABOUT = {
    "(commit)": "The end of a transaction: what it changed becomes durable.",
    "(rollback)": "The end of a transaction that changed nothing or failed.",
    "(ping)": "Whether a connection of the pool still works, before it is used.",
    "(connect)": "A new connection to PostgreSQL.",
    "(wait for a connection)": "The time until the pool of a process had a connection free.",
    "(connection in use)": "The time from taking a connection from the pool until it is given back.",
    "(own code)": "The time of a request that no query, no Redis command and no wait took.",
}


def content(context: PageContext) -> View:
    """Everything about it; a query that nobody called has no figures."""
    wanted = reading.asked(context.args)
    title = wanted.query_name or "Query"
    shown = read(context.auth.api, ROUTE_OF_ONE, wanted, QueryDetail)
    found = shown.found
    home = "redis" if wanted.kind in ("redis", "wait") else "database"
    where = f"{wanted.method} {wanted.route}" if wanted.route else ""
    every = f"{context.prefix}{parts.address(wanted.kind, wanted.query_name, wanted.range_only)}"
    page = markup.page(
        "query",
        title,
        shared.notes(shown),
        html.Div(
            [
                html.Span(
                    parts.KINDS.get(wanted.kind, wanted.kind),
                    className="badge border fw-normal text-body-secondary mono",
                ),
                *([markup.chip("ok", "funnel", where), markup.link("Show all endpoints", every)] if where else []),
            ],
            className="d-flex flex-wrap align-items-center gap-2 mb-3",
            id="pickers",
        ),
        *(_body(found, wanted, context.auth.api) if found is not None else []),
        back=(home.capitalize(), f"{context.prefix}{home}{wanted.range_only.query()}"),
        wide=True,
    )
    return View(page, title=title, status=400 if shown.refused else 200, every=EVERY)


def _body(found: QueryDetail, wanted: reading.AskedQuery, client: HttpClient) -> list[Any]:
    if not found.total.hits:
        return [markup.sheet("durations", "Durations", markup.calm("clock", "No calls", NONE_YET)), *_text(found)]
    bins = changes.marked(client, Bins(found.first, found.after, found.step))
    return [
        _figures(found),
        html.Div([column(8, _durations(found, bins)), column(4, _histogram(found))], className="grid"),
        parts.callers_table(found.callers, found.total.seconds, wanted, NONE_YET),
        *_text(found),
    ]


def _figures(found: QueryDetail) -> html.Div:
    total = found.total
    minutes = max(1, min(found.after, int(clock.now() // 60) + 1) - found.first)
    rows = f"{format.number(found.rows / total.hits)} rows a call" if found.kind == "database" else ""
    share = format.NONE if found.share is None else f"{100 * found.share:.1f}"
    p95 = shared.lasted(total.p95).rpartition(" ")
    return shared.cards([
        shared.card(
            "calls", "Calls", format.number(total.hits), "",
            " · ".join(filter(None, [f"{format.number(total.hits / minutes)} a minute", rows])),
            [one.hits for one in found.bins],
        ),
        shared.card(
            "errors", "Errors", format.number(total.errors), "", f"{shared.error_rate(total)} of calls",
            [one.errors for one in found.bins] if total.errors else (), shared.status_of(total),
        ),
        shared.card(
            "p95", "p95 duration", p95[0], p95[2],
            f"p50 {shared.lasted(total.p50)} · mean {shared.lasted(total.mean)} · max {shared.lasted(total.most)}",
            [one.p95 or 0.0 for one in found.bins],
        ),
        shared.card(
            "share", "Share of all time", share, "%" if found.share is not None else "",
            f"{format.duration(total.seconds)} in all",
        ),
    ])  # fmt: skip


def _durations(found: QueryDetail, bins: Bins) -> html.Section:
    rows = [
        [
            f"{clock.to_datetime((found.first + place * found.step) * 60):%Y-%m-%d %H:%M}", f"{known.hits:,}",
            *(shared.lasted(one) for one in (known.p50, known.p95, known.p99, known.most)),
        ]
        for place, known in enumerate(found.bins)
        if known.hits
    ]  # fmt: skip
    return chart_panel(
        "durations", "Durations", figures.durations(bins, found.bins),
        "Median, 95th and 99th percentile of durations over time, logarithmic",
        ["Time (UTC)", ">Calls", ">p50", ">p95", ">p99", ">Max"], rows[::-1],
        f"quantiles within 1 %, bins of {bins.words}",
    )  # fmt: skip


def _histogram(found: QueryDetail) -> html.Section:
    rows = [[f"≤ {shared.lasted(edge)}", f"{count:,}"] for edge, count in found.histogram if count]
    return chart_panel(
        "histogram", "How long calls take", figures.histogram(found.histogram, found.total),
        "Calls by their duration, logarithmic", ["Duration", ">Calls"], rows, "whole range",
    )  # fmt: skip


def _text(found: QueryDetail) -> list[html.Section]:
    if found.text:
        text = html.Pre(html.Code(found.text), className="m-0", style={"whiteSpace": "pre-wrap"})
        return [markup.sheet("text", "Query text", text, note=found.file)]
    about = ABOUT.get(found.query)
    return [markup.sheet("text", "About", html.P(about, className="m-0"))] if about else []


PAGE = Page(
    name="database_query",
    path=PATH,
    title="Query",
    role="viewer",
    content=content,
    under="database",
    ranges=tuple(LENGTHS),
)
