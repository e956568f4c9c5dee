"""Business: amounts by decision, decisions over time as decided and as the normal profile would have, fraud in basis
points, and a rate by segment in two periods. Times are epoch ms.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from console.analytics import bands
from console.analytics.business import Money
from console.analytics.mix import Segment
from console.figures.bins import Bins
from console.figures.endpoints import LEGEND
from console.figures.plain import drawing
from console.format import percent_of

DECISIONS = (("APPROVED", "approved", "ok"), ("REVIEW", "review", "review"), ("BLOCKED", "blocked", "blocked"))


@drawing
def amounts(found: Mapping[int, Mapping[str, Money]]) -> Any:
    """The share of each decision's predictions in each amount band; bands are steps of a logarithmic axis."""
    shown = _shown(list(found))
    names = [bands.short(band) for band in shown]
    counts = {
        decision: [found[band][decision].predictions if band in found else 0 for band in shown]
        for decision, _, _ in DECISIONS
    }
    totals = {decision: sum(counts[decision]) for decision in counts}
    return {"data": [
        {"type": "bar", "name": words, "x": names, "marker": {"color": f"@{role}", "line": {"width": 0}},
         "y": [100 * count / totals[decision] if totals[decision] else 0 for count in counts[decision]],
         "customdata": [
             f"{count:,} {words}, {percent_of(count / totals[decision] if totals[decision] else 0)} of them"
             for count in counts[decision]
         ], "hovertemplate": "%{customdata}<extra></extra>"}
        for decision, words, role in DECISIONS
    ], "layout": {
        "uirevision": "amounts", "height": 320, "barmode": "group", "bargap": 0.2, "bargroupgap": 0.05,
        "showlegend": True, "legend": LEGEND, "margin": {"l": 48, "r": 12, "t": 26, "b": 66},
        "xaxis": {"type": "category", "fixedrange": True, "hoverformat": "", "tickangle": -45,
                  "title": {"text": "amount, logarithmic steps", "font": {"size": 11, "color": "@muted"}}},
        "yaxis": {"ticksuffix": " %", "fixedrange": True, "nticks": 6, "rangemode": "tozero"},
        "shapes": _apart(shown),
    }}  # fmt: skip


@drawing
def fraud(by_amount: Sequence[float | None], by_number: Sequence[float | None], known: Sequence[float | None],
          bins: Bins) -> Any:  # fmt: skip
    """Fraud of what was approved in basis points; faint where few of its labels are there (`known`, a share)."""
    times = bins.times
    sets = (("of the amount", "blocked", "solid", by_amount), ("of the number", "review", "dot", by_number))
    return {"data": [
        {"type": "scatter", "mode": "lines+markers", "name": words, "x": times, "y": list(values), "connectgaps": False,
         "line": {"color": f"@{role}", "width": 1.7, "dash": dash},
         "marker": {"size": 6, "color": f"@{role}", "opacity": [0.35 + 0.65 * (one or 0.0) for one in known]},
         "customdata": [_points(value, share) for value, share in zip(values, known, strict=True)],
         "hovertemplate": "%{customdata}"}
        for words, role, dash, values in sets
    ], "layout": {
        "uirevision": "fraud", "height": 300, "showlegend": True, "legend": {**LEGEND, "entrywidth": 110},
        "margin": {"l": 56, "r": 12, "t": 26, "b": 26}, "xaxis": bins.axis,
        "yaxis": {"ticksuffix": " bp", "fixedrange": True, "nticks": 6, "rangemode": "tozero"}, **bins.marks,
    }}  # fmt: skip


@drawing
def segments(found: Sequence[Segment]) -> Any:
    """The rate of each segment before and now: a line from one to the other, the first segment on top."""
    shown = [one for one in found if one.now.rate is not None and one.before.rate is not None][::-1]
    names = [one.name for one in shown]
    xs: list[float | None] = []
    ys: list[str | None] = []
    for one in shown:
        xs += [100 * (one.before.rate or 0), 100 * (one.now.rate or 0), None]
        ys += [one.name, one.name, None]
    dots = (
        ("before", "muted", "circle-open", [one.before for one in shown]),
        ("now", "ok", "circle", [one.now for one in shown]),
    )
    return {"data": [
        {"type": "scatter", "mode": "lines", "name": "change", "x": xs, "y": ys, "hoverinfo": "skip",
         "showlegend": False, "line": {"color": "@muted/0.6", "width": 2}},
        *(
            {"type": "scatter", "mode": "markers", "name": name, "x": [100 * (cell.rate or 0) for cell in cells],
             "y": names, "marker": {"size": 9, "symbol": symbol, "color": f"@{role}", "line": {"width": 2}},
             "customdata": [f"{name}: {percent_of(cell.rate)} of {cell.cases:,}" for cell in cells],
             "hovertemplate": "%{y}, %{customdata}<extra></extra>"}
            for name, role, symbol, cells in dots
        ),
    ], "layout": {
        "uirevision": "segments", "height": 90 + 26 * max(1, len(shown)), "hovermode": "closest", "dragmode": False,
        "showlegend": True, "legend": LEGEND, "margin": {"l": 170, "r": 16, "t": 26, "b": 30},
        "xaxis": {"ticksuffix": " %", "fixedrange": True, "showgrid": True, "hoverformat": "", "nticks": 6},
        "yaxis": {"type": "category", "fixedrange": True, "rangemode": "normal", "range": [-0.6, len(shown) - 0.4]},
    }}  # fmt: skip


def _shown(known: Sequence[int]) -> list[int]:
    """Unknown and zero where there are any, and every band from the first to the last that has something."""
    steps = [band for band in known if band >= 0]
    named = [band for band in (bands.UNKNOWN, bands.ZERO) if band in known]
    return [*named, *range(min(steps), max(steps) + 1)] if steps else named


def _apart(shown: Sequence[int]) -> list[dict[str, Any]]:
    """A line between what has no place on a logarithmic axis and the axis."""
    named = sum(band < 0 for band in shown)
    if not 0 < named < len(shown):
        return []
    return [{"type": "line", "x0": named - 0.5, "x1": named - 0.5, "yref": "paper", "y0": 0, "y1": 1,
             "line": {"color": "@line", "width": 1, "dash": "dot"}}]  # fmt: skip


def _points(value: float | None, known: float | None) -> str | None:
    return None if value is None else f"{value:,.1f} bp; {percent_of(known)} of the frauds known by now"
