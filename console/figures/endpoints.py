"""Endpoints: requests with their errors, quantiles of durations over time, their histogram, the usual week.

Times of figures are epoch ms, durations ms.
"""

from collections.abc import Mapping, Sequence
from math import log10
from typing import Any

from console.figures.bins import MINUTE, Bins
from console.figures.plain import drawing
from console.format import milliseconds
from core.endpoints.overview import Figures

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
CLASSES = {
    2: ("2xx", "ok"), 3: ("3xx", "accent/0.6"), 1: ("1xx", "muted/0.6"), 0: ("no answer", "muted"),
    4: ("4xx", "review"), 5: ("5xx", "blocked"),
}  # fmt: skip
LINES = (("p50", "ok", "solid"), ("p95", "review", "solid"), ("p99", "blocked", "dot"))
TICKS = (0.001, 0.01, 0.1, 1.0, 10.0, 100.0, 1000.0, 10_000.0, 100_000.0, 1e6)  # ms


@drawing
def requests(hits: Sequence[int], errors: Sequence[int], bins: Bins) -> Any:
    """Requests of each bin as bars, those that failed in red at their foot."""
    good = [whole - bad for whole, bad in zip(hits, errors, strict=True)]
    return _stacked([("errors", "blocked", list(errors)), ("requests", "ok", good)], bins, "requests")


@drawing
def outliers(counts: Sequence[int], bins: Bins) -> Any:
    """Outliers of each bin."""
    drawn = _stacked([("outliers", "review", list(counts))], bins, "outliers")
    drawn["layout"] |= {"showlegend": False, "height": 240}
    if max(counts, default=0) < 6:  # no parts of an outlier on the axis
        drawn["layout"]["yaxis"] |= {"dtick": 1, "tickformat": "d"}
    return drawn


@drawing
def classes(found: Mapping[int, Sequence[int]], bins: Bins) -> Any:
    """Requests of each bin by the class of their status."""
    stacks = [(*CLASSES[key], list(found[key])) for key in CLASSES if key in found]
    return _stacked(stacks, bins, "classes")


@drawing
def durations(bins: Bins, figures: Sequence[Figures]) -> Any:
    """Quantiles over time, on a logarithmic axis."""
    times = bins.times
    known = [1000 * value for one in figures for value in (one.p50, one.p99) if value]
    return {"data": [
        {"type": "scatter", "mode": "lines+markers" if sum(one.hits > 0 for one in figures) < 40 else "lines",
         "name": name, "x": times, "y": [_ms(getattr(one, name)) for one in figures], "connectgaps": False,
         "marker": {"size": 4, "color": f"@{role}"}, "line": {"color": f"@{role}", "width": 1.7, "dash": dash},
         "customdata": [milliseconds(_ms(getattr(one, name))) for one in figures],
         "hovertemplate": "%{customdata}"}
        for name, role, dash in LINES
    ], "layout": {
        "uirevision": "durations", "height": 300, "margin": {"l": 56, "r": 12, "t": 26, "b": 26}, "showlegend": True,
        "legend": LEGEND, "xaxis": bins.axis, "yaxis": {**log_axis(known), "fixedrange": True},
        **bins.marks,
    }}  # fmt: skip


@drawing
def histogram(bars: Sequence[tuple[float, int]], total: Figures) -> Any:
    """How many requests took how long, on a logarithmic axis, with the quantiles."""
    edges = [1000 * edge for edge, _ in bars]
    ratio = edges[1] / edges[0] if len(edges) > 1 else 1.082
    lows = [edge / ratio for edge in edges]
    lines = [(name, role, _ms(getattr(total, name))) for name, role, _ in LINES]
    return {"data": [
        {"type": "bar", "x": [(low * high) ** 0.5 for low, high in zip(lows, edges, strict=True)],
         "y": [count for _, count in bars], "width": [high - low for low, high in zip(lows, edges, strict=True)],
         "marker": {"color": "@ok", "line": {"width": 0}},
         "customdata": [f"{milliseconds(low)} to {milliseconds(high)}" for low, high in zip(lows, edges, strict=True)],
         "hovertemplate": "%{customdata}: %{y:,}<extra></extra>"},
    ], "layout": {
        "uirevision": "histogram", "height": 300, "hovermode": "closest", "dragmode": False, "bargap": 0,
        "margin": {"l": 48, "r": 12, "t": 26, "b": 26},
        "xaxis": {**log_axis([*lows[:1], *edges[-1:]]), "fixedrange": True, "hoverformat": ""},
        "yaxis": {"tickformat": "~s", "fixedrange": True, "nticks": 5},
        "shapes": [
            {"type": "line", "x0": at, "x1": at, "yref": "paper", "y0": 0, "y1": 1,
             "line": {"color": f"@{role}", "width": 1.2, "dash": "dash"}}
            for _, role, at in lines if at
        ],
        "annotations": [
            {"x": log10(at), "yref": "paper", "y": 1.0, "yanchor": "bottom", "showarrow": False, "text": name,
             "font": {"size": 10, "color": f"@{role}"}}
            for name, role, at in lines if at
        ],
    }}  # fmt: skip


@drawing
def week(hits: Sequence[Sequence[float | None]], p95: Sequence[Sequence[float | None]]) -> Any:
    """Mean requests an hour by weekday and hour, UTC; the 95th percentile on hover."""
    most = max((one for row in hits for one in row if one is not None), default=1.0)
    return {"data": [
        {"type": "heatmap", "z": [list(row) for row in hits], "x": list(range(24)), "y": list(DAYS),
         "customdata": [[milliseconds(_ms(one)) for one in row] for row in p95],
         "colorscale": [[0, "@ok/0.06"], [1, "@ok"]], "zmin": 0, "zmax": most, "showscale": True, "xgap": 1, "ygap": 1,
         "colorbar": {"thickness": 8, "outlinewidth": 0, "nticks": 4, "tickfont": {"color": "@muted", "size": 11}},
         "hoverongaps": False,
         "hovertemplate": "%{y} %{x}:00 UTC: %{z:,.3~g} an hour, p95 %{customdata}<extra></extra>"},
    ], "layout": {
        "uirevision": "week", "height": 230, "hovermode": "closest", "dragmode": False,
        "margin": {"l": 40, "r": 4, "t": 8, "b": 26},
        "xaxis": {"tickvals": list(range(0, 24, 3)), "ticktext": [f"{hour:02}:00" for hour in range(0, 24, 3)],
                  "fixedrange": True, "hoverformat": ""},
        "yaxis": {"autorange": "reversed", "fixedrange": True, "rangemode": "normal", "type": "category"},
    }}  # fmt: skip


LEGEND = {
    "orientation": "h", "x": 0, "y": 1.0, "yanchor": "bottom", "traceorder": "normal", "entrywidth": 72,
    "font": {"size": 10, "color": "@muted"},
}  # fmt: skip


def _stacked(stacks: Sequence[tuple[str, str, list[int]]], bins: Bins, name: str) -> dict[str, Any]:
    return {"data": [
        {"type": "bar", "name": words, "x": bins.times, "y": counts, "width": bins.step * MINUTE,
         "marker": {"color": f"@{role}", "line": {"width": 0}}, "hovertemplate": "%{y:,}"}
        for words, role, counts in stacks
    ], "layout": {
        "uirevision": name, "height": 300, "barmode": "stack", "bargap": 0,
        "margin": {"l": 44, "r": 12, "t": 26, "b": 26}, "showlegend": True, "legend": LEGEND,
        "xaxis": bins.axis, "yaxis": {"tickformat": "~s", "fixedrange": True, "nticks": 6},
        **bins.marks,
    }}  # fmt: skip


def _ms(seconds: float | None) -> float | None:
    return None if seconds is None else 1000 * seconds


def log_axis(known: Sequence[float]) -> dict[str, Any]:
    """A logarithmic axis around durations (ms), with words at round ones."""
    low, high = min(known, default=1.0), max(known, default=1000.0)
    steps = (1,) if high / low > 300 else (1, 3) if high / low > 20 else (1, 2, 5)
    wanted = sorted(one * step for one in TICKS for step in steps)
    return {
        "type": "log", "range": [log10(low) - 0.08, log10(high) + 0.08], "rangemode": "normal",
        "tickvals": wanted, "ticktext": [milliseconds(one) for one in wanted],
    }  # fmt: skip
