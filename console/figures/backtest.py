"""A backtest's chart: the series judged, the limit of each variant, and when each would have fired, in lanes below."""

from collections.abc import Mapping, Sequence
from typing import Any

from console.figures.plain import drawing, inline
from console.figures.template import line_label, threshold, time_axis

ROLES = ("blocked", "review", "ok", "accent")
LANE = 0.07  # of the plot's height, for each variant


@drawing
def draw(result: Mapping[str, Any]) -> dict[str, Any]:
    """The figure of a result (alerts/backtest/spec.py); times there are epoch seconds, here epoch ms."""
    variants, chart = result["variants"], result["chart"]
    start, end = result["from"] * 1000, result["to"] * 1000
    known = [value for _, value in chart["points"] if value is not None]
    known += [limit for variant in variants for limit in _limits(variant)]
    low, high = min([0.0, *known]), max([*known, 0.0]) or 1.0
    room = (high - low) * LANE * (len(variants) + 1)
    marks = [_fired(variant, end) for variant in variants]
    return {
        "data": [
            *_band(chart),
            _line(chart),
            *(_lane(fired, index, low, room, len(marks)) for index, fired in enumerate(marks)),
        ],
        "layout": {
            "uirevision": "backtest",
            "hovermode": "closest",
            "margin": {"l": 52, "r": 12, "t": 10, "b": 26},
            "xaxis": time_axis(start, end),
            "yaxis": {"range": [low - room, high + 0.08 * (high - low)], "rangemode": "normal", "nticks": 6},
            "shapes": [
                *(
                    threshold(limit, ROLES[index % 4], "dash" if index == 0 else "dot")
                    for index, variant in enumerate(variants)
                    for limit in _limits(variant)
                ),
            ],
            "annotations": [
                line_label(index, limit, f"{variant['name']} {limit:g}", ROLES[index], anchor=("left", "right")[index])
                for index, variant in enumerate(variants[:2])
                for limit in _limits(variant)
            ],
        },
    }


def _limits(variant: Mapping[str, Any]) -> list[float]:
    return [variant[name] for name in ("above", "below") if variant.get(name) is not None]


def _line(chart: Mapping[str, Any]) -> dict[str, Any]:
    unit = f" {inline(chart['unit'])}" if chart["unit"] else ""
    return {
        "type": "scatter",
        "mode": "lines",
        "name": chart["series"] or "Value",
        "x": [round(at * 1000) for at, _ in chart["points"]],
        "y": [value for _, value in chart["points"]],
        "connectgaps": False,
        "line": {"color": "@accent", "width": 1.5},
        "hovertemplate": "%{y:.4~g}" + unit + "<br>%{x|%Y-%m-%d %H:%M:%S} UTC<extra></extra>",
    }


def _band(chart: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The usual range, where the rule has one."""
    if not chart["band"]:
        return []
    at = [round(one[0] * 1000) for one in chart["band"]]
    edge = {"type": "scatter", "mode": "lines", "x": at, "line": {"width": 0}, "hoverinfo": "skip"}
    return [
        {**edge, "name": "Usual, low", "y": [one[1] for one in chart["band"]]},
        {
            **edge,
            "name": "Usual, high",
            "y": [one[2] for one in chart["band"]],
            "fill": "tonexty",
            "fillcolor": "@muted/0.18",
        },
    ]


def _fired(variant: Mapping[str, Any], end: float) -> Sequence[tuple[float, float, str]]:
    return [
        (one["start"] * 1000, one["end"] * 1000 if one["end"] is not None else end, one["series"])
        for one in variant["firings"]
    ]


def _lane(fired: Sequence[tuple[float, float, str]], index: int, low: float, room: float, n: int) -> dict[str, Any]:
    """The firings of one variant as thick lines in its lane under the series."""
    y = low - room * (index + 0.75) / (n + 0.25)
    at: list[float | None] = [x for first, last, _ in fired for x in (round(first), round(last), None)]
    return {
        "type": "scatter",
        "mode": "lines+markers",
        "name": f"Fired, variant {index + 1}",
        "x": at,
        "y": [None if x is None else y for x in at],
        "line": {"color": f"@{ROLES[index % 4]}", "width": 7},
        "marker": {"size": 7, "symbol": "square", "color": f"@{ROLES[index % 4]}"},
        "hovertemplate": "%{x|%Y-%m-%d %H:%M:%S} UTC<extra>fired</extra>",
    }
