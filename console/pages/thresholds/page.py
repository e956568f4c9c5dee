"""The threshold simulator (L9): sliders over labelled history, beside what is in force; applied or proposed from here.

The history of a span is counted once and sent as suffix sums; the browser answers every move of a slider from them.
"""

from typing import Any
from urllib.parse import quote

import dash_bootstrap_components as dbc
from dash import html

from console.format import NONE
from console.page import Page, PageContext
from console.pages.thresholds.changes import adopt, discard, propose, put_in_force
from console.pages.thresholds.counting import USUAL, counted, span_of
from console.pages.thresholds.simulator import nothing, simulator
from console.pages.thresholds.words import way_said
from console.panel import Column
from console.panel_layout import icon
from console.table import act, table, when
from console.thresholds import history as threshold_history
from console.thresholds.history import History, Proposal
from console.transaction_parts import tabs
from core.db.replica import ReplicaRead
from core.errors import BadInput
from core.transactions import policies
from core.transactions.search_filter import SPANS

COLUMNS = (
    Column("id", "No.", "int"),
    Column("thresholds", "Thresholds", "page"),
    Column("note", "Reason", "long"),
    Column("rightly", "Correctly blocked", "usd"),
    Column("wrongly", "Wrongly blocked", "usd"),
    Column("through", "Missed", "usd"),
    Column("span", "Of"),
    Column("by", "By"),
    Column("at", "Created (UTC)", "when"),
    Column("state", "State", "state"),
    Column("act", "", "act"),
)
EMPTY = "No proposals yet. Move the sliders and save better thresholds as a proposal."


def content(context: PageContext) -> Any:
    """The simulator over the span of the address, and the proposals; 400 for a span that cannot be counted."""
    wrong: dict[str, str] = {}
    name, asked = span_of(context.args.get("days", "").strip() or context.args.get("span", ""), wrong)
    found: ReplicaRead[History] | None = None
    if not wrong:
        try:
            found = counted(context.auth).of(name, asked.start, asked.end)
        except BadInput as error:
            wrong["span"] = error.reason
    policy = policies.current(context.auth.live, context.auth.database)
    with context.auth.database.transaction() as connection:
        proposals = threshold_history.proposals(connection)
    is_known = found is not None and found.found.total > 0
    page = html.Div(
        [
            html.H1("Thresholds", className="page-title"),
            tabs(context, "thresholds"),
            html.Div(
                [_span_form(context, name, wrong.get("span", "")), _known(context, found.found if found else None)],
                className="sim-top",
            ),
            simulator(context, found, policy, name) if found and is_known else nothing(wrong.get("span", "")),
            table(
                "proposals", "Proposals", COLUMNS, [_row(context, one) for one in proposals], EMPTY,
                "REVIEW / fraud / BLOCKED from",
            ),
        ],
        className="wide",
    )  # fmt: skip
    return (page, 400) if wrong else page


def _span_form(context: PageContext, span: str, wrong: str) -> html.Form:
    spans = {name: f"last {name}" for name in SPANS}
    listed = {**spans, span: span} if ".." in span and not wrong else spans
    options = [{"value": name, "label": words} for name, words in listed.items()]
    return html.Form(
        [
            html.Label("History", htmlFor="f-span"),
            dbc.Select(id="f-span", name="span", options=options, value=span if span in listed else USUAL),
            html.Label("or number of days", htmlFor="f-days", className="sr"),
            dbc.Input(
                id="f-days", name="days", value=span if wrong else "", placeholder="2026-01-01..2026-01-31",
                autocomplete="off", invalid=bool(wrong),
            ),
            dbc.Button("Count", type="submit"),
            *([html.P(wrong, id="w-span", className="wrong")] if wrong else []),
        ],
        className="filter span-form",
        method="get",
        action=f"{context.prefix}thresholds",
    )  # fmt: skip


def _known(context: PageContext, found: History | None) -> html.P | None:
    """What of the span has a label, what is unknown, and how it was counted."""
    if found is None:
        return None
    share = f" ({100 * found.labelled / found.total:.1f} %)" if found.total else ""
    how = way_said(found, context.auth.settings.config.policy.holdout)
    amounts = f" {found.without_amount:,} have no amount and count as $0." if found.without_amount else ""
    models = f" Scored by models {', '.join(map(str, found.versions))}." if len(found.versions) > 1 else ""
    text: list[Any] = [
        html.B(f"{found.labelled:,}"), " of ", html.B(f"{found.total:,}"), f" predictions have a label{share}; of "
        f"{found.blocked:,} that were blocked ", html.B(f"{found.blocked_unknown:,}"),
        " are unknown and not counted as right. ", html.Span(how, id="counted-how"), amounts, models,
    ]  # fmt: skip
    return html.P([icon("clock"), html.Span(text)], className="maturity")


def _row(context: PageContext, one: Proposal) -> list[Any]:
    shown = one.basis.get("outcome", {})
    money = [shown[name]["value"] if shown else None for name in ("blocked_fraud", "blocked_legit", "let_through")]
    words = " / ".join(f"{value:.3f}" for value in (one.review_from, one.fraud_threshold, one.block_from))
    span = one.basis.get("span") or NONE
    return [
        str(one.id), one.id, [words, _address(one, span)], one.note or NONE, *money, span, one.created_by,
        when(one.created_at), _state(one), _acts(context, one),
    ]  # fmt: skip


def _address(one: Proposal, span: str) -> str:
    """The simulator with the thresholds of a proposal."""
    asked = f"span={quote(span)}&" if span != NONE else ""
    return f"thresholds?{asked}t={one.review_from:g},{one.fraud_threshold:g},{one.block_from:g}"


def _state(one: Proposal) -> list[str]:
    decided = f"by {one.decided_by}, {one.decided_at:%Y-%m-%d %H:%M} UTC" if one.decided_at else ""
    if one.state == "open":
        return ["review", "clock", "open", ""]
    return ["good", "check-lg", f"version {one.policy_version}", decided] if one.state == "adopted" else [
        "", "slash-circle", "discarded", decided
    ]  # fmt: skip


def _acts(context: PageContext, one: Proposal) -> list[Any]:
    root = f"{context.prefix}thresholds/proposals/{one.id}"
    asks = (
        f"REVIEW from {one.review_from:.3f} and BLOCKED from {one.block_from:.3f} will apply to every transaction from "
        "now on. To undo it, apply other thresholds."
    )
    acts = []
    if one.state == "open" and context.can("operator"):
        acts.append(act("Adopt", f"{root}/adopt", asks, "primary"))
    if one.state == "open" and context.can("analyst"):
        acts.append(act("Discard", f"{root}/discard"))
    return acts


PAGE = Page(
    name="thresholds",
    path="thresholds",
    title="Thresholds",
    role="viewer",
    content=content,
    actions=(put_in_force, propose, adopt, discard),
    under="transactions",
)
