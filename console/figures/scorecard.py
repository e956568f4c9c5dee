"""The charts of the page Scorecard: groups of scores, Gini by week, calibration, capture, and vintages."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from console.analytics.scorecard.capture import Capture
from console.analytics.scorecard.maturity import Weeks
from console.analytics.scorecard.ranking import Gini
from console.analytics.scorecard.reliability import Reliability
from console.analytics.scorecard.stability import Shares
from console.figures.plain import drawing
from console.format import percent_of

HEIGHT = 260
LEGEND = {
    "orientation": "h", "x": 0, "y": 1.0, "yanchor": "bottom", "traceorder": "normal",
    "font": {"size": 10, "color": "@muted"},
}  # fmt: skip


@drawing
def groups(shares: Shares) -> Any:
    """Shares of the reference and of now, by group of scores."""
    names = [f"{low:.3g}+" for low in shares.starts]
    ranges = group_names(shares.starts)
    pairs = (("Reference", shares.reference, "muted/0.7"), ("This period", shares.now, "accent"))
    return {
        "data": [
            {"type": "bar", "name": name, "x": names, "y": values, "marker": {"color": f"@{role}"},
             "customdata": [f"{percent_of(one)} of scores {group}" for one, group in zip(values, ranges, strict=True)],
             "hovertemplate": "%{customdata}"}
            for name, values, role in pairs
        ],
        "layout": _layout("score-groups", {"type": "category"}, {"tickformat": ".0%", "rangemode": "tozero"})
        | {"barmode": "group", "hovermode": "closest"},
    }  # fmt: skip


@drawing
def weekly(found: Mapping[date, Gini | None]) -> Any:
    """The Gini coefficient of each mature week with its interval; a week with too few labels has none."""
    known = [(f"{at:%-d %b}", one) for at, one in found.items() if one is not None]
    trace = {
        "type": "scatter", "mode": "lines+markers", "name": "Gini", "x": [name for name, _ in known],
        "y": [one.value for _, one in known], "line": {"color": "@accent", "width": 1.4},
        "marker": {"size": 6, "color": "@accent"},
        "error_y": _bars([(one.value, one.low, one.high) for _, one in known], "accent"),
        "customdata": [[f"{one.value:.3f}", f"{one.low:.3f} to {one.high:.3f}", f"{one.frauds:,}"] for _, one in known],
        "hovertemplate": "%{customdata[0]}, 95 % interval %{customdata[1]}<br>%{customdata[2]} frauds<extra></extra>",
    }  # fmt: skip
    least = min((one.low for _, one in known), default=0.0)
    axis = {"range": [min(0.0, least) if least < 0.5 else 0.4, 1.02], "tickformat": ".1f"}
    return {"data": [trace], "layout": _layout("gini-weeks", {"type": "category"}, axis)}


@drawing
def calibration(found: Reliability) -> Any:
    """The observed share of fraud of each score group with its interval, against what was predicted."""
    most = max((max(one.high, one.predicted) for one in found.groups), default=1.0) * 1.05
    points = {
        "type": "scatter", "mode": "lines+markers", "name": "Observed", "x": [one.predicted for one in found.groups],
        "y": [one.observed for one in found.groups], "line": {"color": "@accent", "width": 1.4},
        "marker": {"size": 6, "color": "@accent"},
        "error_y": _bars([(one.observed, one.low, one.high) for one in found.groups], "accent"),
        "customdata": [[percent_of(one.predicted), percent_of(one.observed), f"{one.n:,}"] for one in found.groups],
        "hovertemplate": "predicted %{customdata[0]}, observed %{customdata[1]}<br>"
        "%{customdata[2]} labelled<extra></extra>",
    }  # fmt: skip
    line = {"color": "@muted", "width": 1, "dash": "dot"}
    perfect = {"type": "line", "x0": 0, "x1": min(most, 1), "y0": 0, "y1": min(most, 1), "line": line}
    axis = {"range": [0, min(most, 1.02)], "tickformat": ".0%"}
    title = {"title": {"text": "predicted", "font": {"size": 11, "color": "@muted"}, "standoff": 6}}
    layout = _layout("calibration-groups", axis | title, axis) | {"shapes": [perfect], "hovermode": "closest"}
    layout["margin"] = {**layout["margin"], "b": 42}
    return {"data": [points], "layout": layout}


@drawing
def captured(curve: Sequence[Capture]) -> Any:
    """The share of the known fraud in the top k a day, by number and by amount, with bands of 95 %."""
    at = [one.k for one in curve]
    traces = []
    for name, role, values in (
        ("By number", "accent", [(one.share, one.low, one.high) for one in curve]),
        ("By amount", "review", [(one.by_amount, one.amount_low, one.amount_high) for one in curve]),
    ):
        if any(value is None or low is None or high is None for value, low, high in values):
            continue
        band = [high for *_, high in values] + [low for _, low, _ in values][::-1]
        traces.append(
            {"type": "scatter", "mode": "lines", "name": f"{name}, 95 %", "x": [*at, *at[::-1]], "y": band,
             "fill": "toself", "fillcolor": f"@{role}/0.16", "line": {"width": 0}, "hoverinfo": "skip",
             "showlegend": False}
        )  # fmt: skip
        traces.append(
            {"type": "scatter", "mode": "lines+markers", "name": name, "x": at, "y": [value for value, *_ in values],
             "line": {"color": f"@{role}", "width": 1.6, "dash": "solid" if role == "accent" else "dash"},
             "marker": {"size": 5, "color": f"@{role}"}, "text": [percent_of(value) for value, *_ in values],
             "hovertemplate": "%{text} of the fraud " + name.lower() + "<extra></extra>"}
        )  # fmt: skip
    axis = {"type": "log", "tickvals": at, "ticktext": [f"{one:,}" for one in at],
            "title": {"text": "reviews a day", "font": {"size": 11, "color": "@muted"}, "standoff": 6}}  # fmt: skip
    layout = _layout("capture-curve", axis, {"range": [0, 1.04], "tickformat": ".0%"})
    layout["margin"] = {**layout["margin"], "b": 42}
    return {"data": traces, "layout": layout}


@drawing
def vintages(weeks: Weeks) -> Any:
    """Known frauds of each week, and on top what is still to come, with Mack's interval."""
    assert weeks.ladder
    names = [f"{at:%-d %b}" for at in weeks.mondays]
    found = weeks.ladder.vintages
    coming = [0.0 if one.completed is None else max(0.0, one.completed - one.known) for one in found]
    spread = [
        (one.known + more, one.low if one.low is not None else one.known + more,
         one.high if one.high is not None else one.known + more)
        for one, more in zip(found, coming, strict=True)
    ]  # fmt: skip
    words = [_completed(one.known, one.completed, one.low, one.high) for one in found]
    return {
        "data": [
            {"type": "bar", "name": "Known", "x": names, "y": [one.known for one in found],
             "marker": {"color": "@blocked"}, "hovertemplate": "%{y} known"},
            {"type": "bar", "name": "Still to come", "x": names, "y": coming,
             "marker": {"color": "@blocked/0.35"}, "error_y": _bars(spread, "text"), "customdata": words,
             "hovertemplate": "%{customdata}"},
        ],
        "layout": _layout("vintages", {"type": "category"}, {"rangemode": "tozero", "nticks": 5})
        | {"barmode": "stack"},
    }  # fmt: skip


def group_names(starts: Sequence[float]) -> list[str]:
    """What groups of scores are called: `0 to 0.02`."""
    return [f"{low:.4g} to {high:.4g}" for low, high in zip(starts, [*starts[1:], 1.0], strict=True)]


def _completed(known: int, completed: float | None, low: float | None, high: float | None) -> str:
    if completed is None or low is None or high is None:
        return "not completed: too few known"
    return f"{completed:.0f} in the end, 95 % interval {low:.0f} to {high:.0f}" if high > known else "complete"


def _bars(found: Sequence[tuple[float, float, float]], role: str) -> dict[str, Any]:
    return {
        "type": "data", "symmetric": False, "color": f"@{role}", "thickness": 1.2, "width": 2,
        "array": [round(high - value, 5) for value, _, high in found],
        "arrayminus": [round(value - low, 5) for value, low, _ in found],
    }  # fmt: skip


def _layout(name: str, x: dict[str, Any], y: dict[str, Any]) -> dict[str, Any]:
    return {
        "uirevision": name, "height": HEIGHT, "dragmode": False, "showlegend": True, "legend": LEGEND,
        "margin": {"l": 48, "r": 12, "t": 40, "b": 28}, "xaxis": {"fixedrange": True, **x},
        "yaxis": {"fixedrange": True, **y},
    }  # fmt: skip
