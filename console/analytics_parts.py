"""What the pages below Analytics share: the period of the address, the tabs, what is said above, a read of sums."""

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any, NamedTuple, TypeVar

import dash_bootstrap_components as dbc
from dash import html

from console import format, markup
from console.attributes import attributes
from console.figures.bins import Bins
from console.page import PageContext, View, discover_pages
from core import clock
from core.analytics import decisions, periods
from core.analytics.periods import Period
from core.db.engine import Connection
from core.db.queries import query
from core.errors import BadInput

EVERY = 30.0
# The tabs in their order; one whose page does not exist is not shown.
TABS = {
    "analytics": "Home", "analytics/overview": "Overview", "analytics/performance": "Performance",
    "analytics/business": "Business", "analytics/scorecard": "Scorecard", "model/drift": "Drift",
    "analytics/quality": "Data quality", "analytics/fraud-cost": "Fraud cost",
    "analytics/regulators": "Regulators",
}  # fmt: skip
T = TypeVar("T")


class Asked(NamedTuple):
    """The period of an address; what is wrong with the address, if anything is, and then it is the usual period."""

    period: Period
    refused: str = ""

    @property
    def bins(self) -> Bins:
        """The bins of a chart over the period, without what changed in it (`console/changes.py`)."""
        minutes = self.period.step // 60
        first = self.period.span.start // 60 // minutes * minutes
        return Bins(first, first + -(-(self.period.span.end // 60 - first) // minutes) * minutes, minutes)


def asked(context: PageContext) -> Asked:
    """The period that the address asks for. Raises DatabaseUnavailable."""
    now = clock.now()
    try:
        oldest = read(context, decisions.oldest) if context.args.get("period") == "all" else None
        return Asked(periods.parse(context.args, now, oldest))
    except BadInput as error:
        return Asked(periods.usual(now), format.sentence(error.reason))


def read(context: PageContext, work: Callable[[Connection], T]) -> T:
    """What `work` reads in one transaction, on the replica where there is one. Raises DatabaseUnavailable."""

    def once(database: Any) -> T:
        with database.transaction() as connection:
            return work(connection)

    return context.auth.history.read(once).found


def nothing(words: str) -> html.Div:
    """That a period has nothing to show, and what to do."""
    return markup.calm("table", words)


def left_out(replayed: int) -> html.P | None:
    """That replayed predictions are in no figure, where there are any."""
    told = f"{replayed:,} replayed predictions are left out of all figures."
    return html.P(told, className="small text-body-secondary mt-3", id="replayed") if replayed else None


def page(context: PageContext, path: str, wanted: Asked, *body: Any, title: str = "") -> View:
    """A page below Analytics: its tabs, the bar of periods, what is wrong with the address, and its parts."""
    whole = markup.page(
        path.replace("/", "-"), title or TABS[path], tabs(context, path, wanted.period),
        _periods(context, path, wanted.period), _refused(wanted), *body, _as_of(read(context, progress)), wide=True,
    )  # fmt: skip
    return View(whole, status=400 if wanted.refused else 200, every=EVERY if wanted.period.is_live else 0.0)


@cache
def _existing() -> tuple[str, ...]:
    """The tabs that have a page."""
    paths = {one.path for one in discover_pages().values()}
    return tuple(path for path in TABS if path in paths)


def tabs(context: PageContext, path: str, period: Period | None = None) -> html.Nav:
    """The tabs, with the one of `path` marked; they keep the period."""
    query = period.query if period else ""
    ways = [
        html.A(
            TABS[one], href=f"{context.prefix}{one}{query}",
            className=f"nav-link{' active' if one == path else ''}",
            **attributes({"aria-current": "page"} if one == path else {}),
        )
        for one in _existing()
    ]  # fmt: skip
    known = {"aria-label": "Pages of Analytics"}
    return html.Nav(ways, className="nav nav-tabs mb-3", id="tabs", **attributes(known))


def _periods(context: PageContext, path: str, period: Period) -> html.Div:
    """The bar of periods, and a form for one of one's own."""
    ways = [
        html.A(
            periods.WORDS[name], href=f"{context.prefix}{path}{'' if name == periods.USUAL else f'?period={name}'}",
            className=f"btn btn-sm btn-{'primary' if name == period.name else 'outline-secondary'}",
        )
        for name in (*periods.LENGTHS, "all")
    ]  # fmt: skip
    return html.Div([*ways, _form(context, path, period)], className="d-flex flex-wrap gap-2 mb-3", id="periods")


def _form(context: PageContext, path: str, period: Period) -> html.Form:
    span = period.span
    values = {
        "from": f"{clock.to_datetime(span.start):%Y-%m-%dT%H:%M}",
        "to": f"{clock.to_datetime(span.end):%Y-%m-%dT%H:%M}",
    }
    fields: Sequence[Any] = [
        html.Label(
            [html.Span(words, className="small text-body-secondary"),
             dbc.Input(type="datetime-local", id=f"period-{name}", name=name, value=values[name], step="3600",
                       class_name="form-control-sm w-auto")],
            className="d-flex align-items-center gap-1",
        )
        for name, words in (("from", "From"), ("to", "to (UTC)"))
    ]  # fmt: skip
    show = html.Button("Show", type="submit", className="btn btn-sm btn-secondary")
    return html.Form(
        [*fields, show], method="get", action=context.prefix + path, id="period-form",
        className="d-flex flex-wrap align-items-center gap-2 ms-auto",
    )  # fmt: skip


def progress(connection: Connection) -> tuple[float | None, bool]:
    """When sums were made last (epoch seconds), and whether all history is summed up."""
    row = connection.execute(query("analytics_rollup.progress")).one()
    return row.at, row.whole


def _as_of(known: tuple[float | None, bool]) -> html.P:
    at, whole = known
    told = f"Sums as of {clock.to_datetime(at):%Y-%m-%d %H:%M:%S} UTC." if at else "No sums have been made yet."
    more = "" if whole else " Older history is still being summed up."
    return html.P(told + more, className="small text-body-secondary mt-3", id="as-of")


def _refused(wanted: Asked) -> html.Div:
    told = f"{wanted.refused} The last 24 hours are shown." if wanted.refused else ""
    return html.Div([markup.said(told, "x-octagon-fill", "bad")] if told else [], id="notes")
