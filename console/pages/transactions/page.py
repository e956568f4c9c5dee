"""Transactions: search, filter, sort, CSV, and one transaction with all that is known of it beside the list.

The address carries the filter and the open transaction, so a link shows the same. The list reads the store.
"""

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlencode

from dash import html

from console import label_maturity
from console.format import sentence
from console.page import File, Page, PageContext, Place
from console.pages.transactions.export import download, given
from console.pages.transactions.filter import filter_form, in_words
from console.panel import Column
from console.panel_layout import icon
from console.table import table, when
from console.transaction_parts import decision, label, maturity, side, tabs
from core import clock
from core.errors import BadInput
from core.transactions import search, search_filter
from core.transactions.search import Found
from core.transactions.search_filter import SORTS, Asked

ROWS = 50
MOST_AFTER = 2000
COLUMNS = (
    Column("time", "Time (UTC)", "second", "168px"),
    Column("id", "Transaction", "open", "19%"),
    Column("score", "Score", "score", "70px"),
    Column("decision", "Decision", "state", "104px"),
    Column("label", "Label", "state", "84px"),
    Column("amount", "Amount", "usd", "96px"),
    Column("risk", "At risk", "usd", "96px"),
    Column("type", "Type", "text", "84px"),
    Column("wallet", "Wallet", "mono", "92px"),
    Column("ip", "IP", "mono", "132px"),
)
Link = Callable[..., str]


def content(context: PageContext) -> Any:
    """The list that the address asks for, and a place for the opened one; 400 for a wrong filter."""
    typed = given()
    asked, wrong = search_filter.parse(typed, clock.now())
    found, failed = search.Page([], ""), ""
    if not wrong:
        try:
            asked = search.resolved(context.auth.database, asked)
            found = search.page(context.auth.database, asked, ROWS, context.args.get("after", "")[:MOST_AFTER])
        except BadInput as error:
            failed = sentence(error.reason)
    with context.auth.database.transaction() as connection:
        mature = label_maturity.maturity(connection, asked.start, asked.end)
    page = html.Div(
        [
            html.H1("Transactions", className="page-title"),
            tabs(context, "transactions"),
            maturity(mature, "this span"),
            html.Div([_list(context, typed, asked, wrong, found, failed), side(_hint())], className="desk"),
        ],
        className="wide",
    )
    return (page, 400) if wrong or failed else page


def _list(
    context: PageContext,
    typed: Mapping[str, str],
    asked: Asked,
    wrong: Mapping[str, str],
    found: search.Page,
    failed: str,
) -> html.Section:
    link = _linker(context, typed)
    empty = "No transactions match. Remove a filter or choose a longer period."
    if failed or wrong:
        empty = "The search failed, see above."
    said = html.P([icon("exclamation-triangle-fill"), failed], className="said bad", role="alert")
    csv = html.A([icon("download"), "CSV"], href=link("transactions.csv"), className="tool")
    heads = {key: _head(key, asked, link) for key in SORTS}
    return table(
        "rows", "Transactions", COLUMNS, [_row(row) for row in found.rows], empty,
        note=in_words(asked), tools=[csv], above=[filter_form(f"{context.prefix}transactions", typed, wrong),
        *([said] if failed else [])], below=_more(context, found, link), whole=False, look="rows", heads=heads,
    )  # fmt: skip


def _row(row: Found) -> list[Any]:
    return [
        row.transaction_id, when(row.at), row.transaction_id, row.score, decision(row.decision),
        label(row.label, row.source), _usd(row.amount), _usd(row.risk), row.type, row.wallet, row.ip,
    ]  # fmt: skip


def _usd(value: Any) -> float | None:
    return None if value is None else float(value)


def _head(key: str, asked: Asked, link: Link) -> tuple[str, str]:
    """The address that sorts by a column, or the other way round, and how it is sorted now."""
    if asked.sort != key:
        return link(sort=key, dir=""), ""
    return link(sort=key, dir="" if asked.ascending else "asc"), "ascending" if asked.ascending else "descending"


def _more(context: PageContext, found: search.Page, link: Link) -> list[html.P]:
    is_later = bool(context.args.get("after"))
    links = [("First page", link(after=""))] if is_later else []
    links += [(f"Next {len(found.rows)}", link(after=found.after))] if found.after else []
    buttons = [html.A(words, href=to, className="btn btn-sm btn-secondary") for words, to in links]
    return [html.P(buttons, className="more")] if buttons else []


def _hint() -> list[Any]:
    keys: list[Any] = [
        html.Span([html.Kbd("j"), " ", html.Kbd("k"), " move through the list,"], className="nowrap"), " ",
        html.Span([html.Kbd("f"), " ", html.Kbd("l"), " ", html.Kbd("u"), " label."], className="nowrap"),
    ]  # fmt: skip
    return [
        icon("search"),
        html.B("Choose a transaction"),
        html.Span(["Its features, similar cases and history appear here. ", *keys]),
    ]


def _linker(context: PageContext, typed: Mapping[str, str]) -> Link:
    """`link(sort="score", …)`: this page with something changed; an empty value takes it away."""

    def link(page: str = "transactions", **changes: str) -> str:
        query = {name: text for name, text in {**typed, **changes}.items() if text}
        return f"{context.prefix}{page}" + (f"?{urlencode(query)}" if query else "")

    return link


PAGE = Page(
    name="transactions",
    path="transactions",
    title="Transactions",
    role="viewer",
    content=content,
    place=Place(50, "x"),
    files=(File("transactions_csv", "transactions.csv", download),),
)
