"""One outlier: what it did while it ran, as stacks side by side; the request; and what else went on meanwhile."""

from itertools import groupby
from typing import Any

from dash import html

from console import format, markup
from console.page import Page, PageContext, View
from console.pages.performance import outliers, parts, reading
from console.pages.performance.reading import Asked, Shown
from console.panel import Column
from console.table import table
from core import clock
from core.endpoints.outliers import ROUTE_OF_ONE, OutlierDetail
from core.endpoints.overview import LENGTHS
from core.events.performance.outlier import Frame, Stack

PATH = outliers.PATH_OF_ONE
NEIGHBOURS = (
    Column("endpoint", "Endpoint", "two"), Column("method", "Method", "mono", "80px"),
    Column("since", "For", "right", "90px"),
)  # fmt: skip
ALONE = "No other request was in flight in this process."
NO_STACK = "It held the interpreter, or ended too soon, for a stack to be taken while it ran."


def content(context: PageContext) -> View:
    """Everything that was noted of it; 404 for one that there is not, 400 without a number."""
    wanted = reading.asked(context.args)
    number = context.args.get("id", "")
    shown = Shown[OutlierDetail](wanted)
    if number.isascii() and number.isdecimal() and len(number) < 19 and int(number):
        shown = reading.read_one(context.auth.api, f"{ROUTE_OF_ONE}?id={number}", wanted, OutlierDetail)
    found = shown.found
    title = f"{found.row.method} {found.row.route}" if found else "Outlier"
    body = _body(found, wanted, context.prefix) if found else []
    if found is None and not shown.away:
        body = [markup.sheet("none", "Outlier", markup.calm("search", "No such outlier", "It may be too old to keep."))]
    back = ("Outliers", f"{context.prefix}{outliers.PATH}{wanted.query()}")
    page = markup.page("outlier", title, parts.notes(shown), *body, back=back, wide=True)
    return View(page, title=title, status=200 if found or shown.away else 404 if number else 400)


def _body(found: OutlierDetail, wanted: Asked, prefix: str) -> list[Any]:
    return [
        _head(found, wanted, prefix),
        _figures(found),
        _stacks(found),
        html.Div([_wide(7, _neighbours(found, wanted)), _wide(5, _request(found), _machine(found))], className="grid"),
    ]


def _wide(width: int, *panels: html.Section) -> html.Div:
    return html.Div(list(panels), className=f"g-col-12 g-col-xl-{width}")


def _head(found: OutlierDetail, wanted: Asked, prefix: str) -> html.Div:
    row = found.row
    role, picture, words, title = outliers.status(row)
    same = outliers.query(wanted, service=row.service, route=row.route, method=row.method, version="")
    return html.Div(
        [
            html.Span(row.service, className="badge border fw-normal text-body-secondary mono"),
            markup.chip(role, picture, words, title),
            *([markup.chip("ok", "", f"version {row.version}")] if row.version else []),
            html.Span(f"{clock.to_datetime(row.at):%Y-%m-%d %H:%M:%S} UTC", className="mono small"),
            markup.way("Endpoint", prefix + parts.address(row.service, row.route, row.method, wanted)),
            markup.way("Outliers of this endpoint", f"{prefix}{outliers.PATH}{same}"),
        ],
        className="d-flex flex-wrap align-items-center gap-2 mb-3",
        id="pickers",
    )


def _figures(found: OutlierDetail) -> html.Div:
    row, machine = found.row, found.machine
    took, limit = parts.lasted(row.seconds).rpartition(" "), parts.lasted(row.limit)
    share = computing(found.stacks)
    pools = " · ".join(f"{pool.name} {pool.used} of {pool.most}" for pool in machine.pools)
    queue = "" if machine.queue is None else f"{machine.queue} more waited for a thread"
    return parts.cards([
        parts.card(
            "took", "Duration so far" if row.running else "Duration", took[0], took[2],
            f"limit {limit}: the endpoint's p99.5, at least 50 ms",
        ),
        parts.card(
            "computing", "Time on the CPU", format.NONE if share is None else f"{100 * share:.0f}",
            "" if share is None else "%", _told(share, found.store_seconds),
        ),
        parts.card("in-flight", "Other requests", f"{found.in_flight}", "in flight", queue),
        parts.card(
            "cpu", "CPU of the process", format.number(machine.cpu), "cores" if machine.cpu is not None else "",
            f"connections in use: {pools}" if pools else "",
        ),
    ])  # fmt: skip


def computing(stacks: list[Stack]) -> float | None:
    """The share of the time between its first and its last stack for which its thread had the CPU; None: not known."""
    known = [one for one in stacks if one.cpu_ms is not None]
    if len(known) < 2 or known[-1].ms <= known[0].ms:
        return None
    used = (known[-1].cpu_ms or 0.0) - (known[0].cpu_ms or 0.0)
    return min(1.0, max(0.0, used / (known[-1].ms - known[0].ms)))


def _told(share: float | None, in_stores: float | None) -> str:
    words = "it computed and waited"
    if share is None:
        words = "not known here"
    elif share >= 0.7:
        words = "it computed most of the time"
    elif share <= 0.3:
        words = "it waited most of the time"
    return words if in_stores is None else f"{words} · {parts.lasted(in_stores)} in queries"


def _stacks(found: OutlierDetail) -> html.Section:
    if not found.stacks:
        return markup.sheet("stacks", "Stacks", markup.calm("clock", "No stacks", NO_STACK))
    runs = [list(run) for _, run in groupby(found.stacks, key=lambda one: one.frames)]
    cards = [_run(run, found.frames) for run in runs]
    return markup.sheet(
        "stacks", "What it did", html.Div(cards, className="d-flex gap-3 overflow-auto align-items-start"),
        note=f"{len(found.stacks)} stacks taken while it ran, innermost function first",
    )  # fmt: skip


def _run(run: list[Stack], frames: list[Frame]) -> html.Div:
    """Stacks one after another that are the same."""
    first, last = run[0], run[-1]
    when = f"at {_ms(first.ms)}" if first is last else f"{_ms(first.ms)} to {_ms(last.ms)}"
    many = f"{len(run)} stacks" if len(run) > 1 else "1 stack"
    listed = [_frame(frames[place]) for place in reversed(first.frames)]
    return html.Div(
        [
            html.H3(when, className="fs-6 fw-semibold m-0"),
            html.Div(many, className="small text-body-secondary mb-2"),
            html.Ol(listed, className="m-0 ps-4 small"),
        ],
        className="flex-shrink-0 border rounded p-2",
        style={"width": "min(420px, 84vw)", "maxHeight": "520px", "overflow": "auto"},
        tabIndex="0",
        role="group",
    )


def _frame(frame: Frame) -> html.Li:
    """Our own code with its place; of a library the name only."""
    looks = "mono text-break" if frame.file else "mono text-break text-body-secondary"
    if not frame.file:
        return html.Li(frame.name, className=looks)
    place = html.Span(f"{frame.file}:{frame.line}", className="text-body-secondary")
    return html.Li([html.B(frame.name, className="fw-semibold"), html.Br(), place], className=f"{looks} my-1")


def _ms(value: float) -> str:
    return format.milliseconds(value)


def _neighbours(found: OutlierDetail, wanted: Asked) -> html.Section:
    service = found.row.service
    rows = [
        [f"{place}", [one.route, None, parts.address(service, one.route, one.method, wanted)], one.method,
         [_ms(one.ms), one.ms]]
        for place, one in enumerate(found.neighbours)
    ]  # fmt: skip
    more = found.in_flight - len(found.neighbours)
    note = f"the oldest; {more} more" if more > 0 else "in the same process" if rows else ""
    return table("neighbours", "Other requests in flight", NEIGHBOURS, rows, ALONE, note=note, whole=False)


def _request(found: OutlierDetail) -> html.Section:
    known: dict[str, Any] = {
        "Correlation id": html.Span(found.correlation_id or format.NONE, className="mono text-break"),
        "Caller": found.user or format.NONE,
        "Address": html.Span(found.ip or format.NONE, className="mono"),
        "Query parameters": ", ".join(found.parameters) or "none",
        **{name: html.Span(value, className="text-break") for name, value in found.headers.items()},
    }
    note = "no cookies, values of parameters or bodies are kept"
    return markup.sheet("request", "Request", markup.pairs(known), note=note)


def _machine(found: OutlierDetail) -> html.Section:
    machine = found.machine
    load = format.NONE if machine.load is None else f"{format.number(machine.load)} on {machine.cores or '?'} cores"
    known: dict[str, Any] = {
        "CPU of the process": format.NONE if machine.cpu is None else f"{format.number(machine.cpu)} cores",
        "Load of the machine": load,
        "Memory of the process": format.size(machine.memory_bytes),
        "Threads": format.number(machine.threads),
        "Requests waiting for a thread": format.NONE if machine.queue is None else f"{machine.queue}",
        **{f"Connections to {one.name}": f"{one.used} in use of {one.most}" for one in machine.pools},
    }
    return markup.sheet("machine", "Process and machine", markup.pairs(known), note="while it ran")


PAGE = Page(
    name="performance_outlier",
    path=PATH,
    title="Outlier",
    role="viewer",
    content=content,
    under="performance",
    ranges=tuple(LENGTHS),
)
