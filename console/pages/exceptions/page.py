"""The page Exceptions: every bug of a filter, how often it came over the range, where, and what people decided."""

from typing import Any
from urllib.parse import urlencode

import dash_bootstrap_components as dbc
from dash import dcc, html

from console import changes, format, markup
from console.chart_panel import chart_panel
from console.figures import exceptions as figures
from console.figures.bins import Bins
from console.page import Page, PageContext, Place, View
from console.pages.exceptions import deciding, one, parts, reading
from console.pages.exceptions.reading import ANY, AskedExceptions
from console.pages.performance import parts as shared
from console.pages.performance.reading import read
from console.table import table
from core import clock
from core.endpoints.exceptions import ROUTE, STATES, ExceptionsOverview
from core.endpoints.overview import LENGTHS
from core.untrusted_text import cut

EVERY = 10.0
LONGEST = 40  # characters of a name in a choice
PATH = "exceptions"
EMPTY = "No exceptions of this filter in this range."
NOTHING = (
    "Our processes report what they did not expect; bound applications, OpenTelemetry and events of kind exception add "
    "theirs."
)


def content(context: PageContext) -> View:
    """Figures of the range, exceptions over time, and a row for each bug."""
    wanted = reading.asked(context.args)
    shown = read(context.auth.api, ROUTE, wanted, ExceptionsOverview)
    found = shown.found
    body: list[Any] = []
    if found is not None:
        bins = changes.marked(context.auth.api, Bins(found.first, found.after, found.step), wanted.service)
        body = [_filter(found, wanted, context.prefix), _figures(found), _chart(found, bins)]
        body.append(_table(found, wanted, context))
    page = markup.page("exceptions", "Exceptions", shared.notes(shown), *body, wide=True)
    return View(page, status=400 if shown.refused else 200, every=EVERY)


def _filter(found: ExceptionsOverview, wanted: AskedExceptions, prefix: str) -> html.Form:
    states = {key: _counted(key, key, found) for key in STATES} | {ANY: _counted(ANY, "all states", found)}
    services, versions = ({"": f"all {what}", **{name: name for name in known}} for what, known in
                          (("services", found.services), ("versions", found.versions)))  # fmt: skip
    kept = {name: getattr(wanted, name) for name in ("route", "method") if getattr(wanted, name)} | wanted.span
    cleared = f"?{urlencode(wanted.span)}" if wanted.span else ""
    clear = html.A("Clear", href=f"{prefix}{PATH}{cleared}", className="btn btn-sm btn-link")
    is_filtered = bool(wanted.filter.keys() - wanted.span.keys())
    endpoint = f"{wanted.method} {wanted.route}".strip()
    return html.Form(
        [
            *(dcc.Input(type="hidden", id=f"f-{name}", name=name, value=value) for name, value in kept.items()),
            _choice("service", "Service", services, wanted.service),
            _choice("version", "Version", versions, wanted.version),
            _choice("state", "State", states, wanted.state),
            dbc.Input(
                id="f-search", name="search", type="search", value=wanted.search, maxlength=200,
                placeholder="Type, function or message", class_name="form-control-sm w-auto",
            ),
            dbc.Button("Show", type="submit", size="sm", color="secondary"),
            *([html.Span(f"at {endpoint}", className="small text-break")] if endpoint else []),
            *([clear] if is_filtered else []),
        ],
        id="filter",
        method="get",
        action=prefix + PATH,
        className="d-flex flex-wrap align-items-center gap-2 mb-3",
    )  # fmt: skip


def _counted(key: str, words: str, found: ExceptionsOverview) -> str:
    """A state with how many groups of the range have it."""
    count = sum(found.states.values()) if key == ANY else found.states.get(key, 0)
    return f"{words} ({count:,})"


def _choice(name: str, label: str, known: dict[str, str], value: str) -> html.Div:
    shown = known if value in known else {**known, value: value}
    options = [{"value": key, "label": cut(words, LONGEST)} for key, words in shown.items()]
    select = dbc.Select(id=f"f-{name}", name=name, options=options, value=value, class_name="form-select-sm")
    return html.Div([html.Label(label, htmlFor=f"f-{name}", className="visually-hidden"), select])


def _figures(found: ExceptionsOverview) -> html.Div:
    minutes = max(1, min(found.after, int(clock.now() // 60) + 1) - found.first)
    new = [row for row in found.rows if row.group.first_seen >= found.first * 60]
    back = [row for row in found.rows if (row.group.reopened_at or 0.0) >= found.first * 60]
    met = sum(row.group.users for row in found.rows)
    return shared.cards([
        shared.card(
            "occurrences", "Exceptions", format.number(found.occurrences), "",
            f"{format.number(60 * found.occurrences / minutes)} an hour", found.trend if found.occurrences else (),
        ),
        shared.card(
            "groups", "Different ones", format.number(len(found.rows) + found.more), "",
            ", ".join(f"{found.states[name]:,} {name}" for name in STATES if found.states.get(name)) or "none",
        ),
        shared.card(
            "new", "New or reopened", format.number(len(new) + len(back)), "",
            f"{len(new):,} first seen in this range, {len(back):,} came back",
        ),
        shared.card("users", "Users", format.number(met), "", "who met one of them, each exception by itself"),
    ])  # fmt: skip


def _chart(found: ExceptionsOverview, bins: Bins) -> html.Section | None:
    if not found.occurrences:
        return None
    rows = [
        [f"{clock.to_datetime((found.first + place * found.step) * 60):%Y-%m-%d %H:%M}", f"{count:,}"]
        for place, count in enumerate(found.trend)
        if count
    ]
    return chart_panel(
        "over-time", "Exceptions over time", figures.over_time(found.trend, bins),
        f"Exceptions in bins of {bins.words}", ["Time (UTC)", ">Exceptions"], rows[::-1],
        f"bins of {bins.words}, UTC",
    )  # fmt: skip


def _table(found: ExceptionsOverview, wanted: AskedExceptions, context: PageContext) -> html.Section:
    rows = [parts.row(row, wanted.span, found.now, context) for row in found.rows]
    note = f"the {len(rows)} most frequent of {len(rows) + found.more:,}" if found.more else "the most frequent first"
    return table(
        "groups", "By bug", parts.COLUMNS, rows, EMPTY if found.services else NOTHING, note=note if rows else ""
    )


PAGES = (
    Page(
        name="exceptions",
        path=PATH,
        title="Exceptions",
        role="viewer",
        content=content,
        place=Place(63, "k", "More"),
        actions=deciding.EVERY,
        ranges=tuple(LENGTHS),
    ),
    one.PAGE,
)
