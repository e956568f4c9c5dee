"""The page Analytics (C1): services, totals and the approval rate of a period, and today against the same weekday."""

from typing import Any

from dash import html

from console import analytics_parts, approval_mix, changes, format, markup
from console.analytics.mix import Comparison, Rate
from console.chart_panel import chart_panel, column
from console.figures.bins import Bins
from console.figures.lines import Series, lines
from console.key_figures import card, cards
from console.looks import look
from console.page import Page, PageContext, Place, View
from console.pages.analytics import overview, reading, words
from console.pages.analytics.reading import Home
from console.panel import Column
from console.table import table
from core import clock
from core.analytics.periods import HOUR, WEEK, Period
from core.analytics.rates import Decided
from core.monitoring.health import ServiceHealth

PATH = "analytics"
COLUMNS = (
    Column("what", "Figure"), Column("today", "Today so far", "right"),
    Column("then", "Same hours a week ago", "right"), Column("change", "Change", "right"),
)  # fmt: skip


def content(context: PageContext) -> View:
    """Services, totals, the approval rate, and today."""
    wanted = analytics_parts.asked(context)
    found = analytics_parts.read(context, lambda connection: reading.home(connection, wanted.period))
    services = reading.services(context.auth.api)
    today = _today(context, found) if any(one.total for one in (*found.today_hours, *found.weekday_hours)) else None
    return analytics_parts.page(
        context, PATH, wanted, _cards(found, wanted.period), today,
        _services(services, context.prefix), analytics_parts.left_out(found.replayed), title="Analytics",
    )  # fmt: skip


def _cards(found: Home, period: Period) -> html.Div:
    total, than = found.total, "the period before"
    return cards([
        card("predictions", "Predictions", format.number(total.total), "decided",
             words.against(words.more(found.finished.total, found.before and found.before.total), than)),
        card("approval", "Approval rate", *_split(words.rate(total)),
             f"95 %: {words.interval(total)}" if total.rate is not None else words.FEW),
        card("change", "Approval rate, change", *_split(words.points(found.finished, found.before)),
             f"{words.rate(found.before)} in {than}{_at_same_mix(found.mix)}" if found.before
             else f"no {than.removeprefix('the ')}"),
        card("held", "Review and blocked", format.number(total.review + total.blocked), "",
             f"{total.review:,} in review ({total.held:,} held out) · {total.blocked:,} blocked"),
    ])  # fmt: skip


def _at_same_mix(found: Comparison | None) -> str:
    """How far the rate moved at the same mix of amounts, where that can be said."""
    change = None if found is None else found.adjusted_change
    return "" if change is None else f" · same mix: {100 * change:+.1f} points"


def _split(text: str) -> tuple[str, str]:
    value, _, unit = text.partition(" ")
    return value, unit


def _today(context: PageContext, found: Home) -> html.Div:
    """Today by hour and so far, against the same weekday before."""
    done = len(found.today_hours)
    now, then = reading.summed(found.today_hours), reading.summed(found.weekday_hours[:done])
    last = reading.named(found.today.start - WEEK)
    hours = [f"{clock.to_datetime(found.today.start + place * HOUR):%H:%M}" for place in range(24)]
    rows = [
        [hour, f"{found.today_hours[place].total:,}" if place < done else format.NONE, f"{one.total:,}"]
        for place, (hour, one) in enumerate(zip(hours, found.weekday_hours, strict=True))
    ]
    bins = changes.marked(context.auth.api, Bins(found.today.start // 60, found.today.end // 60, 60))
    ahead: list[float | None] = [None] * (24 - done)
    drawn = lines(
        [Series("Today", [*(float(one.total) for one in found.today_hours), *ahead], "ok"),
         Series(last, [float(one.total) for one in found.weekday_hours], "muted")],
        bins, format.number, "today",
    )  # fmt: skip
    chart = chart_panel(
        "today", "Today, by hour", drawn, f"Predictions by hour, today and on {last}",
        ["Hour (UTC)", ">Today", f">{last}"], rows, f"against {last}, UTC",
    )  # fmt: skip
    so_far = _so_far(now, then, done, found.today_mix)
    return html.Div([column(7, chart), column(5, so_far)], className="grid mb-3")


def _so_far(now: Decided, then: Decided, done: int, mix: Comparison) -> html.Section:
    until = f"00:00 to {done:02}:00 UTC, finished hours" if done else "no hour of today is over yet"
    rows: list[list[Any]] = [
        ["p", "Predictions", f"{now.total:,}", f"{then.total:,}", words.more(now.total, then.total)],
        ["a", "Approval rate", words.rate(now), words.rate(then), words.points(now, then)],
        [
            "m",
            "Approval rate, same mix",
            _adjusted(mix.adjusted_now),
            _adjusted(mix.adjusted_before),
            format.NONE if mix.adjusted_change is None else f"{100 * mix.adjusted_change:+.1f} points",
        ],
        ["i", "95 % interval", words.interval(now), words.interval(then), ""],
        ["r", "Review", f"{now.review:,}", f"{then.review:,}", words.more(now.review, then.review)],
        ["b", "Blocked", f"{now.blocked:,}", f"{then.blocked:,}", words.more(now.blocked, then.blocked)],
    ]
    says = html.P(approval_mix.sentence(mix), className="small text-body-secondary px-3 py-2 mb-0", id="mix-sentence")
    return table("so-far", "Today so far", COLUMNS, rows, "", note=until, below=[says])


def _adjusted(found: Rate | None) -> str:
    return format.NONE if found is None else format.percent_of(found.value)


def _services(found: list[ServiceHealth] | None, prefix: str) -> html.Section:
    """Each service's state, as the live page has it."""
    if found is None:
        body: Any = html.P("The monitoring API cannot be reached. This page recovers automatically.")
    elif not found:
        body = html.P("No service checks have run yet.")
    else:
        body = html.Div(
            [html.Span([html.Span(one.title, className="me-2"), look(one.status)]) for one in found],
            className="d-flex flex-wrap column-gap-4 row-gap-2",
        )
    up = sum(one.status == "UP" for one in found or ())
    note = f"{up} of {len(found)} up" if found else ""
    return markup.sheet("services", "Services", body, note=note, tools=[markup.link("Live", prefix)])


PAGES = (
    Page(
        name="analytics", path=PATH, title="Analytics", role="viewer", content=content, place=Place(55, "y"),
    ),
    overview.PAGE,
)  # fmt: skip
