"""Fraud cost by week: saved above the line, lost, wrongly blocked and reviewed below it; what is estimated lighter."""

from collections.abc import Callable, Mapping
from typing import Any

from console.analytics.fraud_cost.line import Figure, Line
from console.figures.lines import round_ticks
from console.figures.plain import drawing

STACKS = (("saved", "Saved", "good", 1), ("lost", "Lost", "blocked", -1), ("wrong", "Wrongly blocked", "review", -1),
          ("review", "Review", "muted", -1))  # fmt: skip


@drawing
def weeks(found: Mapping[str, Line], words: Callable[[float], str]) -> Any:
    """A bar a week; `words` is how an amount in cents reads."""
    names, data = list(found), []
    for key, label, role, sign in STACKS:
        figures: list[Figure] = [getattr(line, key) for line in found.values()]
        for more, colour, values in (
            ("", f"@{role}", [one.counted for one in figures]),
            (", estimated", f"@{role}/0.4", [one.estimated or 0.0 for one in figures]),
        ):
            if more and not any(values):
                continue
            data.append(
                {"type": "bar", "name": label + more, "x": names, "y": [sign * value / 100 for value in values],
                 "marker": {"color": colour}, "customdata": [words(value) for value in values],
                 "hovertemplate": "%{customdata}"}
            )  # fmt: skip
    up = max((line.saved.counted + (line.saved.estimated or 0) for line in found.values()), default=0.0)
    down = max((_cost(line) for line in found.values()), default=0.0)
    above, below = _ticks(up, up, down), _ticks(down, up, down)
    ticks = [-one for one in below[:0:-1]] + above
    return {
        "data": data,
        "layout": {
            "uirevision": "weeks", "height": 320, "barmode": "relative", "showlegend": True,
            "legend": {"orientation": "h", "x": 0, "y": 1.0, "yanchor": "bottom", "traceorder": "normal",
                       "font": {"size": 10, "color": "@muted"}},
            "margin": {"l": 70, "r": 12, "t": 64, "b": 28}, "xaxis": {"type": "category", "fixedrange": True},
            "yaxis": {"fixedrange": True, "tickvals": ticks, "ticktext": [words(100 * abs(one)) for one in ticks]},
        },
    }  # fmt: skip


def _cost(line: Line) -> float:
    return sum(one.counted + (one.estimated or 0) for one in (line.lost, line.wrong, line.review))


def _ticks(cents: float, *sides: float) -> list[float]:
    """Round steps up to an amount, the same on both sides."""
    steps = round_ticks(max(*sides, 100.0) / 100)
    step = steps[1] - steps[0]
    return [place * step for place in range(int(-(-cents // (100 * step))) + 1)]
