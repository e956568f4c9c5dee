"""The transaction drawer: what each feature added to the score, largest first, as horizontal bars (SHAP, log-odds)."""

from collections.abc import Mapping, Sequence
from typing import Any

from console.figures.plain import drawing

SHOWN = 12


@drawing
def draw(features: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The figure of `features` (`name`, `value`, `contribution` in log-odds); features without one are left out."""
    known = [feature for feature in features if feature.get("contribution") is not None]
    ranked = sorted(known, key=lambda feature: abs(feature["contribution"]), reverse=True)[:SHOWN][::-1]
    values = [round(feature["contribution"], 4) for feature in ranked]
    reach = max((abs(value) for value in values), default=1.0) * 1.1 or 1.0
    return {
        "data": [
            {
                "type": "bar",
                "orientation": "h",
                "name": "Contribution",
                "x": values,
                "y": [feature["name"] for feature in ranked],
                "marker": {
                    "color": ["@blocked" if value > 0 else "@ok" for value in values],
                    "line": {"width": 0},
                    "pattern": {"shape": ["" if value > 0 else "/" for value in values], "size": 5, "solidity": 0.35},
                },
                "hovertemplate": "%{y}: %{x:+.3f} log-odds<extra></extra>",
            }
        ],
        "layout": {
            "uirevision": "contributions",
            "hovermode": "closest",
            "bargap": 0.35,
            "dragmode": False,
            "height": max(120, 24 * len(ranked) + 48),
            "margin": {"l": 156, "r": 14, "t": 6, "b": 34},
            "xaxis": {
                "range": [-reach, reach],
                "showgrid": True,
                "zeroline": True,
                "zerolinecolor": "@muted",
                "hoverformat": "+.3f",
                "fixedrange": True,
                "title": {"text": "← lowers the score · raises it →", "font": {"size": 11, "color": "@muted"}},
            },
            "yaxis": {"type": "category", "fixedrange": True, "rangemode": "normal", "tickfont": {"size": 11}},
        },
    }
