"""The page Custom figures: a chart of each figure of the installation's own, over the range of the bar."""

from typing import Any

from dash import html

from console import markup
from console.chart_panel import column
from console.page import Page, PageContext, Place, View
from console.pages.figures import one, parts, reading
from core.figures.overview import LENGTHS

EVERY = 15.0
PATH = "figures"
EMPTY = "Add a query to config/figures.toml, or a function to collector/figures; docs/figures.md has examples."


def content(context: PageContext) -> View:
    """Every figure, those that fail among them."""
    shown = reading.read(context.auth.api, context.args)
    body: list[Any] = []
    if shown.found and shown.found.figures:
        panels, bins = [], parts.bins_of(shown.found, context.auth.api)
        for figure in shown.found.figures:
            address = f"{context.prefix}{one.PATH}{shown.query(name=figure.name)}"
            panels.append(column(6, parts.chart(figure, shown.found, [markup.way("Details", address)], bins)))
        body = [html.Div(panels, className="grid")]
    elif shown.found:
        body = [markup.sheet("none", "Figures", markup.calm("graph-up", "No custom figures", EMPTY))]
    page = markup.page("figures", "Custom figures", parts.notes(shown), *body, wide=True)
    return View(page, status=400 if shown.refused else 200, every=EVERY)


PAGES = (
    Page(
        name="figures",
        path=PATH,
        title="Custom figures",
        role="viewer",
        content=content,
        place=Place(64, "f", "More"),
        ranges=tuple(LENGTHS),
    ),
    one.PAGE,
)
