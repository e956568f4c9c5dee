"""Each series on the page Statuses: its evidence in percent of the line, its thresholds, and what it would see when."""

from typing import Any

from dash import html

from console import format, markup
from console.attributes import attributes
from console.pages.statuses import parts
from console.pages.statuses.reading import Shown
from console.panel import Column
from console.table import table
from core.statuses.overview import Overview, SeriesNow

RISES = ("x 2", "x 5", "+ 2 a minute")
DROPS = ("x 0.5", "x 0")
BARS = 8
COLUMNS = (
    Column("series", "Series", "page"), Column("came", "Last minute", "right"), Column("expected", "Expected", "right"),
    Column("usual", "Usual", "right"), Column("evidence", "Evidence", "right"),
    Column("double", "× 2 or ½", "right"), Column("five", "× 5 or 0", "right"), Column("more", "+2/min", "right"),
)  # fmt: skip
EMPTY = "Nothing is judged yet: the detector needs 30 minutes to learn what is usual."


def evidence(found: Shown, prefix: str) -> html.Section:
    """A bar for each series, the strongest first."""
    known = found.overview
    listed = known.series[:BARS] if known else []
    bars = [_bar(one, known, found, prefix) for one in listed if known]
    body: Any = html.Div(bars, className="d-grid gap-3") if bars else markup.calm("bar-chart-line", EMPTY)
    note = f"100 % is the threshold, {known.line:.1f} nats" if known and listed else ""
    return markup.sheet("evidence", "Evidence now", body, note=note)


def _bar(one: SeriesNow, known: Overview, found: Shown, prefix: str) -> html.A:
    percent = min(100.0, 100 * one.evidence / known.line) if known.line else 0.0
    level = "alert" if one.firing else "warning" if percent >= 33 else "none"
    words = "fires" if one.firing else f"{percent:.0f} %"
    sign = "at least" if one.at_least else "at most"
    text = f"{format.number(one.came)} received, {sign} {format.number(one.expected)} expected"
    role = "bg-danger" if one.firing else "bg-warning" if percent >= 33 else "bg-primary"
    series = parts.label(one.kind, one.name)
    head = html.Div(
        [
            html.Div(
                [html.B(series), " ", html.Span(text, className="small text-body-secondary")],
                className="flex-fill text-break",
            ),
            html.Span(words, className="fw-semibold text-nowrap"),
        ],
        className="d-flex align-items-end gap-2",
    )
    track = html.Div(
        html.Div(className=f"progress-bar {role}", style={"width": f"{percent:.1f}%"}),
        className="progress mt-1",
        style={"height": "6px"},
        role="meter",
        **attributes({
            "aria-valuemin": "0", "aria-valuemax": "100", "aria-valuenow": f"{percent:.0f}",
            "aria-label": f"Evidence of {series} in percent of the line",
        }),
    )  # fmt: skip
    here = f"{prefix}statuses{found.asked.query(series=f'{one.kind}:{one.name}')}#against"
    return html.A(
        [head, track],
        href=here,
        className="text-reset text-decoration-none d-block",
        **attributes({"data-level": level}),
    )


def thresholds(found: Shown) -> html.Section:
    """What each series would see, and after how many minutes, at the present rates."""
    listed = found.overview.series if found.overview else []
    rows = [_row(one, found) for one in listed]
    ready = not listed or any(one.power is not None for one in listed)
    note = (
        "counts a minute; minutes until a change is detected, in half of simulated runs"
        if ready
        else "counts a minute; detection times are being computed"
    )
    return table("thresholds", "Thresholds and power", COLUMNS, rows, EMPTY, note=note, whole=False)


def _row(one: SeriesNow, found: Shown) -> list[Any]:
    sign = "≥" if one.at_least else "≤"
    double, five = DROPS if one.kind == "volume" else RISES[:2]
    key = f"{one.kind}:{one.name}"
    line = found.overview.line if found.overview else 0.0
    return [
        key, [parts.label(one.kind, one.name), f"statuses{found.asked.query(series=key)}#against"],
        format.number(one.came), f"{sign} {format.number(one.expected)}", format.number(one.usual),
        "fires" if one.firing else f"{100 * one.evidence / line:.0f} %" if line else format.NONE,
        _minutes(one, double), _minutes(one, five), format.NONE if one.kind == "volume" else _minutes(one, RISES[2]),
    ]  # fmt: skip


def _minutes(one: SeriesNow, change: str) -> str:
    if one.power is None or change not in one.power:
        return format.NONE
    found = one.power[change]
    return "> 60 min" if found is None else f"{found} min"
