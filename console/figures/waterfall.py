"""How a score came about: from the model's usual log-odds, feature by feature, to the score's (SHAP, exact sums)."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

from console.figures.plain import drawing

SHOWN = 9
ROOM = 0.4  # beside the bars for their numbers, as a share of what the bars span: 33 pixels on a phone
_SMALLEST = 1e-6


@drawing
def draw(features: Sequence[Mapping[str, Any]], score: float) -> dict[str, Any]:
    """The figure of `features` (`name`, `value`, `contribution` in log-odds) that end at `score` 0..1.

    The start is what is left of the score's log-odds without the contributions. Beyond the largest SHOWN the others are
    one bar. The bars read from top to bottom.
    """
    known = [feature for feature in features if feature.get("contribution") is not None]
    ranked = sorted(known, key=lambda feature: -abs(feature["contribution"]))
    shown = [(_label(feature), float(feature["contribution"])) for feature in ranked[:SHOWN]]
    if others := ranked[SHOWN:]:
        shown.append((f"{len(others)} other features", float(sum(feature["contribution"] for feature in others))))
    end = log_odds(score)
    start = end - sum(step for _, step in shown)
    names, places, lengths = ["usual"], [0.0], [start]
    at = start
    for name, step in shown:
        names.append(name)
        places.append(at)
        lengths.append(step)
        at += step
    names.append("score")
    places.append(0.0)
    lengths.append(end)
    roles = ["muted", *("blocked" if step > 0 else "ok" for _, step in shown), "accent"]
    reach = [
        0.0,
        *(place for place in places),
        *(place + length for place, length in zip(places, lengths, strict=True)),
    ]
    margin = (max(reach) - min(reach)) * ROOM or 1.0
    return {
        "data": [
            {
                "type": "bar",
                "orientation": "h",
                "y": names,
                "x": [round(length, 4) for length in lengths],
                "base": [round(place, 4) for place in places],
                "text": _texts(start, shown, score),
                "textposition": "outside",
                "cliponaxis": False,
                "textfont": {"size": 11, "color": "@text"},
                "marker": {
                    "color": [f"@{role}" for role in roles],
                    "line": {"width": 0},
                    "pattern": {"shape": ["/" if role == "ok" else "" for role in roles], "size": 5, "solidity": 0.35},
                },
                "customdata": [probability(place + length) for place, length in zip(places, lengths, strict=True)],
                "hovertemplate": "%{y}<br>%{x:+.3f} log-odds<br>score up to here %{customdata:.3f}<extra></extra>",
            }
        ],
        "layout": {
            "hovermode": "closest",
            "bargap": 0.3,
            "dragmode": False,
            "height": 26 * len(names) + 44,
            "margin": {"l": 170, "r": 10, "t": 4, "b": 34},
            "xaxis": {
                "range": [min(reach) - margin, max(reach) + margin],
                "showgrid": True,
                "zeroline": True,
                "zerolinecolor": "@muted",
                "fixedrange": True,
                "title": {"text": "log-odds of fraud: ← less · more →", "font": {"size": 10, "color": "@muted"}},
            },
            "yaxis": {
                "type": "category", "autorange": "reversed", "fixedrange": True, "rangemode": "normal",
                "tickfont": {"size": 11},
            },
        },
    }  # fmt: skip


def log_odds(score: float) -> float:
    """Natural logarithm of the odds; scores of exactly 0 and 1 are held just inside."""
    inside = min(max(score, _SMALLEST), 1 - _SMALLEST)
    return math.log(inside / (1 - inside))


def probability(odds: float) -> float:
    """The score of log-odds."""
    return 1 / (1 + math.exp(-odds))


def _texts(start: float, shown: Sequence[tuple[str, float]], score: float) -> list[str]:
    return [f"{probability(start):.3f}", *(f"{step:+.2f}" for _, step in shown), f"{score:.3f}"]


def _label(feature: Mapping[str, Any]) -> str:
    value = feature.get("value")
    text = "missing" if value is None else f"{value:.4g}"
    name = str(feature["name"])
    return f"{name if len(name) <= 20 else name[:19] + '…'} = {text}"
