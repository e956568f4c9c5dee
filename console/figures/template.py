"""The one Plotly template. Colours are role names (`@blocked`, `@ok/0.3`); the browser puts the mode's tokens in."""

import math
from typing import Any

_SECONDS = (1, 2, 5, 10, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 21600, 43200)
_STEPS = [1000 * step for step in (*_SECONDS, *(86400 * days for days in (1, 2, 7, 14)))]
_HOURS_TO, _DAYS_FROM = 90_000_000, 4 * 86_400_000  # spans between which labels have day and hour
FONT = "Inter, system-ui, sans-serif"


def template() -> dict[str, Any]:
    """Layout defaults of every chart: transparent paper, hairline grid, unified hover, no legend."""
    axis = {
        "gridcolor": "@line",
        "gridwidth": 1,
        "zeroline": False,
        "linecolor": "@line",
        "ticks": "",
        "automargin": False,
        "tickangle": 0,  # an automatic angle, and hiding what overflows, measure every label at every tick
        "ticklabeloverflow": "allow",
        "tickfont": {"color": "@muted", "size": 11},
        "fixedrange": False,
    }
    return {
        "layout": {
            "font": {"family": FONT, "size": 12, "color": "@text"},
            "paper_bgcolor": "rgba(0,0,0,0)",
            "plot_bgcolor": "rgba(0,0,0,0)",
            "margin": {"l": 40, "r": 12, "t": 10, "b": 26},
            "showlegend": False,
            "hovermode": "x unified",
            "hoverlabel": {
                "bgcolor": "@panel",
                "bordercolor": "@line",
                "font": {"family": FONT, "size": 12, "color": "@text"},
            },
            "dragmode": "zoom",
            "xaxis": {**axis, "showgrid": False, "hoverformat": "%Y-%m-%d %H:%M:%S UTC"},
            "yaxis": {**axis, "rangemode": "tozero"},
            "modebar": {"bgcolor": "rgba(0,0,0,0)", "color": "@muted", "activecolor": "@accent", "orientation": "v"},
            "transition": {"duration": 0},
        }
    }


def time_format(milliseconds: float) -> str:
    """Tick labels of a time axis over this span: the day shows only where the hour alone is ambiguous."""
    if milliseconds >= _DAYS_FROM:
        return "%b %-d"
    return "%H:%M:%S" if milliseconds <= 300_000 else "%H:%M" if milliseconds <= _HOURS_TO else "%b %-d %H:%M"


def time_ticks(start: float, end: float) -> list[float]:
    """At most seven round moments (epoch ms) between two, four where labels have day and hour, so that they fit a
    telephone; none so near an edge that its label would be cut.
    """
    most = 4.5 if _HOURS_TO < end - start < _DAYS_FROM else 7.5
    step = next((step for step in _STEPS if (end - start) / step <= most), _STEPS[-1])
    edge = 0.035 * (end - start)
    first = math.ceil((start + edge) / step)
    return [moment * step for moment in range(first, math.floor((end - edge) / step) + 1)]


def time_axis(start: float, end: float) -> dict[str, Any]:
    """An x axis from one moment to another (epoch ms)."""
    ticks = {"tickformat": time_format(end - start), "tickvals": time_ticks(start, end)}
    return {"type": "date", "range": [start, end], **ticks}


def line_label(x: Any, y: float, text: str, role: str, above: bool = True, anchor: str = "left") -> dict[str, Any]:
    """An annotation inside the plot, on a panel-coloured ground; `x` is a share of the plot's width."""
    return {
        "xref": "paper",
        "x": x,
        "y": y,
        "text": text,
        "showarrow": False,
        "xanchor": anchor,
        "yanchor": "bottom" if above else "top",
        "font": {"size": 11, "color": f"@{role}"},
        "bgcolor": "@panel",
        "borderpad": 2,
        "xshift": 4 if anchor == "left" else -4,
        "yshift": 2 if above else -2,
    }


def threshold(y: float, role: str, dash: str = "dash") -> dict[str, Any]:
    """A horizontal line over the whole plot at `y`."""
    return {
        "type": "line",
        "xref": "paper",
        "x0": 0,
        "x1": 1,
        "y0": y,
        "y1": y,
        "layer": "above",
        "line": {"color": f"@{role}", "width": 1.2, "dash": dash},
    }


def band(y0: float, y1: float, role: str, alpha: float) -> dict[str, Any]:
    """A faintly coloured zone between two values."""
    return {
        "type": "rect",
        "xref": "paper",
        "x0": 0,
        "x1": 1,
        "y0": y0,
        "y1": y1,
        "layer": "below",
        "line": {"width": 0},
        "fillcolor": f"@{role}/{alpha}",
    }
