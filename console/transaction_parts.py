"""What the pages of transactions have in common: tabs, how mature labels are, chips, and the place beside a list."""

from typing import Any

from dash import html

from console.attributes import attributes
from console.label_maturity import Maturity
from console.looks import SAYS
from console.page import PageContext
from console.panel_layout import icon
from console.tabs import tabs as row_of_tabs

DECISIONS = {
    "BLOCKED": ["blocked", "x-circle-fill", "Blocked", ""],
    "REVIEW": ["review", "exclamation-triangle-fill", "Review", ""],
    "APPROVED": ["ok", "check-circle-fill", "Approved", ""],
}
NOT_SCORED = ["", "", "not scored", ""]
LABELS = {
    "fraud": ["blocked", "x-octagon-fill", "fraud"],
    "legit": ["good", "check-lg", "legit"],
    "unsure": ["review", "question-lg", "unsure"],
}


def tabs(context: PageContext, here: str) -> html.Nav:
    """The pages of transactions that a role may open; `here` is the path of this one."""
    links = [
        ("transactions", "Search", "search"),
        ("transactions/queue", "Review queue", "eye"),
        *([("transactions/labels", "Labels from a file", "arrow-up")] if context.can("analyst") else []),
        ("thresholds", "Thresholds", "bar-chart-line"),
    ]
    return row_of_tabs(
        "Transactions",
        [(context.prefix + path, words, picture) for path, words, picture in links],
        context.prefix + here,
    )


def decision(word: str | None) -> list[str]:
    """A decision as the kind `state` of a table wants it."""
    return DECISIONS.get(word or "", NOT_SCORED)


def label(word: str | None, source: str | None = None) -> list[str] | None:
    """A label likewise, and who gave it; None for none."""
    return [*LABELS[word], f"by {source}" if source else ""] if word in LABELS else None


def chip(state: list[str] | None, none: str = "unknown") -> html.Span:
    """A decision or a label beside other components."""
    role, picture, words, title = state or ["", "", none, ""]
    return html.Span(
        [icon(picture), words] if picture else words, className=f"chip badge {role}".strip(), title=title or None
    )


def maturity(found: Maturity, span: str) -> html.P:
    """How many predictions have a label by now, in a line."""
    text: list[Any] = [f"No predictions in {span}"]
    if found.total:
        text = [
            f"Labels of {span}: ", html.B(f"{found.labelled:,}"), " of ", html.B(f"{found.total:,}"),
            f" predictions ({found.percent:.1f} %) · ", html.B(f"{found.blocked_unlabelled:,}"),
            " blocked transactions are unknown, not correct",
        ]  # fmt: skip
    why = "Labels arrive with a delay: hours for analysts, weeks for banks"
    return html.P(
        [icon("clock"), html.Span(text)],
        className="d-flex gap-2 align-items-baseline small text-body-secondary mb-2",
        title=why,
    )


def side(says: Any) -> html.Section:
    """Where one is opened beside a list; `assets/js/parts/opened.js` fills it. `says` is there meanwhile."""
    return html.Section(
        [html.Div(says, id="side-hint", className=SAYS), html.Div(id="side-body")],
        id="side",
        className="panel card side px-3 pb-3 overflow-auto",
        **attributes({"aria-label": "Transaction"}),
    )
