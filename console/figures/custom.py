"""A custom figure: its series as lines over time. Times of figures are epoch ms."""

from collections.abc import Sequence
from typing import Any

from console.figures.bins import MINUTE, Bins
from console.figures.lines import DASHES, ROLES
from console.figures.plain import drawing
from console.format import measure
from core.figures.overview import FigureSeries

FEW = 60  # values from which a line has no marks
LONGEST = 30  # characters in a legend


@drawing
def lines(series: Sequence[FigureSeries], unit: str, bins: Bins, height: int = 240) -> Any:
    """The mean of each bin; a line ends where values are missing for longer than usual."""
    return {"data": [
        {"type": "scatter", "name": one.name[:LONGEST] or "value", "connectgaps": False,
         "mode": "lines+markers" if len(one.bins) < FEW else "lines",
         "x": [_at(minute, bins.step) for minute, _ in points], "y": [value for _, value in points],
         "marker": {"size": 4, "color": f"@{ROLES[at % len(ROLES)]}"},
         "line": {"color": f"@{ROLES[at % len(ROLES)]}", "width": 1.7, "dash": DASHES[at // len(ROLES) % len(DASHES)]},
         "customdata": [measure(value, unit) for _, value in points], "hovertemplate": "%{customdata}"}
        for at, one in enumerate(series) if (points := _points(one, bins))
    ], "layout": {
        "uirevision": "custom", "height": height, "margin": {"l": 56, "r": 12, "t": 26, "b": 26},
        "showlegend": len(series) > 1,
        "legend": {"orientation": "h", "x": 0, "y": 1.0, "yanchor": "bottom", "font": {"size": 10, "color": "@muted"}},
        "xaxis": bins.axis,
        "yaxis": {"tickformat": "~s", "ticksuffix": f" {unit}" if unit else "", "fixedrange": True, "nticks": 5},
        **bins.marks,
    }}  # fmt: skip


def _points(series: FigureSeries, bins: Bins) -> list[tuple[int, float | None]]:
    """The first minute and the mean of each bin, with a gap where values are missing for longer than usual."""
    usual = min((b.minute - a.minute for a, b in zip(series.bins, series.bins[1:], strict=False)), default=bins.step)
    found: list[tuple[int, float | None]] = []
    for one in series.bins:
        if found and one.minute - found[-1][0] > 2 * max(usual, bins.step):
            found.append((found[-1][0] + bins.step, None))
        found.append((one.minute, one.mean))
    return found


def _at(minute: int, step: int) -> int:
    return minute * MINUTE + step * MINUTE // 2
