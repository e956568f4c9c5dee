"""Several lines over the bins of a range, each with its name; the unit is in the words of its values."""

import math
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from console.figures.bins import Bins
from console.figures.plain import drawing

ROLES = ("ok", "review", "good", "blocked", "accent", "muted")
DASHES = ("solid", "dot", "dash")  # from the seventh line on, since colours repeat


class Series(NamedTuple):
    """A line: its name, a value for each bin, and its colour's role; the next of `ROLES` unless it has one."""

    name: str
    values: Sequence[float | None]
    role: str = ""


@drawing
def lines(
    series: Sequence[Series],
    bins: Bins,
    words: Callable[[float], str],
    name: str,
    most: float | None = None,
    unit: float = 1.0,
    height: int = 240,
) -> Any:
    """`words` is what a value reads on hover and on the axis, which ends at `most`, if it is given; ticks are round in
    `unit`.
    """
    times = bins.times
    is_short = (bins.after - bins.first) // bins.step < 40
    highest = max((one for line in series for one in line.values if one is not None), default=0.0)
    ticks = round_ticks(most or highest, unit)
    return {"data": [
        {"type": "scatter", "mode": "lines+markers" if is_short else "lines", "name": line.name, "x": times,
         "y": list(line.values), "connectgaps": False, "marker": {"size": 4, "color": _colour(line, at)},
         "line": {"color": _colour(line, at), "width": 1.6, "dash": DASHES[at // len(ROLES) % len(DASHES)]},
         "customdata": [None if one is None else words(one) for one in line.values], "hovertemplate": "%{customdata}"}
        for at, line in enumerate(series)
    ], "layout": {
        "uirevision": name, "height": height, "margin": {"l": 60, "r": 12, "t": 26, "b": 26},
        "showlegend": len(series) > 1,
        "legend": {"orientation": "h", "x": 0, "y": 1.0, "yanchor": "bottom", "traceorder": "normal",
                   "font": {"size": 10, "color": "@muted"}},
        "xaxis": bins.axis,
        "yaxis": {"fixedrange": True, "range": [0, ticks[-1] * 1.05], "tickvals": ticks,
                  "ticktext": [words(one) for one in ticks]},
        **bins.marks,
    }}  # fmt: skip


def _colour(line: Series, at: int) -> str:
    return f"@{line.role or ROLES[at % len(ROLES)]}"


def round_ticks(highest: float, unit: float = 1.0) -> list[float]:
    """From 0 to the highest value or a little more, in three to six round steps of `unit`."""
    top = highest / unit or 1.0
    wanted = top / 5
    power = 10.0 ** math.floor(math.log10(wanted) + 1e-9)
    step = next(one * power for one in (1, 2, 2.5, 5, 10) if one * power >= wanted * (1 - 1e-9))
    return [step * place * unit for place in range(math.ceil(top / step - 1e-9) + 1)]
