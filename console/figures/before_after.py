"""One feature, or the scores, before and after: training as grey bars, the week as a line over them."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from console.figures.plain import drawing
from console.format import percent_of
from core.monitoring.drift_features import MovedFeature, ScoreShift

HEIGHT = 150
ROLES = {"healthy": "accent", "watch": "review", "drifted": "blocked"}


@drawing
def feature(moved: MovedFeature) -> dict[str, Any]:
    """A feature that moved."""
    names = bins(moved.edges)
    return _draw(moved.name, names, moved.before, moved.after, ROLES[moved.status], _few(moved.edges))


@drawing
def scores(found: ScoreShift) -> dict[str, Any]:
    """The distribution of scores over equal bins of 0..1, on a logarithmic scale: most of them are low."""
    size = len(found.before)
    names = [f"{i / size:.2f} to {(i + 1) / size:.2f}" for i in range(size)]
    ticks = [(size * share / 4 - 0.5, f"{share / 4:g}") for share in range(5)]
    figure = _draw("scores", names, found.before, found.after, ROLES[found.status], ticks)
    figure["layout"]["yaxis"] |= {"type": "log", "range": [-4, 0.05], "tickformat": "~p", "dtick": 2}
    return figure


def bins(edges: Sequence[float]) -> list[str]:
    """What each bin between inner edges holds."""
    if not edges:
        return ["all values"]
    between = [f"{low:.4g} to {high:.4g}" for low, high in pairwise(edges)]
    return [f"below {edges[0]:.4g}", *between, f"{edges[-1]:.4g} and above"]


def _few(edges: Sequence[float]) -> list[tuple[float, str]]:
    """A few edges as ticks, where one bin ends and the next begins."""
    step = max(1, -(-len(edges) // 4))
    return [(i + 0.5, f"{edges[i]:.3g}") for i in range(0, len(edges), step)]


def _draw(
    name: str,
    names: Sequence[str],
    before: Sequence[float],
    after: Sequence[float],
    role: str,
    ticks: Sequence[tuple[float, str]],
) -> dict[str, Any]:
    at = list(range(len(names)))
    tips = [[text, percent_of(old), percent_of(new)] for text, old, new in zip(names, before, after, strict=True)]
    hover = "%{customdata[0]}<br>training %{customdata[1]}, now %{customdata[2]}<extra></extra>"
    return {
        "data": [
            {
                "type": "bar", "name": "Training", "x": at, "y": list(before), "customdata": tips,
                "hovertemplate": hover, "marker": {"color": "@muted/0.38", "line": {"width": 0}},
            },
            {
                "type": "scatter", "mode": "lines", "name": "Now", "hoverinfo": "skip",
                "x": [-0.5, *at, len(names) - 0.5], "y": [after[0], *after, after[-1]],
                "line": {"color": f"@{role}", "width": 2, "shape": "hvh"},
            },
        ],
        "layout": {
            "uirevision": name, "height": HEIGHT, "bargap": 0.04, "hovermode": "closest", "dragmode": False,
            "margin": {"l": 38, "r": 6, "t": 6, "b": 22},
            "xaxis": {"range": [-0.55, len(names) - 0.45], "tickvals": [x for x, _ in ticks], "fixedrange": True,
                      "ticktext": [text for _, text in ticks]},
            "yaxis": {"tickformat": ".0%", "nticks": 4, "fixedrange": True},
        },
    }  # fmt: skip
