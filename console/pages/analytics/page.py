"""The page Analytics (C1): totals and the approval rate of a period, against the period before."""

from dash import html

from console import analytics, format
from console.key_figures import card, cards
from console.page import Page, PageContext, Place, View
from core.analytics import decisions
from core.analytics.rates import Decided

PATH = "analytics"


def content(context: PageContext) -> View:
    """Totals and the approval rate."""
    wanted = analytics.asked(context)
    found = analytics.read(context, lambda connection: decisions.totals(connection, wanted.period.span))
    return analytics.page(context, PATH, wanted, _cards(found), title="Analytics")


def _cards(found: Decided) -> html.Div:
    return cards([card("predictions", "Predictions", format.number(found.total), "", "decided")])


PAGES = (
    Page(
        name="analytics", path=PATH, title="Analytics", role="viewer", content=content, place=Place(55, "y"),
    ),
)  # fmt: skip
