"""Charts of Data quality: problems over time, predictions by their score, and a feature against training."""

from collections.abc import Mapping, Sequence
from typing import Any

from console import format
from console.figures import before_after
from console.figures.bins import Bins
from console.figures.lines import Series, lines
from console.figures.plain import drawing
from core.monitoring.drift_features import MovedFeature

MOST_WORDS, LONGEST = 8, 14  # below a category's bins, and characters of each
ROLES = ("muted", "blocked", "review", "accent")


def trend(shares: Mapping[str, Sequence[float | None]], bins: Bins) -> Any:
    """A line for each kind of problem: its share (0..1) of values in each bin."""
    series = [Series(name, list(values), role) for (name, values), role in zip(shares.items(), ROLES, strict=True)]
    return lines(series, bins, lambda share: format.percent(100 * share), "quality-trend", unit=0.01)


@drawing
def scores(found: Sequence[tuple[int, int]]) -> dict[str, Any]:
    """A bar for each score, in thousandths, of which few are possible; unknown ones (-1) are left out."""
    known = [(score / 1000, n) for score, n in found if score >= 0]
    total = sum(n for _, n in known) or 1
    names = [f"{score:.3g}" for score, _ in known]
    shown = list(range(len(known)))[:: -(-len(known) // MOST_WORDS) or 1]
    return {
        "data": [{
            "type": "bar", "name": "Predictions", "x": list(range(len(known))), "y": [n / total for _, n in known],
            "customdata": [[f"score {name}", f"{n:,}", format.percent(100 * n / total)]
                           for name, (_, n) in zip(names, known, strict=True)],
            "hovertemplate": "%{customdata[0]}<br>%{customdata[1]} predictions, %{customdata[2]}<extra></extra>",
            "marker": {"color": "@accent"},
        }],
        "layout": {
            "uirevision": "quality-scores", "height": 240, "bargap": 0.15, "hovermode": "closest",
            "margin": {"l": 44, "r": 8, "t": 12, "b": 26},
            "xaxis": {"tickvals": shown, "ticktext": [names[place] for place in shown], "fixedrange": True},
            "yaxis": {"tickformat": ".0%", "nticks": 5, "fixedrange": True, "rangemode": "tozero"},
        },
    }  # fmt: skip


@drawing
def distribution(moved: MovedFeature, names: Sequence[str], is_category: bool) -> dict[str, Any]:
    """A feature against training, taller than beside others; `names` says what each bin holds, and stands below the
    bins of a category.
    """
    figure = before_after.feature(moved)
    figure["layout"]["height"] = 300
    for tip, name in zip(figure["data"][0]["customdata"], names, strict=False):
        tip[0] = name
    if is_category:
        step = -(-len(names) // MOST_WORDS)
        figure["layout"]["xaxis"] |= {
            "tickvals": list(range(0, len(names), step)), "ticktext": [name[:LONGEST] for name in names[::step]],
        }  # fmt: skip
    return figure
