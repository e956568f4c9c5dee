"""The filter of the search as a form, and as words."""

from collections.abc import Mapping, Sequence
from typing import Any

import dash_bootstrap_components as dbc
from dash import dcc, html

from core import clock
from core.transactions.search_filter import LABELS, SPANS, TYPES, USUAL, Asked
from core.untrusted_text import settled

DECISIONS = {
    "REVIEW,BLOCKED": "held",
    "BLOCKED": "blocked",
    "REVIEW": "review",
    "APPROVED": "approved",
    "UNSCORED": "not scored",
}
NUMBERS = {
    "score_from": "Score from",
    "score_to": "to",
    "amount_from": "Amount from",
    "amount_to": "to (USD)",
}


def filter_form(address: str, typed: Mapping[str, str], wrong: Mapping[str, str]) -> html.Form:
    """What was asked for, and by field what is wrong with it."""
    broad = next((typed[name] for name in ("q", "id", "wallet", "ip") if typed.get(name)), "")
    lost = next((wrong[name] for name in ("q", "ip", "id", "wallet") if wrong.get(name)), "")
    kept = [
        dcc.Input(type="hidden", id=f"f-{name}", name=name, value=typed[name])
        for name in ("sort", "dir")
        if typed.get(name)
    ]
    clear = [html.A("Clear", href=address, className="btn btn-secondary")] if typed else []
    return html.Form(
        [
            _text("q", "Id, wallet or IP", broad, lost, "g-col-2", placeholder="press / to search"),
            _choice("span", "Time", {name: f"last {name}" for name in SPANS}, typed.get("span") or USUAL),
            _text("from", "or from (UTC)", typed.get("from", ""), wrong.get("from", ""), placeholder="2026-01-31"),
            _text("to", "to (UTC)", typed.get("to", ""), wrong.get("to", ""), placeholder="2026-02-01"),
            *[
                _text(name, words, typed.get(name, ""), wrong.get(name, ""), "", inputmode="decimal")
                for name, words in NUMBERS.items()
            ],
            _choice("decision", "Decision", {"": "any", **DECISIONS}, typed.get("decision", "")),
            _choice("label", "Label", {"": "any", **{one: one for one in LABELS}}, typed.get("label", "")),
            _choice("type", "Type", {"": "any", **{one: one for one in TYPES}}, typed.get("type", "")),
            *kept,
            html.Div([dbc.Button("Show", type="submit"), *clear], className="go d-flex gap-2"),
        ],
        id="filter",
        className="filter grid cols-2 cols-md-4 cols-xl-6 align-items-end p-3 border-bottom",
        method="get",
        action=address,
    )


def _text(name: str, label: str, value: str, wrong: str, look: str = "", **more: Any) -> html.Div:
    field = dbc.Input(id=f"f-{name}", name=name, value=value, autocomplete="off", invalid=bool(wrong), **more)
    return html.Div(
        [html.Label(label, htmlFor=f"f-{name}", className="form-label"), field, *_wrong(name, wrong)],
        className=look or None,
    )


def _choice(name: str, label: str, options: Mapping[str, str], value: str) -> html.Div:
    known = options if value in options else {**options, value: settled(value)}
    listed = [{"value": key, "label": words} for key, words in known.items()]
    select = dbc.Select(id=f"f-{name}", name=name, options=listed, value=value, placeholder=options.get(""))
    return html.Div([html.Label(label, htmlFor=f"f-{name}", className="form-label"), select])


def _wrong(name: str, text: str) -> Sequence[html.P]:
    return [html.P(text, id=f"w-{name}", className="wrong")] if text else []


def in_words(asked: Asked) -> str:
    """The filter in a sentence's worth of words, for the head of the table."""
    order = {"time": "newest", "score": "highest score", "amount": "dearest"}
    back = {"time": "oldest", "score": "lowest score", "amount": "cheapest"}
    first = (back if asked.ascending else order)[asked.sort]
    end = min(asked.end, clock.to_datetime(clock.now()))
    return f"{asked.start:%Y-%m-%d %H:%M} to {end:%Y-%m-%d %H:%M} UTC, {first} first"
