"""The live page: six sections of panels that keep themselves up to date."""

from dash import html

from console.page import Page, PageContext, Place
from console.panel import Panel
from console.panel_layout import sections
from core.discovery import discover

PANELS: dict[str, Panel] = discover("console.panels", "PANEL")


def content(context: PageContext) -> html.Div:
    """The panels as empty slots."""
    return html.Div(sections(PANELS, context.prefix))


PAGE = Page(
    name="live",
    path="",
    title="Monitoring Dashboard",
    short="Live",
    role="viewer",
    content=content,
    place=Place(10, "l"),
    panels=PANELS,
)
