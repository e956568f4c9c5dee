"""Charts of what the collector noted of a server once a minute."""

from collections.abc import Callable, Sequence
from typing import Any

from dash import html

from console import markup
from console.chart_panel import chart_panel
from console.figures import queries as figures
from console.figures.bins import Bins
from console.figures.queries import Line
from core import clock
from core.endpoints.stores import Samples
from core.monitoring.changes import Change


def samples_chart(
    name: str, title: str, about: str, samples: Samples, wanted: Sequence[tuple[str, str, str]], note: str,
    write: Callable[[Any], str], unit: float = 1.0, changed: Sequence[Change] = (),
) -> html.Section:  # fmt: skip
    """Figures (key, words, role) as lines; `write` says how a value reads, the axis is in so many; marks of changes."""
    known = [(words, role, samples.figures[key]) for key, words, role in wanted if key in samples.figures]
    if not known:
        none = markup.calm("clock", "No samples in this range.", "The collector takes one a minute.")
        return markup.sheet(name, title, none)
    bins = Bins(samples.first, samples.after, samples.step, changed)
    lines = [
        Line(
            words, role, [None if one is None else one / unit for one in values], [write(one) for one in values]
        )
        for words, role, values in known
    ]  # fmt: skip
    rows = [
        [f"{clock.to_datetime(at / 1000):%Y-%m-%d %H:%M}", *(line.words[place] for line in lines)]
        for place, at in enumerate(bins.times)
        if any(line.values[place] is not None for line in lines)
    ]
    heads = ["Time (UTC)", *(f">{line.name}" for line in lines)]
    return chart_panel(name, title, figures.lines(lines, bins, name), about, heads, rows[::-1], note)
