"""The charts of a digest as PNG, for mail readers, which do not show SVG: matplotlib, without a display. Pure."""

from io import BytesIO
from typing import TYPE_CHECKING, Any

from alerts.digest.model import Chart

if TYPE_CHECKING:
    from matplotlib.axes import Axes

WIDTH, HEIGHT, DOTS = 5.2, 2.1, 200  # inches, and dots an inch: sharp at twice its size on the page
MOST_TICKS = 7
COLOURS = {
    "ok": "#1668c7", "review": "#b98900", "blocked": "#a11246", "good": "#0b7a63", "accent": "#1668c7",
    "muted": "#8592a3",
}  # fmt: skip
TEXT, QUIET, LINE = "#131a24", "#556173", "#dfe5ec"


def draw(chart: Chart) -> bytes:
    """The picture of a chart, on white, so that it can be read in a reader's dark mode too."""
    # Imported here: 30 MB that a worker needs once a day.
    from matplotlib import rc_context
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    with rc_context({"text.parse_math": False}):  # names from outside are no formulas
        return _drawn(chart, Figure, FigureCanvasAgg)


def _drawn(chart: Chart, figure_of: Any, canvas_of: Any) -> bytes:
    figure = figure_of(figsize=(WIDTH, HEIGHT), dpi=DOTS, facecolor="white", layout="constrained")
    canvas_of(figure)
    axes = figure.add_subplot()
    {"bars": _bars, "lines": _lines, "shares": _shares}[chart.kind](axes, chart)
    _plain(axes, chart)
    written = BytesIO()
    figure.savefig(written, format="png", metadata={"Software": None})
    return written.getvalue()


def _bars(axes: "Axes", chart: Chart) -> None:
    """One bar a label, its series on one another."""
    places = range(len(chart.labels))
    floor = [0.0] * len(chart.labels)
    for one in chart.series:
        values = [value or 0.0 for value in one.values]
        axes.bar(places, values, bottom=floor, width=0.8, color=COLOURS[one.role], label=one.name)
        floor = [low + value for low, value in zip(floor, values, strict=True)]
    _ticks(axes, chart.labels)
    _limits(axes, chart)


def _lines(axes: "Axes", chart: Chart) -> None:
    """A line a series; what is not known is a gap."""
    for one in chart.series:
        values = [float("nan") if value is None else value for value in one.values]
        mark = "o" if len(values) <= 2 * MOST_TICKS else ""
        axes.plot(range(len(values)), values, color=COLOURS[one.role], linewidth=1.6, marker=mark, markersize=3,
                  label=one.name)  # fmt: skip
    _ticks(axes, chart.labels)
    _limits(axes, chart)


def _shares(axes: "Axes", chart: Chart) -> None:
    """A bar to the right for each label, the first one on top; of two series, one under the other."""
    places = range(len(chart.labels))
    high = 0.8 / max(1, len(chart.series))
    for at, one in enumerate(chart.series):
        offset = (at - (len(chart.series) - 1) / 2) * high
        values = [value or 0.0 for value in one.values]
        axes.barh([place + offset for place in places], values, height=0.9 * high, color=COLOURS[one.role],
                  label=one.name)  # fmt: skip
    axes.set_yticks(list(places), [_short(one) for one in chart.labels])
    axes.invert_yaxis()


def _limits(axes: "Axes", chart: Chart) -> None:
    for value, words in chart.limits:
        axes.axhline(value, color=COLOURS["blocked"], linewidth=0.9, linestyle="--")
        axes.annotate(words, (1, value), xycoords=("axes fraction", "data"), xytext=(0, 2), ha="right",
                      textcoords="offset points", fontsize=8, color=COLOURS["blocked"])  # fmt: skip


def _ticks(axes: "Axes", labels: list[str]) -> None:
    step = -(-len(labels) // MOST_TICKS) or 1
    axes.set_xlim(-0.6, max(len(labels), 1) - 0.4)  # without values at its ends too
    places = list(range(0, len(labels), step))
    axes.set_xticks(places, [_short(labels[at]) for at in places])


def _plain(axes: Any, chart: Chart) -> None:
    """Hairlines, quiet ticks, the unit at the top left, and names of the series when there are more than one."""
    value_axis = axes.xaxis if chart.kind == "shares" else axes.yaxis
    value_axis.grid(visible=True, color=LINE, linewidth=0.7)
    value_axis.set_major_locator(_locator())
    value_axis.set_major_formatter(lambda value, _: f"{value:,.10g}")
    axes.set_axisbelow(True)
    axes.margins(x=0.02)
    if chart.kind == "lines":
        axes.set_ylim(bottom=0)
    axes.tick_params(labelsize=8.5, colors=QUIET, length=0)
    for name, spine in axes.spines.items():
        spine.set_visible(name == "bottom" and chart.kind != "shares")
        spine.set_color(LINE)
    axes.set_title(chart.unit, loc="left", fontsize=8.5, color=QUIET)
    if len(chart.series) > 1:
        axes.legend(loc="lower right", bbox_to_anchor=(1.0, 1.0), ncols=len(chart.series), frameon=False, fontsize=8.5,
                    labelcolor=TEXT, borderpad=0, handlelength=1, columnspacing=1.2, borderaxespad=0.4)  # fmt: skip


def _locator() -> Any:
    from matplotlib.ticker import MaxNLocator

    return MaxNLocator(nbins=5, min_n_ticks=2)


def _short(label: str) -> str:
    return label if len(label) <= 24 else label[:23] + "…"
