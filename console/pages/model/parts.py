"""What the Model page is put together from: a chip of a level, a panel with a chart, the numbers behind it."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from dash import html

from console.attributes import attributes
from console.looks import NOTE, SAYS
from console.markup import chip
from console.model_page.charts import Chart
from console.panel import Column
from console.panel_layout import icon
from console.table import plain_table

# How the levels of verdict and advice look: colour role and icon.
ROLES = {
    "good": ("good", "check-circle-fill"), "watch": ("review", "exclamation-triangle-fill"),
    "bad": ("blocked", "x-octagon-fill"), "unknown": ("", "question-circle"),
    "act": ("blocked", "exclamation-circle-fill"), "soon": ("review", "exclamation-triangle-fill"),
    "idea": ("ok", "info-circle-fill"), "calm": ("good", "check-circle-fill"),
}  # fmt: skip
STATUS = {"healthy": "good", "watch": "watch", "drifted": "bad"}
HEIGHTS = {"model-performance": 380, "scores": 150}  # pixels; of other charts 240, of one feature 150
WIDTHS = {"w4": "g-col-md-6 g-col-xl-4", "w8": "g-col-xl-8", "w12": ""}
AWAY = "Unavailable"
NO_API = "The monitoring API cannot be reached."


class Why(NamedTuple):
    """Why there is no chart: in two words, and in a sentence."""

    title: str
    text: str


def level(key: str, words: str) -> html.Span:
    """A chip in the colour of a level, with its icon."""
    return chip(*ROLES[key], words)


def says(picture: str, title: str, text: str) -> html.Div:
    """That there is nothing to show, and why."""
    return html.Div([icon(picture), html.B(title), html.Span(text)], className=SAYS)


def missing(why: Why) -> html.Div:
    """The same, with the icon that fits."""
    return says("wifi-off" if why.title == AWAY else "bar-chart-line", *why)


def heading(anchor: str, title: str, *more: Any, note: str = "") -> html.Div:
    """The question that the panels below it answer."""
    return html.Div(
        [
            html.H2(title, className="fs-5"),
            *more,
            html.Span(note, className="small text-body-secondary", id=f"{anchor}-note"),
        ],
        className="story-head d-flex flex-wrap align-items-center gap-2 mt-3 mb-2",
        id=anchor,
    )


def frame(
    name: str, title: str, note: str, width: str, body: list[Any], tools: list[Any] | None = None
) -> html.Section:
    """A panel of the story; `width` is in twelfths of a wide screen."""
    head = [
        html.H3(title),
        html.Span(note, className=NOTE, title=note, id=f"{name}-note"),
        *(tools or []),
    ]
    return html.Section(
        [html.Div(head, className="head card-header"), html.Div(body, className="body card-body", id=f"{name}-body")],
        id=name,
        className=f"panel sheet card g-col-12 {WIDTHS[width]}",
    )


def figure(chart: Chart, name: str, label: str) -> html.Div:
    """A chart; what it shows is in its `label`, and in the numbers below it."""
    known = {"data-figure": chart.figure, "aria-label": label}
    height = {"minHeight": HEIGHTS.get(name, 150 if name.startswith("feature-") else 240)}
    return html.Div(className="chart", role="figure", id=f"chart-{name}", style=height, **attributes(known))


def csv(name: str, label: str, words: str = "CSV") -> html.Button:
    """Saves the numbers of `name`."""
    known = {"data-csv": name, "aria-label": f"Download {label} as CSV"}
    inside: Any = [icon("download"), words] if words else icon("download")
    title = "Download the numbers as CSV"
    return html.Button(
        inside, className="btn btn-sm btn-outline-secondary", type="button", title=title, **attributes(known)
    )


def numbers(chart: Chart, name: str, label: str, summary: str = "The numbers") -> html.Details:
    """The table behind a chart."""
    columns = [
        Column(f"{at}", head.lstrip(">"), "right" if head[:1] == ">" else "text") for at, head in enumerate(chart.heads)
    ]
    rows = [[at, *row] for at, row in enumerate(chart.rows)]
    table = plain_table(f"rows-{name}", f"{label}, as a table", columns, rows)
    return html.Details([html.Summary(summary), table], className="under-chart", id=f"numbers-{name}")


def panel(
    name: str, title: str, note: str, width: str, chart: Chart | None, file: str, label: str, why: Why,
    *more: Any, after: Sequence[Any] = (),
) -> html.Section:  # fmt: skip
    """A panel with one chart, `more` below it, its numbers and their file; or why there is none. `after` ends both."""
    if chart is None:
        return frame(f"p-{name}", title, note, width, [missing(why), *after])
    body = [figure(chart, file, label), *more, numbers(chart, file, title), *after]
    return frame(f"p-{name}", title, note, width, body, [csv(file, title)])
