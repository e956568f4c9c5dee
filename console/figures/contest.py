"""Challenger less champion in average precision, its interval beside zero: better, worse, or no different. Pure."""

from collections.abc import Mapping
from typing import Any

from console.figures.plain import drawing

HEIGHT = 110
ROLES = {"better": "good", "worse": "blocked"}


@drawing
def draw(comparison: Mapping[str, Any]) -> dict[str, Any]:
    """The figure of a run's comparison (`difference`, `low`, `high`, `verdict`, `confidence`)."""
    at, low, high = (float(comparison[name]) for name in ("difference", "low", "high"))
    role = ROLES.get(str(comparison.get("verdict")), "review")
    reach = 1.25 * max(abs(low), abs(high), 1e-4)
    share = 100 * float(comparison.get("confidence", 0.95))
    return {
        "data": [
            {
                "type": "scatter",
                "mode": "markers",
                "x": [at],
                "y": [0],
                "marker": {"color": f"@{role}", "size": 11, "symbol": "diamond"},
                "error_x": {
                    "type": "data",
                    "symmetric": False,
                    "array": [high - at],
                    "arrayminus": [at - low],
                    "color": f"@{role}",
                    "thickness": 2.5,
                    "width": 8,
                },
                "hovertemplate": f"%{{x:+.4f}}, {share:g} % between {low:+.4f} and {high:+.4f}<extra></extra>",
            }
        ],
        "layout": {
            "height": HEIGHT,
            "hovermode": "closest",
            "margin": {"l": 16, "r": 16, "t": 8, "b": 42},
            "xaxis": {
                "range": [-reach, reach],
                "tickformat": "+.2~f" if reach > 0.05 else "+.3~f",
                "showgrid": True,
                "title": {"text": "difference in average precision", "font": {"size": 11, "color": "@muted"}},
            },
            "yaxis": {"visible": False, "range": [-1, 1], "fixedrange": True},
            "shapes": [
                {
                    "type": "line", "x0": 0, "x1": 0, "yref": "paper", "y0": 0, "y1": 1,
                    "line": {"color": "@muted", "width": 1.2, "dash": "dash"},
                }
            ],
            "annotations": [
                _side(0.02, "left", "champion better"),
                _side(0.98, "right", "challenger better"),
            ],
        },
    }  # fmt: skip


def _side(x: float, anchor: str, text: str) -> dict[str, Any]:
    return {
        "xref": "paper",
        "yref": "paper",
        "x": x,
        "y": 1,
        "text": text,
        "showarrow": False,
        "xanchor": anchor,
        "yanchor": "top",
        "font": {"size": 11, "color": "@muted"},
    }
