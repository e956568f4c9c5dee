"""Two charts of the champion's card, on rows left out of training: calibration, and the trade-off by threshold."""

from collections.abc import Mapping, Sequence
from typing import Any

from console.figures.plain import drawing
from console.format import percent_of
from core.monitoring.model import Interval, Model

Rows = Sequence[Mapping[str, Any]]
HEIGHT = 260


@drawing
def calibration(rows: Rows) -> dict[str, Any]:
    """What share of each group of scores was fraud, with 95 % intervals, against the diagonal of a perfect one."""
    values = [row["observed"] for row in rows]
    points = {
        "type": "scatter", "mode": "lines+markers", "name": "Observed", "x": [row["mean_score"] for row in rows],
        "y": values, "line": {"color": "@accent", "width": 1.4}, "marker": {"size": 6, "color": "@accent"},
        "error_y": {
            "type": "data", "symmetric": False, "color": "@accent", "thickness": 1.2, "width": 2,
            "array": [round(row["high"] - row["observed"], 5) for row in rows],
            "arrayminus": [round(row["observed"] - row["low"], 5) for row in rows],
        },
        "customdata": [[row["n"], percent_of(row["observed"])] for row in rows],
        "hovertemplate": "scores about %{x:.2f}: %{customdata[1]} were fraud<br>%{customdata[0]:,} rows<extra></extra>",
    }  # fmt: skip
    perfect = {
        "type": "line",
        "x0": 0,
        "x1": 1,
        "y0": 0,
        "y1": 1,
        "line": {"color": "@muted", "width": 1, "dash": "dot"},
    }
    notes = [_note(0.5, 0.5, "perfect", "muted", "right", "bottom")]
    return {"data": [points], "layout": _layout("calibration", [perfect], notes, "score", ".1f")}


@drawing
def tradeoff(rows: Rows, threshold: float | None, measured: Model | None) -> dict[str, Any]:
    """Precision and recall by the score that counts as fraud, the threshold in force, and what is `measured` now."""
    at = [row["threshold"] for row in rows]
    traces, notes = [], []
    named_at = _farthest_apart(rows)
    for key, title, role, dash in (
        ("precision", "precision", "accent", "solid"),
        ("recall", "recall", "review", "dash"),
    ):
        values = [row[key] for row in rows]
        traces.append(
            {
                "type": "scatter", "mode": "lines", "name": f"{title.title()} on the card", "x": at, "y": values,
                "line": {"color": f"@{role}", "width": 1.8, "dash": dash},
                "text": [percent_of(value) for value in values],
                "hovertemplate": "%{text} " + title + " on the card<extra></extra>",
            }
        )  # fmt: skip
        if rows:
            notes.append(_note(at[named_at], values[named_at], title, role, "left", "bottom"))
    shapes = []
    if threshold is not None:
        line = {"color": "@text", "width": 1.2, "dash": "dash"}
        shapes.append(
            {"type": "line", "x0": threshold, "x1": threshold, "yref": "paper", "y0": 0, "y1": 1, "line": line}
        )
        notes.append(_note(threshold, 0.02, f"current {threshold:.2f}", "text", "left", "bottom"))
        traces += [
            _now(measured, key, role, threshold) for key, role in (("precision", "accent"), ("recall", "review"))
        ]
    return {"data": traces, "layout": _layout("tradeoff", shapes, notes, "counts as fraud from", ".2f")}


def _farthest_apart(rows: Rows) -> int:
    """The place in the left half at which the names of both lines do not cover one another."""
    left = range(1, max(2, len(rows) // 2))
    return max(
        (i for i in left if i < len(rows)),
        key=lambda i: abs((rows[i]["precision"] or 0) - (rows[i]["recall"] or 0)),
        default=0,
    )


def _now(measured: Model | None, key: str, role: str, threshold: float) -> dict[str, Any]:
    value: float | None = getattr(measured, key, None)
    known = [] if value is None else [value]
    bounds: Interval | None = None if measured is None else getattr(measured.intervals, key)
    low, high = bounds or (value or 0.0, value or 0.0)
    return {
        "type": "scatter", "mode": "markers", "name": f"{key.title()} measured now",
        "x": [threshold] * len(known), "y": known,
        "marker": {"size": 9, "symbol": "diamond", "color": f"@{role}", "line": {"width": 1, "color": "@panel"}},
        "error_y": {
            "type": "data", "symmetric": False, "color": f"@{role}", "thickness": 1.6, "width": 4,
            "array": [round(high - one, 5) for one in known], "arrayminus": [round(one - low, 5) for one in known],
        },
        "text": [percent_of(one) for one in known],
        "hovertemplate": "%{text} " + key + " measured in this window<extra></extra>",
    }  # fmt: skip


def _layout(
    name: str, shapes: list[dict[str, Any]], notes: list[dict[str, Any]], title: str, hover: str
) -> dict[str, Any]:
    return {
        "uirevision": name, "height": HEIGHT, "dragmode": False,
        "hovermode": "closest" if name == "calibration" else "x unified",
        "margin": {"l": 44, "r": 12, "t": 12, "b": 42},
        "xaxis": {"range": [0, 1.01], "dtick": 0.2, "tickformat": ".1f", "hoverformat": hover, "fixedrange": True,
                  "title": {"text": title, "font": {"size": 11, "color": "@muted"}, "standoff": 6}},
        "yaxis": {"range": [0, 1.05], "tickformat": ".0%", "nticks": 5, "fixedrange": True},
        "shapes": shapes, "annotations": notes,
    }  # fmt: skip


def _note(x: float, y: float, text: str, role: str, anchor: str, side: str) -> dict[str, Any]:
    return {
        "x": x, "y": y, "text": text, "showarrow": False, "xanchor": anchor, "yanchor": side,
        "xshift": 5 if anchor == "left" else -5, "font": {"size": 11, "color": f"@{role}"},
        "bgcolor": "@panel", "borderpad": 1,
    }  # fmt: skip
