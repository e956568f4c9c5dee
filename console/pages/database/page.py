"""The page Database: queries by their share of time, by endpoint, the pool of connections, and PostgreSQL itself."""

from typing import Any

import dash_bootstrap_components as dbc
from dash import dcc, html

from console import changes, format, markup
from console.chart_panel import chart_panel, column
from console.figures import queries as figures
from console.figures.bins import Bins
from console.page import Page, PageContext, Place, View
from console.pages.database import one, parts, reading, server
from console.pages.database.reading import AskedQuery
from console.pages.performance import parts as shared
from console.pages.performance.reading import read
from core import clock
from core.db.query_times import CONNECT, POOLED
from core.endpoints.overview import LENGTHS, Figures
from core.endpoints.queries import ROUTE, CalledQuery, QueriesOverview
from core.endpoints.stores import POSTGRES_ROUTE, PostgresState
from core.untrusted_text import settled

EVERY = 10.0
PATH = "database"
SHARES = 8
LISTED = 100  # queries in the table
LONG_WAIT = 0.1  # seconds that one waits for a connection (p95), from where it is marked
EMPTY = "No queries in this range. Choose a longer one, or remove the filter."
NONE = Figures()


def content(context: PageContext) -> View:
    """Figures of the range, where time goes, queries, the pool, and what the server says."""
    wanted = reading.asked(context.args)
    shown = read(context.auth.api, ROUTE, wanted, QueriesOverview)
    state = read(context.auth.api, POSTGRES_ROUTE, wanted.range_only, PostgresState) if not shown.away else None
    found = shown.found
    body: list[Any] = []
    bins = Bins(0, 0, 1)
    if found is not None:
        bins = changes.marked(context.auth.api, Bins(found.first, found.after, found.step))
        body = [_figures(found, state.found if state else None), _charts(found, context.prefix, wanted, bins)]
        body.append(_pool(found, wanted))
    if state is not None and state.found is not None:
        body += server.connections(state.found, bins.changed)
    if found is not None:
        body.append(_queries(found, wanted))
    if state is not None and state.found is not None:
        body += server.tables(state.found)
    away = []
    if state is not None and state.found is None:
        away = [markup.said("PostgreSQL did not say how it is doing. This page tries again.", "wifi-off", "bad")]
    page = markup.page(
        "database", "Database", shared.notes(shown), *away, _filter(found, wanted, context.prefix), *body,
        wide=True,
    )  # fmt: skip
    return View(page, status=400 if shown.refused else 200, every=EVERY)


def _filter(found: QueriesOverview | None, wanted: AskedQuery, prefix: str) -> html.Div:
    """The filter by endpoint as a form."""
    if found is None:
        return html.Div(className="mb-3", id="pickers")
    kept = {name: value for name, value in wanted.values.items() if name in ("range", "from", "to")}
    value = f"{wanted.service} {wanted.method or '-'} {wanted.route}" if wanted.route else ""
    options = [{"value": "", "label": "all endpoints"}]
    options += [
        {"value": f"{o.service} {o.method or '-'} {o.route}", "label": settled(f"{o.service}: {o.method} {o.route}")}
        for o in found.callers
    ]
    if value and value not in {option["value"] for option in options}:
        options.append({"value": value, "label": settled(f"{wanted.service}: {wanted.method} {wanted.route}")})
    select = dbc.Select(
        id="f-endpoint", name="endpoint", options=options, value=value, class_name="form-select-sm",
        placeholder="all endpoints",
    )  # fmt: skip
    form = html.Form(
        [
            *(dcc.Input(type="hidden", id=f"f-{name}", name=name, value=one) for name, one in kept.items()),
            html.Div([html.Label("Endpoint", htmlFor="f-endpoint", className="visually-hidden"), select]),
            dbc.Button("Show", type="submit", size="sm", color="secondary"),
            *(
                [html.A("Clear", href=f"{prefix}{PATH}{wanted.range_only.query()}", className="btn btn-sm btn-link")]
                if value
                else []
            ),
        ],
        id="filter", method="get", action=prefix + PATH, className="d-flex flex-wrap align-items-center gap-2",
    )  # fmt: skip
    return html.Div(form, className="mb-3", id="pickers")


def _figures(found: QueriesOverview, state: PostgresState | None) -> html.Div:
    minutes = max(1, min(found.after, int(clock.now() // 60) + 1) - found.first)
    known, wait, held = found.kinds.get("database", NONE), _of(found, POOLED), found.kinds.get("held", NONE)
    p95, waited = shared.lasted(known.p95).rpartition(" "), shared.lasted(wait.p95).rpartition(" ")
    share = known.seconds / found.total if found.total else 0.0
    is_slow = (wait.p95 or 0.0) >= LONG_WAIT or bool(wait.errors)
    timeouts = f" · {wait.errors:,} timeouts" if wait.errors else ""
    return shared.cards([
        shared.card(
            "calls", "Queries", format.number(known.hits), "",
            f"{format.number(known.hits / minutes)} a minute · {known.errors:,} errors",
            found.seconds.get("database", ()),
        ),
        shared.card(
            "p95", "p95 duration", p95[0] or p95[2], p95[2] if p95[0] else "",
            f"p50 {shared.lasted(known.p50)} · max {shared.lasted(known.most)}",
        ),
        shared.card(
            "share", "Time in the database", f"{100 * share:.1f}" if found.total else format.NONE,
            "%" if found.total else "", f"{format.duration(known.seconds)} of {format.duration(found.total)}",
        ),
        shared.card(
            "pool", "Wait for a connection", waited[0] or waited[2], f"{waited[2]} p95" if waited[0] else "",
            f"{format.number(held.seconds / (60 * minutes))} in use on average"
            f"{f' · {sum(state.connections.values())} open' if state else ''}{timeouts}",
            found.seconds.get("pool", ()), "alert" if is_slow else "",
        ),
    ])  # fmt: skip


def _of(found: QueriesOverview, name: str) -> Figures:
    return next((row.figures for row in found.rows if row.query == name), NONE)


def _charts(found: QueriesOverview, prefix: str, wanted: AskedQuery, bins: Bins) -> html.Div | None:
    if not found.total:
        return None
    kinds = [kind for kind in figures.KINDS if kind in found.seconds]
    rows = [
        [
            f"{clock.to_datetime((found.first + place * found.step) * 60):%Y-%m-%d %H:%M}",
            *(shared.lasted(found.seconds[kind][place]) for kind in kinds),
        ]
        for place in range((found.after - found.first) // found.step)
        if any(found.seconds[kind][place] for kind in kinds)
    ]
    chart = chart_panel(
        "kinds", "Where the time goes", figures.time_by_kind(found.seconds, bins),
        f"Work under way by where it is spent, in bins of {bins.words}",
        ["Time (UTC)", *(f">{figures.KINDS[kind][0]}" for kind in kinds)], rows[::-1],
        f"seconds of work a second, bins of {bins.words}, UTC",
    )  # fmt: skip
    return html.Div([column(8, chart), column(4, _shares(found, prefix, wanted))], className="grid")


def _shares(found: QueriesOverview, prefix: str, wanted: AskedQuery) -> html.Section:
    """Queries by their share of the database's time."""
    rows = [row for row in found.rows if row.kind == "database"][:SHARES]
    whole = found.kinds.get("database", NONE).seconds
    bars = [_share(row, whole, prefix, wanted) for row in rows]
    inside = html.Div(bars, className="d-flex flex-column gap-3")
    return markup.sheet("shares", "Most time", inside, note="share of the time in the database")


def _share(row: CalledQuery, whole: float, prefix: str, wanted: AskedQuery) -> html.A:
    percent = 100 * row.figures.seconds / whole if whole else 0.0
    head = html.Div(
        [
            html.Span(row.query, className="text-truncate flex-fill", title=row.query),
            html.Span(f"{percent:.1f} %", className="text-body-secondary small text-nowrap"),
        ],
        className="d-flex align-items-end gap-2",
    )
    track = html.Div(
        html.Div(className="progress-bar", style={"width": f"{percent:.1f}%"}), className="progress mt-1",
        style={"height": "6px"},
    )  # fmt: skip
    to = prefix + parts.address(row.kind, row.query, wanted)
    return html.A([head, track], href=to, className="text-reset text-decoration-none d-block")


def _queries(found: QueriesOverview, wanted: AskedQuery) -> html.Section:
    rows = [row for row in found.rows if row.kind == "database"][:LISTED]
    note = f"most time first; share of {format.duration(found.total)} of database, Redis, waits and code"
    return parts.queries_table("queries", "Queries", rows, found.total, wanted, EMPTY, note)


def _pool(found: QueriesOverview, wanted: AskedQuery) -> html.Section:
    rows = [row for row in found.rows if row.query in (POOLED, CONNECT) or row.kind == "held"]
    note = "how long a connection is waited for, made, and in use"
    return parts.queries_table("pool", "Connection pool", rows, found.total, wanted, EMPTY, note, named="What")


PAGES = (
    Page(
        name="database",
        path=PATH,
        title="Database",
        role="viewer",
        content=content,
        place=Place(66, "q", "More"),
        ranges=tuple(LENGTHS),
    ),
    one.PAGE,
)
