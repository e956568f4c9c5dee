"""F1: score against time. BLOCKED and REVIEW are exact points, APPROVED is a density: cost does not grow with it."""

from collections.abc import Sequence
from typing import Any

from console.figures import marks
from console.figures.plain import Markup, drawing
from console.figures.template import band, line_label, threshold, time_format, time_ticks
from core.monitoring.alerts import AlertSpan
from core.monitoring.changes import Change
from core.monitoring.fraud_scatter import FraudScatter, PolicyInForce, ScoreDensity, ScorePoints

MANY = 1500
TOP = 1.1  # leaves room for the label of the BLOCKED zone above the highest score
_MARKS = {"REVIEW": ("review", "diamond", 6), "BLOCKED": ("blocked", "x", 7)}


METRICS = ("fraud_rate", "approval_rate", "review_rate", "predictions_per_hour")
BAR = 1.085  # where spans of alerts run, above every score


@drawing
def draw(found: FraudScatter, spans: Sequence[AlertSpan], changed: Sequence[Change]) -> dict[str, Any]:
    """The figure of `found`: APPROVED as a heat map, then the marks, zones and thresholds.

    `spans` of alerts and what `changed` are marked.
    """
    fired = marks.within(spans, METRICS, found.start, found.end)
    changes = marks.changes(changed, found.start, found.end)
    zones = _zones(found.policy)
    exact = {name: getattr(found.points, name) for name in _MARKS}
    total = sum(len(points.t) for points in exact.values())
    traces = [_density(found.density), *(_marks(name, points, total) for name, points in exact.items())]
    traces.append(marks.bars(fired, BAR))
    return {
        "data": traces,
        "layout": {
            "uirevision": "scatter",
            "hovermode": "closest",
            "margin": {"l": 34, "r": 10, "t": 8, "b": 24},
            "xaxis": {
                "type": "date",
                "range": [found.start, found.end],
                "tickformat": time_format(found.end - found.start),
                "tickvals": time_ticks(found.start, found.end),
            },
            "yaxis": {
                "range": [0, TOP],
                "tickvals": _ticks(found.policy),
                "tickformat": ".2~f",
                "rangemode": "normal",
                "fixedrange": True,
                "showgrid": False,
            },
            "shapes": [*zones["shapes"], *marks.grounds(fired), *changes["shapes"]],
            "annotations": [*zones["annotations"], *changes["annotations"]],
        },
    }


def _zones(policy: PolicyInForce | None) -> dict[str, Any]:
    """Zones, threshold lines and their labels of the policy in force; nothing without one."""
    if policy is None:
        return {"shapes": [], "annotations": []}
    review, block, fraud = policy.review_from, policy.block_from, policy.fraud_threshold
    return {
        "shapes": [
            band(block, TOP, "blocked", 0.07),
            band(review, block, "review", 0.06),
            threshold(block, "blocked"),
            threshold(review, "review"),
            threshold(fraud, "muted", "dot"),
        ],
        "annotations": [
            line_label(0, TOP, f"BLOCKED ≥ {block:.2f}", "blocked", above=False),
            line_label(0, block, f"REVIEW {review:.2f}–{block:.2f}", "review", above=False),
            line_label(0, review, Markup(f"APPROVED < {review:.2f}"), "ok", above=False),
            line_label(1, fraud, f"fraud threshold {fraud:.2f}", "muted", anchor="right"),
        ],
    }


def _ticks(policy: PolicyInForce | None) -> list[float]:
    if policy is None:
        return [0.0, 0.2, 0.4, 0.6, 0.8, 1.0]
    near = abs(policy.review_from - 0.2) < 0.06
    return sorted({0.0, policy.review_from, policy.block_from, 1.0} | (set() if near else {0.2}))


def _density(density: ScoreDensity) -> dict[str, Any]:
    ny = density.ny
    return {
        "type": "heatmap",
        "name": "Approved",
        "x0": density.t0,
        "dx": density.dt,
        "xtype": "scaled",
        "y0": 0.5 / ny,
        "dy": 1 / ny,
        "z": [[n or None for n in row] for row in density.z],
        "colorscale": [[0, "@ok/0.16"], [0.25, "@ok/0.34"], [1, "@ok/0.95"]],
        "showscale": False,
        "zmin": 0,
        "hovertemplate": "%{z} approved<br>score about %{y:.2f}<br>%{x|%H:%M:%S} UTC<extra></extra>",
        "hoverongaps": False,
    }


def _marks(name: str, points: ScorePoints, total: int) -> dict[str, Any]:
    role, symbol, size = _MARKS[name]
    return {
        "type": "scattergl",
        "mode": "markers",
        "name": name.title(),
        "x": points.t,
        "y": points.score,
        "ids": points.id,
        "meta": "txn",
        "marker": {
            "symbol": symbol,
            "size": size if total <= MANY else 4,
            "color": f"@{role}",
            "line": {"width": 0},
            "opacity": 0.95 if total <= MANY else 0.75,
        },
        "hovertemplate": "%{id}<br>score %{y:.3f}<br>%{x|%Y-%m-%d %H:%M:%S} UTC<extra>" + name.title() + "</extra>",
    }
