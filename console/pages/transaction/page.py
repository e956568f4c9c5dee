"""The page of one transaction: what others show beside a list or in a drawer, and what a link to it opens."""

from typing import Any

from dash import html

from console.attributes import attributes
from console.looks import SAYS
from console.page import Page, PageContext
from console.pages.transaction import labels
from console.pages.transaction.known import known
from console.pages.transaction.opened import opened
from console.panel_layout import icon
from console.transaction_parts import tabs
from core.transactions.ids import is_id


def content(context: PageContext) -> Any:
    """The transaction of the address, alone with `alone=1` for whoever has a place for it."""
    name = context.args.get("id", "")
    if not is_id(name):
        says = html.Div([icon("search"), html.Span("Enter a transaction id.")], className=SAYS)
        return _page(context, says), 400
    found = known(context.auth, name)
    one = opened(context, found, labels.of(context.auth, name))
    return one if context.args.get("alone") == "1" else _page(context, one), found.status


def _page(context: PageContext, inside: Any) -> html.Div:
    side = html.Section(
        inside, id="side", className="panel card side open px-3 pb-3", **attributes({"aria-label": "Transaction"})
    )
    return html.Div(
        [
            html.H1("Transaction", className="page-title"),
            tabs(context, "transactions/one"),
            html.Div(side, className="desk alone"),
        ],
        className="wide",
    )


PAGE = Page(
    name="transaction",
    path="transactions/one",
    title="Transaction",
    role="viewer",
    content=content,
    actions=(labels.label, labels.undo),
    under="transactions",
)
