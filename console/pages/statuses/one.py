"""One episode: what moved, before and during, its evidence rising to the line, where it is, and what people said."""

from typing import Any
from urllib.parse import urlencode

from dash import html
from flask import abort

from console import format, markup
from console.chart_panel import chart_panel
from console.figures import statuses as figures
from console.page import PageContext, View
from console.pages.statuses import charts, episodes, parts, reading
from console.pages.statuses.reading import Asked, Shown
from console.panel import Column
from console.table import table
from core import clock
from core.statuses import store
from core.statuses.episode import MINUTE, Moved, Stored, leading

EVERY = 10.0
BEFORE, AFTER, LONGEST = 60, 20, 1380  # minutes around an episode that its charts show
MOVED = (
    Column("series", "Series"), Column("usual", "Usual", "right"), Column("now", "Since the onset", "right"),
    Column("before", "Share before", "right"), Column("since", "Share since", "right"),
    Column("change", "Change", "right"), Column("nats", "Evidence", "right"), Column("fired", "Fired (UTC)", "when"),
    Column("ended", "Ended (UTC)", "when"),
)  # fmt: skip
WHERE = (
    Column("where", "Where", "tags"), Column("before", "Before", "right"), Column("now", "Since", "right"),
    Column("count", "Transactions", "int"), Column("explains", "Explains", "right"),
)  # fmt: skip
NOWHERE = "No slice of dimensions explains it, or the rows have none."
EVERYWHERE = "It is everywhere alike: no slice of dimensions stands out."


def content(context: PageContext) -> View:
    """Everything about it; 404 when there is none."""
    name, now = str(context.names["episode_id"]), clock.now()
    with context.auth.database.transaction() as connection:
        one = store.episode(connection, name) if "\0" not in name else None
        if one is None:
            abort(404, "This episode does not exist.")
        incidents = reading.incidents_of(connection, [one])
    title = parts.finding(one)
    found = _around(context, one, now)
    page = markup.page(
        "episode",
        title,
        html.Div(_state(one), className="visually-hidden", role="status"),
        html.Div(_away(found), id="notes"),
        episodes.card(one, incidents.get(one.id), context, now, alone=True),
        _moved_chart(one),
        _against(found, one),
        _moved(one),
        _where(one),
        back=("Statuses", f"{context.prefix}statuses?{urlencode({'source': one.source})}"),
        wide=True,
    )
    return View(page, title=title, every=EVERY if one.told is None else 0.0)


def _state(one: Stored) -> str:
    return "The episode is open." if one.told is None else "The episode is over."


def _around(context: PageContext, one: Stored, now: float) -> Shown:
    """The minutes around it from the monitoring API, with the series that moved most."""
    last = one.told if one.told is not None else int(now // MINUTE)
    first = one.onset - BEFORE
    after = min(last + AFTER, int(now // MINUTE) + 1, first + LONGEST)
    moved = leading(one.evidence.moved) if one.evidence.moved else None
    series = "volume:" if moved is None or moved.kind == "silence" else f"{moved.kind}:{moved.name}"
    span = (clock.iso(first * MINUTE), clock.iso(after * MINUTE))
    return reading.of_span(context.auth.api, Asked(one.source, "", *span, series, "status"), now)


def _away(found: Shown) -> list[Any]:
    if not found.away:
        return []
    words = " and ".join(found.away)
    return [markup.said([html.B(f"{words[:1].upper()}{words[1:]} cannot be reached.")], "wifi-off", "bad")]


def _moved_chart(one: Stored) -> html.Section | None:
    shown = [each for each in one.evidence.moved if each.kind != "silence"][:8]
    if not shown:
        return None
    names = [parts.label(each.kind, each.name) for each in shown]
    drawn = figures.moved(names, [each.usual for each in shown], [each.now for each in shown])
    rows = [[name, format.number(each.usual), format.number(each.now)] for name, each in zip(names, shown, strict=True)]
    return chart_panel(
        "moved-chart", "What moved", drawn, "Counts a minute of each series that moved: usual, and since the onset",
        ["Series", ">Usual", ">Since the onset"], rows, "counts a minute: usual, and since the onset",
    )  # fmt: skip


def _against(found: Shown, one: Stored) -> html.Section | None:
    known = found.overview
    if known is None or known.traced is None or not known.traced.counts:
        return None
    span = (found.bins.start, found.bins.end)
    return charts.against_line(known, known.traced, [reading.span_of(one)], span)


def _moved(one: Stored) -> html.Section:
    rows = [_row(place, each) for place, each in enumerate(one.evidence.moved)]
    others = ", ".join(f"{name} {change:+.1f} points".replace("-", "−") for name, change in one.evidence.others.items())
    note = f"line {one.evidence.line:.1f} nats" + (f"; in return {others}" if others else "")
    return table("moved", "Evidence by series", MOVED, rows, "Nothing is known of it.", note=note, whole=False)


def _row(place: int, one: Moved) -> list[Any]:
    share = one.kind in ("status", "code")
    return [
        f"{place}", parts.label(one.kind, one.name), format.number(one.usual), format.number(one.now),
        f"{one.share_before:.1f} %" if share else format.NONE, f"{one.share_now:.1f} %" if share else format.NONE,
        parts.points(one), f"{one.nats:.1f} nats", one.fired * MINUTE * 1000,
        None if one.ended is None else one.ended * MINUTE * 1000,
    ]  # fmt: skip


def _where(one: Stored) -> html.Section:
    unit = "/min" if one.evidence.moved and leading(one.evidence.moved).kind == "volume" else "%"
    rows = [
        [
            f"{place}", [f"{name} {value}" for name, value in each.where.items()],
            f"{format.number(each.share_before)} {unit}", f"{format.number(each.share_now)} {unit}",
            each.count, f"{100 * each.explains:.0f} %",
        ]
        for place, each in enumerate(one.evidence.where)
    ]  # fmt: skip
    empty = EVERYWHERE if one.evidence.everywhere else NOWHERE
    return table("where", "Where it is", WHERE, rows, empty, note="slices of dimensions, best first", whole=False)
