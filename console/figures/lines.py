"""Several lines over the bins of a range, each with its name; the unit is in the words of its values."""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from console.figures.bins import Bins
from console.figures.plain import drawing

ROLES = ("ok", "review", "good", "blocked", "accent", "muted")
DASHES = ("solid", "dot", "dash")  # from the seventh line on, since colours repeat


class Series(NamedTuple):
    """A line: its name and a value for each bin."""

    name: str
    values: Sequence[float | None]


@drawing
def lines(
    series: Sequence[Series],
    bins: Bins,
    words: Callable[[float], str],
    name: str,
    most: float | None = None,
    height: int = 240,
) -> Any:
    """`words` is what a value reads on hover and on the axis, which ends at `most`, if it is given."""
    times = bins.times
    is_short = (bins.after - bins.first) // bins.step < 40
    top = most or max((one for line in series for one in line.values if one is not None), default=0.0) or 1.0
    ticks = [top * step / 4 for step in range(5)]
    return {"data": [
        {"type": "scatter", "mode": "lines+markers" if is_short else "lines", "name": line.name, "x": times,
         "y": list(line.values), "connectgaps": False, "marker": {"size": 4, "color": f"@{ROLES[at % len(ROLES)]}"},
         "line": {"color": f"@{ROLES[at % len(ROLES)]}", "width": 1.6, "dash": DASHES[at // len(ROLES) % len(DASHES)]},
         "customdata": [None if one is None else words(one) for one in line.values], "hovertemplate": "%{customdata}"}
        for at, line in enumerate(series)
    ], "layout": {
        "uirevision": name, "height": height, "margin": {"l": 60, "r": 12, "t": 26, "b": 26},
        "showlegend": len(series) > 1,
        "legend": {"orientation": "h", "x": 0, "y": 1.0, "yanchor": "bottom", "traceorder": "normal",
                   "font": {"size": 10, "color": "@muted"}},
        "xaxis": bins.axis,
        "yaxis": {"fixedrange": True, "range": [0, top * 1.05], "tickvals": ticks,
                  "ticktext": [words(one) for one in ticks]},
        **bins.marks,
    }}  # fmt: skip
