"""The page Regulators: the funnel, ages, times, coverage and effectiveness of alerts and cases, with definitions."""

from collections.abc import Sequence
from typing import Any

from dash import html
from flask import Response

from console import analytics_parts, format
from console.analytics import regulators
from console.page import File, Page, PageContext, View
from console.pages.regulators.lines import TITLES, Line, Section, lines
from console.panel import Column
from console.panel_layout import icon
from console.table import table
from core.clock import to_datetime
from core.web import download as downloads

PATH = "analytics/regulators"
COLUMNS = (
    Column("figure", "Figure", "text", "220px"), Column("value", "Value", "right"), Column("of", "Of", "right"),
    Column("share", "Share", "right"), Column("between", "95 % interval", "right"),
    Column("definition", "Definition", "long"),
)  # fmt: skip
NOTHING: list[Any] = [format.NONE, -1.0]
HEADS = ("section", "figure", "value", "unit", "of", "share", "low", "high", "definition")


def content(context: PageContext) -> View:
    """A table of each section."""
    wanted = analytics_parts.asked(context)
    found = _lines(context, wanted)
    csv = html.A(
        [icon("download"), "CSV of the whole"], href=f"{context.prefix}{PATH}.csv{wanted.period.query}",
        className="btn btn-sm btn-outline-secondary d-print-none",
    )  # fmt: skip
    return analytics_parts.page(
        context, PATH, wanted, html.P([_span(wanted), " ", csv]), *(_table(section, found) for section in TITLES)
    )


def _table(section: Section, found: Sequence[Line]) -> html.Section:
    """The lines of a section, without columns in which none has anything."""
    rows = [_row(one) for one in found if one.section == section]
    kept = [at for at in range(len(COLUMNS)) if any(row[at + 1] != NOTHING for row in rows)]
    shown = [[row[0], *(row[at + 1] for at in kept)] for row in rows]
    return table(section, TITLES[section], [COLUMNS[at] for at in kept], shown, "")


def _lines(context: PageContext, wanted: analytics_parts.Asked) -> list[Line]:
    period = wanted.period
    return lines(
        analytics_parts.read(
            context, lambda connection: regulators.read(connection, period.span, period.finished, period.now)
        )
    )


def _span(wanted: analytics_parts.Asked) -> str:
    start, end = (to_datetime(at) for at in wanted.period.span)
    return f"Decisions and incidents from {start:%Y-%m-%d %H:%M} to {end:%Y-%m-%d %H:%M} UTC."


def _row(one: Line) -> list[Any]:
    """A line as the table has it; numbers carry what they are sorted by and what a file gets."""
    share = one.share
    return [
        one.name, one.name, _shown(one.value, one), _shown(one.of, one),
        NOTHING if share is None else [_percent(share), share], _between(one),
        one.definition,
    ]  # fmt: skip


def _shown(value: float | None, one: Line) -> list[Any]:
    if value is None:
        return NOTHING
    if one.unit == "s":
        return [format.duration(value), value]
    return [f"{value:,.0f} {one.unit}".strip(), value]


def _between(one: Line) -> list[Any]:
    if one.between is None:
        return NOTHING
    low, high = one.between
    if one.unit == "s":
        return [f"{format.duration(low)} to {format.duration(high)}", low]
    return [f"{_percent(low)} to {_percent(high)}", low]


def _percent(share: float) -> str:
    return f"{100 * share:.3g} %"


def download(context: PageContext) -> Response:
    """All lines with exact numbers."""
    wanted = analytics_parts.asked(context)
    start, end = (to_datetime(at) for at in wanted.period.span)
    rows = [
        (TITLES[one.section], one.name, one.value, one.unit, one.of, one.share, *(one.between or (None, None)),
         one.definition)
        for one in _lines(context, wanted)
    ]  # fmt: skip
    return downloads.csv(HEADS, rows, f"gatehouse-regulators-{start:%Y%m%d%H%M}-{end:%Y%m%d%H%M}.csv")


PAGE = Page(
    name="analytics-regulators",
    path=PATH,
    title="Figures for regulators",
    short="Regulators",
    role="analyst",
    content=content,
    under="analytics",
    files=(File("analytics_regulators_csv", f"{PATH}.csv", download),),
)
