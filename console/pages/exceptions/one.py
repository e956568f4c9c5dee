"""One exception: its stack with source lines and causes, when it came, where, in which versions, and who met it."""

from typing import Any
from urllib.parse import urlencode

from dash import html
from flask import abort

from console import changes, format, markup
from console.chart_panel import chart_panel, column
from console.figures import exceptions as figures
from console.figures.bins import Bins
from console.page import Page, PageContext, View
from console.pages.exceptions import parts, reading
from console.pages.exceptions.reading import AskedExceptions
from console.pages.exceptions.stack import stack
from console.pages.performance import parts as shared
from console.pages.performance.reading import Asked, read
from console.panel import Column
from console.table import table
from core import clock
from core.endpoints.exceptions import ROUTE_OF_ONE, ExceptionDetail, Place, Sample
from core.endpoints.overview import LENGTHS

EVERY = 10.0
PATH = "exceptions/<int:group_id>"
LARGEST = 2_147_483_647
NONE_HERE = "None in this range. Choose a longer one."
COUNTED = (
    Column("count", "Count", "int"),
    Column("first", "First (UTC)", "when"),
    Column("last", "Last (UTC)", "when"),
)
BY_HOUR = (  # endpoints and versions are counted by the hour
    COUNTED[0], Column("first", "First hour (UTC)", "when"), Column("last", "Last hour (UTC)", "when"),
)  # fmt: skip
ENDPOINTS = (Column("endpoint", "Endpoint", "two", "320px"), *BY_HOUR)
VERSIONS = (Column("version", "Version", "mono"), *BY_HOUR)
USERS = (Column("user", "User"), *COUNTED)
SAMPLES = (
    Column("time", "Time (UTC)", "page", "160px"), Column("message", "Message", "long"),
    Column("endpoint", "Endpoint", "text"), Column("version", "Version", "mono"), Column("user", "User"),
)  # fmt: skip


def content(context: PageContext) -> View:
    """Everything about it; 404 when there is none."""
    number = int(context.names["group_id"])
    if not 0 < number <= LARGEST:
        abort(404, "This exception does not exist.")
    wanted = reading.asked(context.args, number)
    shown = read(context.auth.api, ROUTE_OF_ONE, wanted, ExceptionDetail)
    if shown.found is None and not (shown.away or shown.refused):
        abort(404, "This exception does not exist.")
    found = shown.found
    title = found.group.type if found else "Exception"
    back = f"?{urlencode(wanted.span)}" if wanted.span else ""
    page = markup.page(
        "exception",
        title,
        shared.notes(shown),
        *(_body(found, wanted, context) if found is not None else []),
        back=("Exceptions", f"{context.prefix}exceptions{back}"),
        wide=True,
    )
    return View(page, title=title, status=400 if shown.refused else 200, every=EVERY)


def _body(found: ExceptionDetail, wanted: AskedExceptions, context: PageContext) -> list[Any]:
    chosen = context.args.get("sample", "")
    sample = next((one for one in found.samples if f"{one.id}" == chosen), next(iter(found.samples), None))
    return [
        _head(found, context),
        _figures(found),
        _chart(found, changes.marked(context.auth.api, Bins(found.first, found.after, found.step))),
        stack(sample, found.samples),
        html.Div([column(7, _endpoints(found, wanted)), column(5, _versions(found))], className="grid"),
        html.Div([column(7, _samples(found, wanted)), column(5, _users(found))], className="grid"),
    ]


def _head(found: ExceptionDetail, context: PageContext) -> html.Div:
    group = found.group
    role, picture, words, why = parts.state_of(group, found.now)
    said = [group.message] if group.message else []
    return html.Div(
        [
            html.P(said, className="text-break mb-2", id="message"),
            html.Div(
                [
                    markup.chip(role, picture, words, why),
                    html.Span(group.service, className="badge border fw-normal text-body-secondary mono"),
                    *_culprit(group.culprit),
                    *([html.Span(_decided(found), className="small text-body-secondary")] if group.state_at else []),
                    html.Div(parts.buttons(group, context), className="d-flex gap-2 ms-md-auto"),
                ],
                className="d-flex flex-wrap align-items-center gap-2",
            ),
        ],
        className="mb-3",
        id="what",
    )  # fmt: skip


def _culprit(name: str) -> list[html.Span]:
    found = html.Span(name, className="mono text-break")
    return [html.Span(["raised in ", found], className="small")] if name else []


def _decided(found: ExceptionDetail) -> str:
    group = found.group
    words = {"resolved": "resolved", "ignored": "ignored", "open": "last decision"}[group.state]
    by = f" by {group.state_by}" if group.state_by else ""
    came = f", came back {markup.minute(group.reopened_at)}" if group.reopened_at and group.state == "open" else ""
    return f"{words}{by} {markup.minute(group.state_at)}{came} UTC"


def _figures(found: ExceptionDetail) -> html.Div:
    group = found.group
    users = parts.users_of(group)
    return shared.cards([
        shared.card(
            "occurrences", "In this range", format.number(found.occurrences), "", f"{group.total:,} in all",
            found.trend if found.occurrences else (),
        ),
        shared.card("users", "Users", users[0] if users else format.NONE, "", "who met it at all"),
        shared.card(
            "first", "First seen", format.duration(max(0.0, found.now - group.first_seen)), "ago",
            _seen(group.first_seen, group.first_version),
        ),
        shared.card(
            "last", "Last seen", format.duration(max(0.0, found.now - group.last_seen)), "ago",
            _seen(group.last_seen, group.last_version),
        ),
    ])  # fmt: skip


def _seen(at: float, version: str) -> str:
    return f"{markup.minute(at)} UTC{f', version {version}' if version else ''}"


def _chart(found: ExceptionDetail, bins: Bins) -> html.Section | None:
    if not found.occurrences:
        return markup.sheet("over-time", "Over time", markup.calm("clock", NONE_HERE))
    rows = [
        [f"{clock.to_datetime((found.first + place * found.step) * 60):%Y-%m-%d %H:%M}", f"{count:,}"]
        for place, count in enumerate(found.trend)
        if count
    ]
    return chart_panel(
        "over-time", "Over time", figures.over_time(found.trend, bins, found.versions),
        f"How often it came in bins of {bins.words}", ["Time (UTC)", ">Exceptions"], rows[::-1],
        f"bins of {bins.words}, UTC; dashed: the first hour of a version",
    )  # fmt: skip


def _endpoints(found: ExceptionDetail, wanted: AskedExceptions) -> html.Section:
    """Where it came; each leads to the page of that endpoint."""
    rows = [
        [f"{one.method} {one.route}", _endpoint(found, one, wanted), *_counted(one)] for one in found.endpoints
    ]  # fmt: skip
    return table("endpoints", "Endpoints", ENDPOINTS, rows, NONE_HERE, whole=False)


def _endpoint(found: ExceptionDetail, one: Place, wanted: AskedExceptions) -> list[str]:
    if not one.route:
        return ["not known", ""]
    if not one.method:
        return [one.route, ""]  # a task of a worker, which has no page
    usual = Asked(range=wanted.range, start=wanted.start, end=wanted.end)
    return [f"{one.method} {one.route}", "", shared.address(found.group.service, one.route, one.method, usual)]


def _versions(found: ExceptionDetail) -> html.Section:
    rows = [[one.version, one.version or "unknown", *_counted(one)] for one in found.versions]
    return table("versions", "Versions", VERSIONS, rows, NONE_HERE, note="newest first", whole=False)


def _users(found: ExceptionDetail) -> html.Section:
    rows = [[one.user, one.user, *_counted(one)] for one in found.users]
    more = found.group.users > len(rows)
    note = f"the {len(rows)} who met it most" if more and rows else ""
    return table(
        "users", "Users", USERS, rows, "No user is known to have met it in this range.", note=note, whole=False
    )


def _counted(one: Place) -> list[Any]:
    return [one.occurrences, 1000 * one.first, 1000 * one.last]


def _samples(found: ExceptionDetail, wanted: AskedExceptions) -> html.Section:
    rows = [_sample(one, found.group.id, wanted) for one in found.samples]
    return table(
        "samples", "Samples", SAMPLES, rows, "No sample is kept.", note="the newest; each opens its stack", whole=False
    )


def _sample(one: Sample, number: int, wanted: AskedExceptions) -> list[Any]:
    to = parts.address(number, {**wanted.span, "sample": f"{one.id}"})
    words = f"{clock.to_datetime(one.timestamp):%Y-%m-%d %H:%M:%S}"
    message = " ".join(one.message.split())
    short = f"{message[: parts.SHORT - 1]}…" if len(message) > parts.SHORT else message
    return [
        f"{one.id}", [words, to], [short, message], f"{one.method} {one.route}".strip() or None, one.version or None,
        one.user or None,
    ]  # fmt: skip


PAGE = Page(
    name="exception",
    path=PATH,
    title="Exception",
    role="viewer",
    content=content,
    under="exceptions",
    ranges=tuple(LENGTHS),
)
