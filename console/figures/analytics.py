"""Analytics: decisions by hour and as a donut, the approval rate, scores with their thresholds, confidence."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from console.figures.bins import Bins
from console.figures.plain import drawing
from console.format import percent_of
from core.analytics.rates import Decided

DECISIONS = (("approved", "Approved", "ok"), ("review", "Review", "review"), ("blocked", "Blocked", "blocked"))
LEGEND = {
    "orientation": "h", "x": 0, "y": 1.0, "yanchor": "bottom", "traceorder": "normal",
    "font": {"size": 10, "color": "@muted"},
}  # fmt: skip


class Line(NamedTuple):
    """A threshold that was in force: at which score, what it is called, and its colour's role."""

    at: float
    words: str
    role: str


@drawing
def volume(found: Sequence[Decided], bins: Bins) -> Any:
    """Predictions of each bin, by decision."""
    return {"data": [
        {"type": "bar", "name": label, "x": bins.times, "y": [getattr(one, key) for one in found],
         "marker": {"color": f"@{role}", "line": {"width": 0}}, "hovertemplate": "%{y:,}"}
        for key, label, role in DECISIONS
    ], "layout": {
        "uirevision": "volume", "height": 280, "barmode": "stack", "bargap": 0.15, "showlegend": True,
        "legend": LEGEND, "margin": {"l": 48, "r": 12, "t": 26, "b": 26}, "xaxis": bins.axis,
        "yaxis": {"tickformat": "~s", "fixedrange": True, "nticks": 6}, **bins.marks,
    }}  # fmt: skip


@drawing
def approval(found: Sequence[Decided], bins: Bins) -> Any:
    """The approval rate of each bin with its 95 % interval; nothing below 50 decided."""
    times = bins.times
    rates, bounds = [one.rate for one in found], [one.interval for one in found]
    low = [None if one is None else one[0] for one in bounds]
    high = [None if one is None else one[1] for one in bounds]
    known = [one for one in (*low, *high) if one is not None]
    floor, top = max(0.0, min(known, default=0.0) - 0.03), min(1.0, max(known, default=1.0) + 0.03)
    edge = {"type": "scatter", "mode": "lines", "x": times, "connectgaps": False, "line": {"width": 0},
            "hoverinfo": "skip", "showlegend": False}  # fmt: skip
    return {"data": [
        {**edge, "name": "Interval to", "y": high},
        {**edge, "name": "Interval from", "y": low, "fill": "tonexty", "fillcolor": "@ok/0.18"},
        {"type": "scatter", "mode": "lines+markers", "name": "Approval rate", "x": times, "y": rates,
         "connectgaps": False, "line": {"color": "@ok", "width": 1.8}, "marker": {"size": 4, "color": "@ok"},
         "customdata": [[percent_of(rate), *map(percent_of, bound or (None, None))]
                        for rate, bound in zip(rates, bounds, strict=True)],
         "hovertemplate": "%{customdata[0]} (95 %: %{customdata[1]} to %{customdata[2]})<extra></extra>"},
    ], "layout": {
        "uirevision": "approval", "height": 280, "margin": {"l": 48, "r": 12, "t": 26, "b": 26}, "xaxis": bins.axis,
        "yaxis": {"range": [floor, top + 0.005], "rangemode": "normal", "tickformat": ".0%", "fixedrange": True,
                  "nticks": 6}, **bins.marks,
    }}  # fmt: skip


@drawing
def donut(found: Decided) -> Any:
    """The decisions as shares of all."""
    return {"data": [
        {"type": "pie", "name": "Decisions", "labels": [label for _, label, _ in DECISIONS],
         "values": [getattr(found, key) for key, _, _ in DECISIONS], "hole": 0.62, "sort": False,
         "direction": "clockwise", "marker": {"colors": [f"@{role}" for _, _, role in DECISIONS]},
         "textinfo": "none", "hovertemplate": "%{label}: %{value:,} (%{percent})<extra></extra>"},
    ], "layout": {
        "uirevision": "donut", "height": 200, "margin": {"l": 8, "r": 8, "t": 8, "b": 8}, "showlegend": False,
        "annotations": [{"text": f"{found.total:,}", "showarrow": False, "x": 0.5, "y": 0.5, "xref": "paper",
                         "yref": "paper", "font": {"size": 20, "color": "@text"}}],
    }}  # fmt: skip


@drawing
def scores(counts: Mapping[str, Sequence[int]], lines: Sequence[Line]) -> Any:
    """Predictions by score and decision, on a logarithmic axis, with every threshold that was in force."""
    bins = len(next(iter(counts.values())))
    at = [round((place + 0.5) / bins, 4) for place in range(bins)]
    words = [f"{place / bins:.2f} to {(place + 1) / bins:.2f}" for place in range(bins)]
    return {"data": [
        {"type": "bar", "name": label, "x": at, "y": list(counts[key]), "width": [1 / bins] * bins,
         "marker": {"color": f"@{role}", "line": {"width": 0}}, "customdata": words,
         "hovertemplate": "%{y:,} of score %{customdata}"}
        for key, label, role in DECISIONS
    ], "layout": {
        "uirevision": "scores", "height": 320, "barmode": "stack", "showlegend": True, "legend": LEGEND,
        "margin": {"l": 48, "r": 12, "t": 44, "b": 40},
        "xaxis": {"range": [0, 1], "title": {"text": "fraud score", "font": {"size": 11, "color": "@muted"}},
                  "fixedrange": True, "tickformat": ".1f", "dtick": 0.1},
        "yaxis": {"type": "log", "fixedrange": True, "dtick": 1, "tickformat": "~s", "rangemode": "normal"},
        "shapes": [
            {"type": "line", "yref": "paper", "x0": one.at, "x1": one.at, "y0": 0, "y1": 1,
             "line": {"color": f"@{one.role}", "width": 1.2, "dash": "dash"}} for one in lines
        ],
        "annotations": [
            {"x": one.at, "yref": "paper", "y": 1, "yanchor": "top", "yshift": -18 * (place % 4),
             "xanchor": "left" if one.at < 0.55 else "right",
             "text": one.words, "showarrow": False, "font": {"size": 11, "color": f"@{one.role}"},
             "bgcolor": "@panel", "borderpad": 2}
            for place, one in enumerate(lines)
        ],
    }}  # fmt: skip


@drawing
def confidence(rows: Sequence[tuple[str, Decided]]) -> Any:
    """Predictions by confidence, each by decision."""
    names = [name for name, _ in rows]
    return {"data": [
        {"type": "bar", "name": label, "x": names, "y": [getattr(one, key) for _, one in rows],
         "marker": {"color": f"@{role}", "line": {"width": 0}}, "hovertemplate": "%{y:,}"}
        for key, label, role in DECISIONS
    ], "layout": {
        "uirevision": "confidence", "height": 240, "barmode": "stack", "bargap": 0.35, "showlegend": True,
        "legend": LEGEND, "margin": {"l": 48, "r": 12, "t": 26, "b": 26},
        "xaxis": {"type": "category", "fixedrange": True},
        "yaxis": {"tickformat": "~s", "fixedrange": True, "nticks": 6},
    }}  # fmt: skip
