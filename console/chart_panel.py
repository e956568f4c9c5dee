"""A panel with a chart and the numbers behind it, as pages have them."""

from collections.abc import Sequence
from typing import Any

from dash import html

from console import markup
from console.attributes import attributes
from console.panel import Column
from console.panel_layout import icon
from console.table import plain_table
from core import codec

LISTED = 200  # rows behind a chart, the newest


def chart_panel(
    name: str, title: str, figure: Any, about: str, heads: Sequence[str], rows: Sequence[Sequence[Any]],
    note: str = "", tools: Sequence[Any] = (), below: Any = None,
) -> html.Section:  # fmt: skip
    """A panel with a chart and the numbers behind it; `heads` with a leading ">" align right. What is `below` the chart
    is always in sight.
    """
    drawn = codec.encode(figure).decode()
    known = {"data-figure": drawn, "aria-label": about}
    box = html.Div(
        className="chart", role="figure", id=f"chart-{name}",
        style={"minHeight": figure["layout"].get("height", 240)}, **attributes(known),
    )  # fmt: skip
    columns = [
        Column(f"{at}", head.lstrip(">"), "right" if head[:1] == ">" else "text") for at, head in enumerate(heads)
    ]
    table = plain_table(
        f"rows-{name}", f"{title}, as a table", columns, [[at, *row] for at, row in enumerate(rows[:LISTED])]
    )
    numbers = html.Details(
        [html.Summary(f"The newest {LISTED} numbers" if len(rows) > LISTED else "The numbers"), table],
        className="under-chart",
        id=f"numbers-{name}",
    )
    save = html.Button(
        [icon("download"), "CSV"], className="btn btn-sm btn-outline-secondary ms-auto", type="button",
        title="Download the numbers as CSV", **attributes({"data-csv": name, "aria-label": f"Download {title} as CSV"}),
    )  # fmt: skip
    shown = [box] if below is None else [box, below]
    return markup.sheet(name, title, *shown, numbers, note=note, tools=[*tools, save])


def column(width: int, panel: html.Section) -> html.Div:
    """A panel in so many twelfths of a wide screen."""
    return html.Div(panel, className=f"g-col-12 g-col-xl-{width}")
