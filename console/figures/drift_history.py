"""Drift over a period: the share of drifted features of each report, and each day's largest KL, with their lines."""

from collections.abc import Sequence
from typing import Any

from console.figures.bins import Bins
from console.figures.plain import drawing
from console.figures.template import line_label, threshold
from console.format import percent_of
from core.analytics.drift import Day, Limits, Report

NOON = 43_200
CLOSE = 0.12  # of the chart
VERDICTS = {"ok": ("circle", "good"), "watch": ("diamond", "review"), "retrain": ("x", "blocked")}


@drawing
def shares(found: Sequence[Report], watch: float, retrain: float, bins: Bins) -> dict[str, Any]:
    """A point for each report that judged anything, by its verdict; above the lines it says watch or retrain."""
    judged = [one for one in found if one.share is not None]
    looks = [VERDICTS.get(one.verdict, ("circle", "muted")) for one in judged]
    top = max([retrain * 1.4, *((one.share or 0.0) * 1.15 for one in judged)])
    return {
        "data": [{
            "type": "scatter", "mode": "lines+markers", "name": "Drifted features",
            "x": [one.at * 1000 for one in judged], "y": [one.share for one in judged],
            "customdata": [[f"report {one.id}: {one.drifted} of {one.judged} drifted, {percent_of(one.share)}"]
                           for one in judged],
            "hovertemplate": "%{customdata[0]}<extra></extra>", "line": {"color": "@muted", "width": 1.2},
            "marker": {"size": 9, "symbol": [look[0] for look in looks], "color": [f"@{look[1]}" for look in looks]},
        }],
        "layout": _layout("drift-shares", bins, top, ".0%", [
            (retrain, f"retrain > {100 * retrain:g} %", "blocked", "dash"),
            (watch, f"watch > {100 * watch:g} %", "review", "dot"),
        ]),
    }  # fmt: skip


@drawing
def divergences(found: Sequence[Day], limits: Limits, bins: Bins) -> dict[str, Any]:
    """A point for each day, gaps where there were too few predictions."""
    values = [one.kl for one in found]
    top = max([limits.threshold * 1.4, *(value * 1.15 for value in values if value is not None)])
    return {
        "data": [{
            "type": "scatter", "mode": "lines+markers", "name": "Largest KL", "connectgaps": False,
            "x": [min((one.at + NOON) * 1000, (one.at * 1000 + bins.end) / 2) for one in found], "y": values,
            "customdata": [[f"{one.day:%b %-d}: KL {one.kl or 0:.3f} on {one.feature}, {one.n:,} predictions of model "
                            f"{one.model_version}"] for one in found],
            "hovertemplate": "%{customdata[0]}<extra></extra>", "line": {"color": "@accent", "width": 1.6},
            "marker": {"size": 7, "color": [_role(value, limits) for value in values]},
        }],
        "layout": _layout("drift-days", bins, top, ".2f", [
            (limits.threshold, f"drifted > {limits.threshold:.2f}", "blocked", "dash"),
            (limits.watch, f"watch ≥ {limits.watch:.2f}", "review", "dot"),
        ]),
    }  # fmt: skip


def _layout(
    name: str, bins: Bins, top: float, ticks: str, lines: Sequence[tuple[float, str, str, str]]
) -> dict[str, Any]:  # fmt: skip
    marks = bins.marks
    is_close = abs(lines[0][0] - lines[1][0]) < CLOSE * top  # their words then stand beside one another
    labels = [
        line_label(place * is_close, y, words, role)
        for place, (y, words, role, _) in zip((0, 0.35), lines, strict=True)
    ]
    return {
        "uirevision": name, "height": 240, "margin": {"l": 48, "r": 12, "t": 26, "b": 26}, "xaxis": bins.axis,
        "yaxis": {"range": [-0.03 * top, top], "tickformat": ticks, "fixedrange": True, "nticks": 6},
        "shapes": [*marks.get("shapes", []), *(threshold(y, role, dash) for y, _, role, dash in lines)],
        "annotations": [*marks.get("annotations", []), *labels],
    }  # fmt: skip


def _role(value: float | None, limits: Limits) -> str:
    if value is None or value < limits.watch:
        return "@accent"
    return "@blocked" if value > limits.threshold else "@review"
