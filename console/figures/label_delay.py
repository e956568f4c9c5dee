"""Label delay: the share of predictions, and of frauds, that have one by age, and when a window is mature."""

from typing import Any

from console.figures.plain import Markup, drawing
from console.format import percent_of
from core.monitoring.label_delay import LabelDelay

LEAST_DAYS = 3.0


@drawing
def draw(found: LabelDelay) -> dict[str, Any]:
    """The figure of `found`; ages in days."""
    mature, horizon = found.mature_after, found.horizon_days
    end = min(horizon, max(LEAST_DAYS, 1.6 * mature)) if mature else horizon
    shapes, notes = [], []
    if mature:
        line = {"color": "@text", "width": 1.2, "dash": "dash"}
        shapes.append({"type": "line", "x0": mature, "x1": mature, "yref": "paper", "y0": 0, "y1": 1, "line": line})
        text = Markup(f"mature after {days(mature)}:<br>{100 * found.known:.0f} % of the frauds known")
        notes.append(_note(mature, 0.04, text, "text", "left" if mature < 0.6 * end else "right", "bottom"))
    traces = []
    for curve, words, role in ((found.predictions, "all predictions", "ok"), (found.frauds, "frauds", "blocked")):
        if role == "blocked" and not found.enough:
            continue
        last = sum(age <= end + 1e-9 for age in curve.ages)
        ages, share = [0.0, *curve.ages[:last]], [0.0, *curve.share[:last]]
        low, high = [0.0, *curve.low[:last]], [0.0, *curve.high[:last]]
        traces += _curve(words, ages, share, low, high, role)
        if last:
            at = min(range(len(ages)), key=lambda i: abs(ages[i] - 0.3 * end))
            side = "bottom" if role == "blocked" else "top"
            notes.append(_note(ages[at], share[at], words, role, "center", side))
    return {
        "data": traces,
        "layout": {
            "uirevision": "label-delay",
            "height": 260,
            "hovermode": "x unified",
            "dragmode": False,
            "margin": {"l": 44, "r": 12, "t": 12, "b": 30},
            "xaxis": {
                "range": [0, end or 1],
                "ticksuffix": " d",
                "hoverformat": ".2f",
                "nticks": 7,
                "fixedrange": True,
            },
            "yaxis": {"range": [0, 1.06], "tickformat": ".0%", "nticks": 5, "fixedrange": True},
            "shapes": shapes,
            "annotations": notes,
        },
    }


def days(value: float) -> str:
    """A number of days as people say it."""
    if value < 1:
        return f"{24 * value:.0f} hours"
    return f"{value:g} day" + ("" if value == 1 else "s")


def _curve(
    words: str, ages: list[float], share: list[float], low: list[float], high: list[float], role: str
) -> list[dict[str, Any]]:
    band = {
        "type": "scatter", "mode": "lines", "name": f"{words}, 95 %", "x": [*ages, *reversed(ages)],
        "y": [*high, *reversed(low)], "fill": "toself", "fillcolor": f"@{role}/0.16", "line": {"width": 0},
        "hoverinfo": "skip",
    }  # fmt: skip
    line = {
        "type": "scatter", "mode": "lines", "name": words[:1].upper() + words[1:], "x": ages, "y": share,
        "line": {"color": f"@{role}", "width": 2, "dash": "solid" if role == "blocked" else "dash"},
        "text": [percent_of(one) for one in share], "hovertemplate": "%{text} of " + words + "<extra></extra>",
    }  # fmt: skip
    return [band, line]


def _note(x: float, y: float, text: str, role: str, anchor: str, side: str) -> dict[str, Any]:
    shift = {"left": 5, "right": -5, "center": 0}[anchor]
    return {
        "x": x, "y": y, "text": text, "showarrow": False, "xanchor": anchor, "yanchor": side, "align": "left",
        "xshift": shift, "yshift": 3 if side == "bottom" else -3, "font": {"size": 11, "color": f"@{role}"},
        "bgcolor": "@panel", "borderpad": 1,
    }  # fmt: skip
