"""One opened transaction: its score and money, its labels, how the score came about, similar cases, wallet and IP.

The same component on the page of one, beside the search and the queue, and in the drawer of any other page, which
take it from the page's address (`assets/js/parts/opened.js`).
"""

from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

from dash import html

from console.attributes import attributes
from console.figures import waterfall
from console.format import NONE, money, number, percent_of
from console.page import PageContext
from console.pages.transaction import labels
from console.pages.transaction.known import Known
from console.panel import Column
from console.panel_layout import icon
from console.table import plain_table
from console.transaction_parts import chip, decision, label
from core import clock, codec

FEATURES = (Column("name", "Feature", "mono"), Column("value", "Value", "num"), Column("by", "Contribution", "signed"))
SIMILAR = (
    Column("id", "Transaction", "open"),
    Column("was", "Was", "state"),
    Column("score", "Score", "score"),
    Column("amount", "Amount", "usd"),
    Column("distance", "Distance", "num"),
)
OTHERS = (
    Column("id", "Transaction", "open"),
    Column("at", "Time (UTC)", "time"),
    Column("decision", "Decision", "state"),
    Column("score", "Score", "score"),
    Column("amount", "Amount", "usd"),
)


def opened(context: PageContext, found: Known, said: labels.Labels) -> html.Article:
    """The component. A transaction of which nothing is known can still be labelled."""
    root = f"{context.prefix}transactions"
    failed = html.P(
        [icon("exclamation-triangle-fill"), found.error],
        className="alert alert-danger d-flex align-items-center gap-2",
        role="alert",
    )
    return html.Article(
        [
            _head(found.id, root),
            *([failed] if found.error else []),
            *([_facts(found)] if found.document else []),
            html.Div(labels.verdict(said, root), id=labels.place(found.id)),
            *(_details(context, found, root) if found.document else []),
        ],
        className="one",
        **attributes({"data-one": found.id}),
    )


def _head(name: str, root: str) -> html.Header:
    copy = html.Button(
        icon("clipboard"), type="button", className="btn btn-sm btn-outline-secondary", title="Copy the id",
        **attributes({"data-copy-text": name, "aria-label": "Copy the id"}),
    )  # fmt: skip
    own = html.A(
        icon("arrow-up-right"), href=f"{root}/one?id={quote(name, safe='')}",
        className="btn btn-sm btn-outline-secondary", title="Open in a full page",
        **attributes({"aria-label": f"Open {name} in a full page"}),
    )  # fmt: skip
    close = html.Button(
        icon("x-lg"), type="button", className="btn btn-sm btn-outline-secondary close", title="Close (Escape)",
        **attributes({"data-close": "", "aria-label": "Close"}),
    )  # fmt: skip
    return html.Header(
        [html.H2(name, className="mono flex-fill text-truncate", title=name), copy, own, close],
        className="one-head position-sticky top-0 z-2 d-flex align-items-center gap-2 py-2",
    )


def _facts(found: Known) -> html.Div:
    score, amount, decided = (
        found.prediction.get("score"),
        found.transaction.get("amount"),
        found.prediction.get("decision"),
    )
    never = "never completed" if decided and decided != "APPROVED" else "Decision"
    facts = (
        (NONE if score is None else f"{score:.3f}", "Score"),
        (money(amount), "Amount"),
        (NONE if score is None or amount is None else money(score * amount), "At risk"),
        (chip(decision(decided)), found.transaction.get("type") or never),
    )
    return html.Div(
        [
            html.Div(
                [
                    html.Div(value, className="fs-4 fw-bold" if isinstance(value, str) else "py-1"),
                    html.Div(words, className="small text-body-secondary"),
                ]
            )
            for value, words in facts
        ],
        className="grid cols-2 cols-md-4 pb-2",
    )


def _details(context: PageContext, found: Known, root: str) -> list[Any]:
    p = found.prediction
    pairs = [part for name, value in _pairs(context, found, root) for part in (html.Dt(name), html.Dd(value))]
    features = [
        [str(at), one["name"], one.get("value"), one.get("contribution")] for at, one in enumerate(found.features)
    ]
    table = plain_table("one-features", "Features", FEATURES, features)
    folded = html.Details([html.Summary(f"Features ({len(features)})"), table], className="under-chart")
    return [
        html.Dl(pairs, className="pairs"),
        html.H3("Score explanation"),
        _chart(found) if _is_explained(found) else html.P(_why_not(p), className="text-body-secondary mb-2"),
        *([folded] if features else []),
        html.H3("Similar past cases"),
        _similar(found),
        *_history("one-wallet", "This wallet", found.id, found.document.get("wallet_history")),
        *_history("one-ip", "This IP", found.id, found.document.get("ip_history")),
    ]


def _pairs(context: PageContext, found: Known, root: str) -> Iterator[tuple[str, Any]]:
    p, t = found.prediction, found.transaction
    at = p.get("t") or t.get("t")
    yield "Time", html.Span(f"{clock.to_datetime(at / 1000):%Y-%m-%d %H:%M:%S} UTC" if at else NONE, className="mono")
    yield "Wallet", _search(root, "wallet", t.get("wallet"))
    events = html.A("security events", href=f"{context.prefix}?q={quote(t.get('ip') or '')}", className="link")
    yield "IP", [_search(root, "ip", t.get("ip")), *([" · ", events] if t.get("ip") else [])]
    for name, key in (("Counterparty", "counterparty"), ("Event", "event_id"), ("Ticket", "ticket_id")):
        if t.get(key):
            yield name, html.Span(t[key], className="mono")
    if t.get("platform_fee") is not None:
        yield "Platform fee", money(t["platform_fee"])
    yield "Top feature", html.Span(p.get("top_feature_text") or NONE, className="mono")
    took = f", scored in {number(p['latency_ms'])} ms" if p.get("latency_ms") else ""
    yield "Model", NONE if p.get("model_version") is None else f"v{p['model_version']}{took}"
    if p:
        yield "Confidence", p.get("confidence") or "unknown"
        quality = p.get("data_quality_score")
        yield (
            "Data quality",
            "unknown" if quality is None else f"{percent_of(quality)} of features present and as trained",
        )
    if p.get("replayed"):
        yield "Replayed", "not counted in Analytics"


def _search(root: str, name: str, value: str | None) -> Any:
    """What else there is of a wallet or an IP."""
    if not value:
        return NONE
    return html.A(value, href=f"{root}?span=30d&{name}={quote(value)}", className="link mono")


def _is_explained(found: Known) -> bool:
    return any(one.get("contribution") is not None for one in found.features)


def _chart(found: Known) -> html.Div:
    figure = codec.encode(waterfall.draw(found.features, found.prediction["score"])).decode()
    words = "Feature contributions to the score, as in the table below"
    return html.Div(className="chart", role="figure", **attributes({"data-figure": figure, "aria-label": words}))


def _why_not(prediction: dict[str, Any]) -> str:
    if not prediction:
        return "This transaction was not scored."
    if prediction.get("explained") == "unavailable":
        return "Contributions are unavailable: the scoring service does not respond, or the features were not stored."
    return "No contributions available."


def _similar(found: Known) -> Any:
    if not found.similar:
        none = "No similar cases: no labelled transaction of this model version has stored features."
        return html.P(found.similar_error or none, className="text-body-secondary mb-2")
    rows = [
        [one["transaction_id"], one["transaction_id"], label(one["label"], one["source"]), one["score"], one["amount"],
         one["distance"]]
        for one in found.similar
    ]  # fmt: skip
    return plain_table("one-similar", "Similar past cases", SIMILAR, rows)


def _history(name: str, title: str, own: str, found: dict[str, Any] | None) -> list[Any]:
    """What else was seen of a wallet or an IP."""
    if not found:
        return []
    asked = found.get("requests_last_hour")
    requests = f"{asked} requests in the last hour, {found.get('errors_last_hour')} failed"
    rows = [
        [one["transaction_id"], one["transaction_id"], one["t"], decision(one.get("decision")), one.get("score"),
         one.get("amount")]
        for one in found["transactions"]
        if one["transaction_id"] != own
    ]  # fmt: skip
    heading = html.H3([title, " ", html.Small(requests)] if asked is not None else title)
    nothing = html.P("No other activity.", className="text-body-secondary mb-2")
    return [heading, plain_table(name, title, OTHERS, rows) if rows else nothing]
