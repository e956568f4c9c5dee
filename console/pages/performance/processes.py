"""Processes: what each process uses and how busy it is, over the range; machines below."""

from collections.abc import Callable, Sequence
from typing import Any

import dash_bootstrap_components as dbc
from dash import dcc, html

from console import changes, format, markup
from console.chart_panel import chart_panel, column
from console.figures.bins import Bins
from console.figures.lines import Series, lines
from console.page import Page, PageContext, View
from console.pages.performance import parts, reading
from console.pages.performance.reading import Asked
from console.panel import Column
from console.table import table
from core import clock
from core.endpoints.overview import LENGTHS
from core.endpoints.processes import ROUTE, HostLine, Line, ProcessesOverview, ProcessRow, Usage
from core.http import HttpClient

EVERY = 10.0
PATH = "performance/processes"
COLUMNS = (
    Column("service", "Service", "two", "130px"), Column("state", "State", "state", "110px"),
    Column("host", "Host", "mono", "130px"), Column("pid", "PID", "mono", "70px"),
    Column("worker", "Worker", "mono", "70px"), Column("started", "Started (UTC)", "when", "120px"),
    Column("cpu", "CPU", "right", "70px"), Column("memory", "Memory", "right", "84px"),
    Column("threads", "Threads", "int", "76px"), Column("files", "Files", "int", "64px"),
    Column("busy", "Busy", "meter", "110px"), Column("wait", "Queue wait", "right", "90px"),
    Column("wait_max", "Longest", "right", "84px"), Column("pause", "GC", "right", "70px"),
    Column("requests", "Requests", "int", "86px"), Column("trend", "CPU over time", "spark", "120px"),
)  # fmt: skip
STATES = {
    "running": ("good", "check-circle-fill", "Running"), "silent": ("review", "question-circle", "No report"),
    "ended": ("muted", "dash-circle", "Ended"),
}  # fmt: skip
NOTHING = "No process reported in this range. Choose a longer one."


def content(context: PageContext) -> View:
    """Key figures, charts over the range, a row for each process, and the machines."""
    shown = reading.read(
        context.auth.api, ROUTE, reading.only(reading.asked(context.args), "service"), ProcessesOverview
    )
    found = shown.found
    back = Asked(range=shown.asked.range, start=shown.asked.start, end=shown.asked.end).query()
    page = markup.page(
        "processes", "Processes", parts.notes(shown), *([_picker(found, shown.asked, context.prefix)] if found else []),
        *(_body(found, shown.asked, context.auth.api) if found else []),
        back=("Performance", f"{context.prefix}performance{back}"), wide=True,
    )  # fmt: skip
    return View(page, status=400 if shown.refused else 200, every=EVERY)


def _picker(found: ProcessesOverview, wanted: Asked, prefix: str) -> html.Form:
    kept = {name: value for name, value in wanted.values.items() if name in ("range", "from", "to")}
    names = sorted({*found.services, *filter(None, [wanted.service])})
    options = [{"value": "", "label": "all services"}, *({"value": one, "label": one} for one in names)]
    select = dbc.Select(
        id="f-service", name="service", options=options, value=wanted.service, class_name="form-select-sm w-auto"
    )
    return html.Form(
        [
            *(dcc.Input(type="hidden", id=f"f-{name}", name=name, value=value) for name, value in kept.items()),
            html.Label("Service", htmlFor="f-service", className="visually-hidden"),
            select,
            dbc.Button("Show", type="submit", size="sm", color="secondary"),
        ],
        id="filter", method="get", action=prefix + PATH, className="d-flex flex-wrap align-items-center gap-2 mb-3",
    )  # fmt: skip


def _body(found: ProcessesOverview, wanted: Asked, client: HttpClient) -> list[Any]:
    if not found.rows:
        return [markup.sheet("processes", "Processes", markup.calm("hdd-network", "No processes", NOTHING))]
    bins = changes.marked(client, Bins(found.first, found.after, found.step), wanted.service)
    each = "process" if wanted.service else "service"
    return [
        _figures(found),
        html.Div([
            column(6, _chart("cpu", f"CPU by {each}", found.lines, bins, lambda one: one.cpu, parts.cores)),
            column(6, _chart("memory", f"Memory by {each}", found.lines, bins, lambda one: one.memory, format.size,
                             unit=parts.MIB)),
            column(6, _chart("busy", f"Busy threads by {each}", found.lines, bins, lambda one: one.busy, _share, 1.0)),
            column(6, _chart("wait", f"Longest queue wait by {each}", found.lines, bins, lambda one: one.wait_max,
                             parts.lasted)),
        ], className="grid"),
        _table(found),
        html.Div([column(4, _machine(name, title, found.hosts, bins)) for name, title in MACHINE], className="grid"),
    ]  # fmt: skip


MACHINE = (("cpu", "CPU of the machine"), ("memory", "Memory of the machine"), ("disk", "Disk of the machine"))


def _figures(found: ProcessesOverview) -> html.Div:
    total = found.total
    gone = sum(one.state != "running" for one in found.rows)
    return parts.cards([
        parts.card("running", "Running", f"{found.running:,}", "processes", f"{gone:,} ended or without a report"),
        parts.card("cpu", "CPU", *parts.split(parts.cores(total.cpu)), f"garbage collection {_share(total.pause)}"),
        parts.card("memory", "Memory", *parts.split(format.size(total.memory)), "resident, on average"),
        parts.card(
            "busy", "Busy threads", *parts.split(_share(total.busy)),
            f"queue wait {parts.lasted(total.wait)} · longest {parts.lasted(total.wait_max)}",
            status="warning" if (total.busy or 0.0) >= parts.BUSY else "",
        ),
    ])  # fmt: skip


def _share(value: float | None) -> str:
    return format.NONE if value is None else f"{100 * value:.1f} %"


def _chart(
    name: str,
    title: str,
    known: Sequence[Line],
    bins: Bins,
    of: Callable[[Usage], float | None],
    words: Callable[[float], str],
    most: float | None = None,
    unit: float = 1.0,
) -> html.Section:
    series = [Series(line.name, [of(one) for one in line.bins]) for line in known]
    return _lines(
        name, title, [one for one in series if any(value is not None for value in one.values)], bins, words, most
    )


def _machine(part: str, title: str, hosts: Sequence[HostLine], bins: Bins) -> html.Section:
    series = [Series(host.name, getattr(host, part)) for host in hosts]
    return _lines(f"host-{part}", title, series, bins, _share, 1.0)


def _lines(
    name: str,
    title: str,
    series: Sequence[Series],
    bins: Bins,
    words: Callable[[float], str],
    most: float | None,
    unit: float = 1.0,
) -> html.Section:
    times = [f"{clock.to_datetime(at * 60):%Y-%m-%d %H:%M}" for at in range(bins.first, bins.after, bins.step)]
    rows = [
        [at, *(format.NONE if value is None else words(value) for value in values)]
        for at, values in zip(times, zip(*(one.values for one in series), strict=True), strict=False)
        if any(value is not None for value in values)
    ]
    return chart_panel(
        name, title, lines(series, bins, words, name, most, unit), f"{title} over time",
        ["Time (UTC)", *(f">{one.name}" for one in series)], rows[::-1], f"bins of {bins.words}, UTC",
    )  # fmt: skip


def _table(found: ProcessesOverview) -> html.Section:
    more = f"; {found.more:,} more are not listed" if found.more else ""
    note = f"running first{more}"
    return table("table", "Processes", COLUMNS, [_row(one) for one in found.rows], NOTHING, note=note)


def _row(one: ProcessRow) -> list[Any]:
    known = one.usage
    return [
        f"{one.service} {one.host} {one.pid} {one.started}",
        [one.service, one.version or "unknown version"],
        [*STATES[one.state], f"last report {markup.minute(one.seen)} UTC"],
        one.host, f"{one.pid}" if one.pid else None, one.worker or None, int(one.started * 1000) or None,
        None if known.cpu is None else [parts.cores(known.cpu), known.cpu],
        None if known.memory is None else [format.size(known.memory), known.memory], one.threads or None,
        one.files or None, None if known.busy is None else [_share(known.busy), known.busy],
        parts.duration_cell(known.wait), parts.duration_cell(known.wait_max),
        None if known.pause is None else [_share(known.pause), known.pause], known.requests or None, one.cpu_trend,
    ]  # fmt: skip


PAGE = Page(
    name="performance_processes",
    path=PATH,
    title="Processes",
    role="viewer",
    content=content,
    under="performance",
    ranges=tuple(LENGTHS),
)
