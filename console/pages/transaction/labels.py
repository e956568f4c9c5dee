"""What a transaction really was, said by an analyst: fraud, legit or unsure with a comment, seen at once, taken back.

`assets/js/parts/opened.js` sends it in the background and gets the labels back as they are stored, not as clicked.
"""

from typing import Any, cast

import dash_bootstrap_components as dbc
from dash import html
from flask import g
from msgspec import Struct, structs

from console.actions import Done, Form, Refusal, action
from console.attributes import attributes
from console.auth.audited import address
from console.auth.context import AuthContext
from console.auth.roles import reaches
from console.panel_layout import icon
from console.transaction_parts import LABELS, chip
from console.transaction_parts import label as label_state
from core import clock
from core.db.queries import query
from core.errors import BadInput
from core.transactions import label_store, review
from core.transactions.ids import is_id
from core.transactions.label_store import Caller, LabelResult
from core.transactions.labels import WORDS, LabelIn, LabelWord, given

UNDO_SECONDS = 600
PLACE = "verdict-place"
COMMENT_CHARACTERS = 1000


class Labels(Struct, frozen=True):
    """What each source says (`said`), the history (`changes`), what counts, what can be undone, and who reviews it."""

    id: str
    said: list[dict[str, Any]]
    changes: list[dict[str, Any]]
    counts: str | None
    undo: int | None
    holder: str | None


def of(auth: AuthContext, name: str) -> Labels:
    """The labels of a transaction."""
    with auth.database.transaction() as connection:
        said = [dict(row) for row in connection.execute(query("transactions.labels"), {"id": name}).mappings()]
        changes = [dict(row) for row in connection.execute(query("labels.changes"), {"id": name}).mappings()]
        holder = review.claimed(connection, name, clock.now())
    mine = changes[0] if changes and changes[0]["source"] == "analyst" else None
    recent = mine and mine["actor"] == g.session.user and clock.now() - mine["at"].timestamp() < UNDO_SECONDS
    return Labels(
        name, said, changes, next((row["label"] for row in said if row["counts"]), None),
        mine["id"] if mine and recent and mine["after"] != mine["before"] else None,
        holder if holder != g.session.user else None,
    )  # fmt: skip


def verdict(found: Labels, root: str) -> html.Div:
    """The labels as they are shown; `root` is the address of transactions."""
    now: list[Any] = [html.Span("Counts as", className="quiet-word"), chip(label_state(found.counts))]
    if found.undo:
        now.append(
            html.Button(
                [icon("arrow-counterclockwise"), "Undo ", html.Kbd("z")], type="button",
                className="btn btn-sm btn-secondary", **attributes({"data-undo-change": str(found.undo)}),
            )
        )  # fmt: skip
    known = {"data-id": found.id, "data-counts": found.counts or ""}
    return html.Div(
        [
            html.Div(now, className="verdict-now"),
            *_say(found, root),
            *([html.Ul([_said(one) for one in found.said], className="said-list")] if found.said else []),
            *([_history(found.changes)] if len(found.changes) > len(found.said) else []),
        ],
        id="verdict",
        className="verdict",
        **attributes({**known, "data-undo": str(found.undo)} if found.undo else known),
    )


def _say(found: Labels, root: str) -> list[Any]:
    if not reaches(g.session.role, "analyst"):
        return [html.P("Only analysts can label. Your role is read-only.", className="quiet")]
    held = [html.P([icon("lock"), f"{found.holder} is reviewing this transaction."], className="held-by")]
    buttons = [
        html.Button(
            [icon(LABELS[word][1]), f"{word.title()} ", html.Kbd(word[0])], type="submit", name="label", value=word,
            className=f"btn btn-secondary say-{word}", disabled=bool(found.holder),
        )
        for word in LABELS
    ]  # fmt: skip
    form = html.Form(
        [
            dbc.Input(type="hidden", id="say-id", name="id", value=found.id),
            html.Label("Comment", htmlFor="say-comment", className="sr"),
            dbc.Input(
                id="say-comment", name="comment", maxlength=COMMENT_CHARACTERS, autocomplete="off",
                placeholder="Comment (c), stored with the label",
            ),
            html.Div(
                buttons, className="say-buttons", role="group", **attributes({"aria-label": "Label"})
            ),
            html.P(className="wrong", role="alert", **attributes({"data-said": ""})),
        ],
        className="say", method="post", action=f"{root}/label", **attributes({"data-say": ""}),
    )  # fmt: skip
    return [*(held if found.holder else []), form]


def _said(one: dict[str, Any]) -> html.Li:
    who = f"{one['source']} · {one['actor']}" if one["actor"] and one["actor"] != one["source"] else one["source"]
    line = [
        chip(label_state(one["label"])),
        html.Span(who),
        *([html.Span("counts", className="chip plain")] if one["counts"] else []),
        html.Span(f"{one['labelled_at']:%Y-%m-%d %H:%M}", className="mono quiet-word"),
    ]
    return html.Li([html.Span(line, className="who-said"), *([html.Q(one["comment"])] if one["comment"] else [])])


def _history(changes: list[dict[str, Any]]) -> html.Details:
    lines = [
        html.Li(
            [
                html.Span(f"{one['at']:%Y-%m-%d %H:%M} ", className="mono quiet-word"),
                f"{one['actor'] or one['source']}: {one['before'] or 'nothing'} → {one['after'] or 'withdrawn'} ",
                *([html.Q(one["comment"])] if one["comment"] else []),
            ]
        )
        for one in changes
    ]
    return html.Details([html.Summary(f"{len(changes)} changes"), html.Ol(lines)], className="history")


@action("transactions/label", role="analyst", name="transaction_label")
def label(auth: AuthContext, form: Form) -> Done:
    """Say what a transaction really was."""
    word = form.text("label")
    if word not in WORDS:
        raise BadInput("label", f"choose one of {', '.join(WORDS)}")
    comment = _comment(str(form.values.get("comment", "")))
    item = LabelIn(transaction_id=_id(form), label=cast(LabelWord, word), source="analyst", comment=comment)
    said = given(item, clock.now(), g.session.user, 0.0)
    with auth.database.transaction() as connection:
        other = review.claimed(connection, item.transaction_id, clock.now())
        if other not in (None, g.session.user):
            raise Refusal(f"{other} is reviewing this transaction. Choose another one.", 409)
        outcome = label_store.record(connection, auth.audit, [said], _caller())[0]
        review.release(connection, item.transaction_id, g.session.user)
    return _stored(auth, outcome)


@action("transactions/undo", role="analyst", name="transaction_undo")
def undo(auth: AuthContext, form: Form) -> Done:
    """Take the own last label back."""
    change = form.text("change")
    if not change.isdecimal() or len(change) > 18:
        raise BadInput("change", "is not a label change")
    with auth.database.transaction() as connection:
        outcome = label_store.undo(connection, auth.audit, int(change), clock.now(), _caller())
    return _stored(auth, outcome)


def _stored(auth: AuthContext, outcome: LabelResult) -> Done:
    content = verdict(of(auth, outcome.transaction_id), f"{auth.prefix}transactions")
    return Done("", place=PLACE, content=content, data=structs.asdict(outcome))


def _caller() -> Caller:
    return Caller(g.session.user, address(), g.get("correlation_id"))


def _id(form: Form) -> str:
    name = str(form.values.get("id", ""))
    if not is_id(name):
        raise BadInput("id", "is not a transaction id")
    return name


def _comment(text: str) -> str | None:
    text = " ".join(text.split())
    if len(text) > COMMENT_CHARACTERS:
        raise BadInput("comment", f"has {len(text):,} characters; at most {COMMENT_CHARACTERS:,} are kept")
    return "".join(char for char in text if char.isprintable()) or None
