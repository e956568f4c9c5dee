"""Transaction statuses: counts stacked by the minute, the approval rate, a series against its line, the week's profile.

Times of figures are epoch ms; counts are means a minute.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

from console.figures.bins import MINUTE, Bins
from console.figures.plain import drawing, plain
from console.figures.template import line_label, threshold, time_axis
from console.format import percent_of
from core.models.performance.interval import wilson
from core.statuses.codes import titled
from core.statuses.overview import Stack, Traced

ROLES = {
    "approved": "ok", "denied": "review", "declined": "review", "failed": "blocked", "reversed": "accent",
    "backend_reversed": "good", "refunded": "muted", "review": "review", "blocked": "blocked", "00": "ok",
}  # fmt: skip
OTHERS = ("review", "blocked", "accent", "good", "muted", "ok/0.55", "review/0.5", "blocked/0.5", "accent/0.5")
DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
LONGEST = 22  # characters in a legend
LEAST = 50  # transactions that an approval rate needs


class Span(NamedTuple):
    """An episode on a time axis (epoch ms); `end` None: it goes on."""

    start: float
    end: float | None
    pages: bool = True


def roles(names: Sequence[str]) -> dict[str, str]:
    """A colour role for each name; known statuses always have the same."""
    known = {name: ROLES[name.lower()] for name in names if name.lower() in ROLES}
    free = [role for role in OTHERS if role not in known.values()] or list(OTHERS)
    rest = [name for name in names if name not in known]
    return known | {name: free[place % len(free)] for place, name in enumerate(rest)}


@drawing
def counts(stacks: Sequence[Stack], bins: Bins, total: Traced | None, spans: Sequence[Span], codes: bool) -> Any:
    """Bars on one another; the total that is expected at least, where it is judged; episodes shaded, changes marked."""
    colours = roles([stack.name for stack in stacks])
    bars = [
        {
            "type": "bar",
            "name": _short(titled(stack.name) if codes else stack.name),
            "x": bins.times,
            "y": stack.counts,
            "width": bins.step * MINUTE,
            "marker": {"color": f"@{colours[stack.name]}", "line": {"width": 0}},
            "hovertemplate": "%{y:,.4~g}/min",
        }
        for stack in stacks
    ]
    words = "total expected at least" if total is None or total.at_least else "total expected at most"
    expected = [] if codes or total is None else [{**_expected(total, words, "text"), "showlegend": False}]
    return {"data": [*bars, *expected], "layout": {
        "uirevision": "counts", "height": 300, "barmode": "stack", "bargap": 0,
        "margin": {"l": 44, "r": 12, "t": 26, "b": 26}, "showlegend": True,
        "legend": {"orientation": "h", "x": 0, "y": 1.0, "yanchor": "bottom", "traceorder": "normal",
                   "entrywidth": 124 if codes else 88, "font": {"size": 10, "color": "@muted"}},
        "xaxis": time_axis(bins.start, bins.end),
        "yaxis": {"tickformat": "~s", "ticksuffix": "/min", "fixedrange": True, "nticks": 6},
        "shapes": [*_grounds(spans, bins.start, bins.end), *bins.marks["shapes"]],
        "annotations": [*(_ends(total, words) if expected and total else []), *bins.marks["annotations"]],
    }}  # fmt: skip


@drawing
def approval(stacks: Sequence[Stack], bins: Bins, approved: str, spans: Sequence[Span]) -> Any:
    """The approved share of all transactions, with its 95 % Wilson interval; nothing below 50 transactions."""
    points = approvals(stacks, bins, approved)
    xs = [at for at, *_ in points]
    known = [value for _, *rest in points for value in rest if value is not None]
    floor = max(0.0, min(known, default=0.0) - 0.05)
    return {"data": [
        *_interval(points),
        {"type": "scatter", "mode": "lines", "name": "approved", "x": xs, "y": [one[1] for one in points],
         "connectgaps": False, "line": {"color": "@ok", "width": 1.8},
         "customdata": [[percent_of(one) for one in rest] for _, *rest in points],
         "hovertemplate": "%{customdata[0]} (95 %: %{customdata[1]} to %{customdata[2]})<extra></extra>"},
    ], "layout": {
        "uirevision": "approval", "height": 300, "margin": {"l": 44, "r": 12, "t": 26, "b": 26},
        "xaxis": time_axis(bins.start, bins.end),
        "yaxis": {"range": [floor, 1.005], "rangemode": "normal", "tickformat": ".0%", "fixedrange": True, "nticks": 6},
        "shapes": [*_grounds(spans, bins.start, bins.end), *bins.marks["shapes"]],
        "annotations": bins.marks["annotations"],
    }}  # fmt: skip


def approvals(
    stacks: Sequence[Stack], bins: Bins, approved: str
) -> list[tuple[int, float | None, float | None, float | None]]:
    """Time, share and bounds of wider bins, about sixty to a range."""
    places = len(bins.times)
    wide = max(1, round(places / 60))
    found: list[tuple[int, float | None, float | None, float | None]] = []
    for start in range(0, places, wide):
        chosen = range(start, min(start + wide, places))
        sums = {stack.name: bins.step * sum(stack.counts[at] or 0 for at in chosen) for stack in stacks}
        total, good = sum(sums.values()), sums.get(approved, 0.0)
        bounds = wilson(good, total) if total >= LEAST else None
        middle = round((bins.times[chosen[0]] + bins.times[chosen[-1]]) / 2)
        found.append((middle, good / total, *bounds) if bounds else (middle, None, None, None))
    return found


@drawing
def against_line(
    traced: Traced, line: float, spans: Sequence[Span], span: tuple[float, float], role: str = "ok"
) -> Any:
    """A series' counts with what is expected, and below them its evidence in percent of the line."""
    times = [(traced.first + place) * MINUTE + MINUTE // 2 for place in range(len(traced.counts))]
    share = [None if one is None else round(100 * one / line, 1) for one in traced.evidence]
    words = "expected at least" if traced.at_least else "expected at most"
    return {"data": [
        {"type": "scatter", "mode": "lines", "name": "came", "x": times, "y": traced.counts, "connectgaps": False,
         "line": {"color": f"@{role}", "width": 1.6, "shape": "hvh"}, "hovertemplate": "%{y:,.4~g}/min"},
        {**_expected(traced, words, "muted"), "fill": "none" if traced.at_least else "tozeroy",
         "fillcolor": "@muted/0.12"},
        {"type": "scatter", "mode": "lines", "name": "evidence", "x": times, "y": share, "yaxis": "y2",
         "connectgaps": False, "fill": "tozeroy", "fillcolor": "@blocked/0.18",
         "line": {"color": "@blocked", "width": 1.4}, "hovertemplate": "%{y:.0f} % of the line"},
    ], "layout": {
        "uirevision": f"line {traced.kind}:{traced.name}", "height": 320,
        "margin": {"l": 48, "r": 12, "t": 12, "b": 26},
        "xaxis": {**time_axis(*span), "anchor": "y2"},
        "yaxis": {"domain": [0.42, 1], "tickformat": "~s", "ticksuffix": "/min", "fixedrange": True, "nticks": 5},
        "yaxis2": {"domain": [0, 0.32], "ticksuffix": " %", "fixedrange": True, "nticks": 3, "gridcolor": "@line",
                   "zeroline": False, "range": [0, max(115.0, *(one or 0.0 for one in share), 0.0)],
                   "tickfont": {"color": "@muted", "size": 11}},
        "shapes": [*_grounds(spans, *span), {**threshold(100, "blocked"), "yref": "y2"}],
        "annotations": [
            {**line_label(0, 100, f"fires at {line:.1f} nats", "blocked", above=False), "yref": "y2"},
            *_ends(traced, words),
        ],
    }}  # fmt: skip


@drawing
def profile(table: Sequence[Sequence[float | None]]) -> Any:
    """The mean total a minute by weekday and hour, UTC; beyond three times the middle the colour is the same."""
    known = sorted(one for row in table for one in row if one is not None)
    most = min(known[-1], 3 * known[len(known) // 2]) if known else 1.0
    return {"data": [
        {"type": "heatmap", "z": [list(row) for row in table], "x": list(range(24)), "y": list(DAYS),
         "colorscale": [[0, "@ok/0.06"], [1, "@ok"]], "zmin": 0, "zmax": most or 1.0,
         "showscale": True, "xgap": 1, "ygap": 1,
         "colorbar": {"thickness": 8, "outlinewidth": 0, "ticksuffix": "/min", "nticks": 4,
                      "tickfont": {"color": "@muted", "size": 11}},
         "hoverongaps": False,
         "hovertemplate": "%{y} %{x}:00 UTC: %{z:,.3~g}/min<extra></extra>"},
    ], "layout": {
        "uirevision": "profile", "height": 230, "hovermode": "closest", "dragmode": False,
        "margin": {"l": 40, "r": 4, "t": 8, "b": 26},
        "xaxis": {"tickvals": list(range(0, 24, 3)), "ticktext": [f"{hour:02}:00" for hour in range(0, 24, 3)],
                  "fixedrange": True, "hoverformat": ""},
        "yaxis": {"autorange": "reversed", "fixedrange": True, "rangemode": "normal", "type": "category"},
    }}  # fmt: skip


@drawing
def moved(names: Sequence[str], before: Sequence[float], now: Sequence[float]) -> Any:
    """Counts a minute of what moved: usual, and since the onset."""
    bars = (("usual", before, "muted/0.5"), ("since the onset", now, "blocked"))
    return {"data": [
        {"type": "bar", "orientation": "h", "name": name, "y": list(names)[::-1], "x": list(values)[::-1],
         "marker": {"color": f"@{role}", "line": {"width": 0}}, "hovertemplate": "%{x:,.3~g}/min"}
        for name, values, role in bars
    ], "layout": {
        "uirevision": "moved", "height": 70 + 46 * len(names), "barmode": "group", "bargap": 0.3,
        "hovermode": "closest", "dragmode": False, "margin": {"l": 150, "r": 16, "t": 26, "b": 26},
        "showlegend": True, "legend": {"orientation": "h", "x": 0, "y": 1.0, "yanchor": "bottom",
                                       "traceorder": "reversed", "font": {"size": 11, "color": "@muted"}},
        "xaxis": {"ticksuffix": "/min", "tickformat": "~s", "fixedrange": True, "rangemode": "tozero",
                  "hoverformat": "", "showgrid": True, "gridcolor": "@line"},
        "yaxis": {"type": "category", "fixedrange": True, "rangemode": "normal"},
    }}  # fmt: skip


def _expected(traced: Traced, words: str, role: str) -> dict[str, Any]:
    times = [(traced.first + place) * MINUTE + MINUTE // 2 for place in range(len(traced.expected))]
    return {
        "type": "scatter", "mode": "lines", "name": words, "x": times, "y": traced.expected, "connectgaps": False,
        "line": {"color": f"@{role}", "width": 1.2, "dash": "dot"}, "hovertemplate": "%{y:,.3~g}/min",
    }  # fmt: skip


def _interval(points: Sequence[tuple[int, float | None, float | None, float | None]]) -> list[dict[str, Any]]:
    """The band, broken where nothing is known."""
    xs: list[float | None] = []
    ys: list[float | None] = []
    run: list[tuple[int, float, float]] = []
    for at, _, low, high in [*points, (0, None, None, None)]:
        if low is not None and high is not None:
            run.append((at, low, high))
        elif run:
            xs += [*(one for one, *_ in run), *(one for one, *_ in reversed(run)), None]
            ys += [*(top for *_, top in run), *(bottom for _, bottom, _ in reversed(run)), None]
            run = []
    return [{
        "type": "scatter", "mode": "lines", "name": "95 % interval", "x": xs, "y": ys, "fill": "toself",
        "fillcolor": "@ok/0.18", "line": {"width": 0}, "hoverinfo": "skip",
    }]  # fmt: skip


def _grounds(spans: Sequence[Span], start: float, end: float) -> list[dict[str, Any]]:
    """Episodes: red where they page, blue where they inform."""
    return [
        {
            "type": "rect", "yref": "paper", "y0": 0, "y1": 1, "layer": "below", "line": {"width": 0},
            "x0": max(one.start, start), "x1": min(one.end or end, end),
            "fillcolor": "@blocked/0.14" if one.pages else "@accent/0.10",
        }
        for one in spans
        if one.start < end and (one.end or end) > start
    ]  # fmt: skip


def _short(name: str) -> str:
    """A name that fits into a legend."""
    return name if len(name) <= LONGEST else f"{name[: LONGEST - 1]}…"


def _ends(traced: Traced, words: str) -> list[dict[str, Any]]:
    """What the dotted line is, at its end."""
    last = next((one for one in reversed(traced.expected) if one is not None), None)
    return [] if last is None else [line_label(1, last, plain(words), "muted", anchor="right")]
