"""Charts of what the collector noted of a server once a minute."""

from collections.abc import Callable, Sequence
from typing import Any

from dash import html

from console import markup
from console.chart_panel import chart_panel
from console.figures.bins import Bins
from console.figures.lines import Series, lines
from core import clock
from core.endpoints.stores import Samples
from core.monitoring.changes import Change


def samples_chart(
    name: str, title: str, about: str, samples: Samples, wanted: Sequence[tuple[str, str, str]], note: str,
    write: Callable[[Any], str], unit: float = 1.0, changed: Sequence[Change] = (),
) -> html.Section:  # fmt: skip
    """Figures (key, words, role) as lines; `write` says how a value reads; ticks are round in `unit`."""
    known = [(words, role, samples.figures[key]) for key, words, role in wanted if key in samples.figures]
    if not known:
        none = markup.calm("clock", "No samples in this range.", "The collector takes one a minute.")
        return markup.sheet(name, title, none)
    bins = Bins(samples.first, samples.after, samples.step, changed)
    series = [Series(words, values, role) for words, role, values in known]
    rows = [
        [f"{clock.to_datetime(at / 1000):%Y-%m-%d %H:%M}", *(write(one.values[place]) for one in series)]
        for place, at in enumerate(bins.times)
        if any(one.values[place] is not None for one in series)
    ]
    heads = ["Time (UTC)", *(f">{one.name}" for one in series)]
    return chart_panel(name, title, lines(series, bins, write, name, unit=unit), about, heads, rows[::-1], note)
