"""What a transaction really was, said by an analyst: fraud, legit or unsure with a comment, seen at once, taken back.

The labels come back as they are stored, not as clicked; `assets/js/parts/opened.js` says what came of it.
"""

from typing import Any, cast

import dash_bootstrap_components as dbc
from dash import html
from flask import g
from msgspec import Struct, structs

from console.actions import Done, Form, Refusal, action
from console.as_html import as_html, element
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
COMMENT_CHARACTERS = 1000
COMMENT = {
    "type": "text", "id": "say-comment", "name": "comment", "class": "form-control", "autocomplete": "off",
    "maxlength": COMMENT_CHARACTERS, "placeholder": "Comment (c), stored with the label", "aria-keyshortcuts": "c",
}  # fmt: skip
COLOURS = {"fraud": "text-danger-emphasis", "legit": "text-success-emphasis", "unsure": "text-warning-emphasis"}


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
    now: list[Any] = [html.Span("Counts as", className="text-body-secondary small"), chip(label_state(found.counts))]
    if found.undo:
        now.append(
            html.Button(
                [icon("arrow-counterclockwise"), "Undo ", html.Kbd("z")], type="button", name="change",
                value=str(found.undo), className="btn btn-sm btn-secondary", **attributes({"data-act": f"{root}/undo"}),
            )
        )  # fmt: skip
    known = {"data-id": found.id, "data-counts": found.counts or ""}
    return html.Div(
        [
            html.Div(now, className="verdict-now d-flex align-items-center gap-2 mb-2"),
            *_say(found, root),
            *([html.Ul([_said(one) for one in found.said], className="lines")] if found.said else []),
            *([_history(found.changes)] if len(found.changes) > len(found.said) else []),
        ],
        id="verdict",
        className="verdict border rounded bg-body p-2",
        **attributes({**known, "data-undo": str(found.undo)} if found.undo else known),
    )


def _say(found: Labels, root: str) -> list[Any]:
    if not reaches(g.session.role, "analyst"):
        return [html.P("Only analysts can label. Your role is read-only.", className="text-body-secondary mb-2")]
    held = [
        html.P(
            [icon("lock"), f"{found.holder} is reviewing this transaction."],
            className="text-warning-emphasis d-flex gap-2 mb-2",
        )
    ]
    buttons = [
        html.Button(
            [icon(LABELS[word][1], COLOURS[word]), f"{word.title()} ", html.Kbd(word[0])],
            type="submit", name="label", value=word,
            className=f"btn btn-secondary flex-fill say-{word}", disabled=bool(found.holder),
            **attributes({"aria-keyshortcuts": word[0]}),
        )
        for word in LABELS
    ]  # fmt: skip
    form = html.Form(
        [
            dbc.Input(type="hidden", id="say-id", name="id", value=found.id),
            html.Label("Comment", htmlFor="say-comment", className="visually-hidden"),
            element("input", COMMENT),
            html.Div(
                buttons, className="d-flex gap-2 mt-2", role="group", **attributes({"aria-label": "Label"})
            ),
            html.P(className="wrong", role="alert", **attributes({"data-said": ""})),
        ],
        className="say action-form", method="post", action=f"{root}/label",
    )  # fmt: skip
    return [*(held if found.holder else []), form]


def _said(one: dict[str, Any]) -> html.Li:
    who = f"{one['source']} · {one['actor']}" if one["actor"] and one["actor"] != one["source"] else one["source"]
    line = [
        chip(label_state(one["label"])),
        html.Span(who),
        *([html.Span("counts", className="small")] if one["counts"] else []),
        html.Span(f"{one['labelled_at']:%Y-%m-%d %H:%M}", className="mono text-body-secondary small"),
    ]
    return html.Li(
        [
            html.Span(line, className="d-flex flex-wrap align-items-center gap-2"),
            *([html.Q(one["comment"])] if one["comment"] else []),
        ]
    )


def _history(changes: list[dict[str, Any]]) -> html.Details:
    lines = [
        html.Li(
            [
                html.Span(f"{one['at']:%Y-%m-%d %H:%M} ", className="mono text-body-secondary small"),
                f"{one['actor'] or one['source']}: {one['before'] or 'nothing'} → {one['after'] or 'withdrawn'} ",
                *([html.Q(one["comment"])] if one["comment"] else []),
            ]
        )
        for one in changes
    ]
    return html.Details(
        [html.Summary(f"{len(changes)} changes"), html.Ol(lines, className="lines small")],
        className="history",
    )


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
    if outcome.result == "unchanged":
        return _stored(auth, outcome, f"{outcome.transaction_id} is already {word}", outcome.change)
    outranked = outcome.after != "unsure" and outcome.counts != outcome.after
    more = f", but {outcome.counts} counts because it comes from a higher-ranked source" if outranked else ""
    return _stored(auth, outcome, f"{outcome.transaction_id}: {word}{more}", outcome.change)


@action("transactions/undo", role="analyst", name="transaction_undo")
def undo(auth: AuthContext, form: Form) -> Done:
    """Take the own last label back."""
    change = form.text("change")
    if not change.isdecimal() or len(change) > 18:
        raise BadInput("change", "is not a label change")
    with auth.database.transaction() as connection:
        outcome = label_store.undo(connection, auth.audit, int(change), clock.now(), _caller())
    counts = f"{outcome.counts} counts" if outcome.counts else "no label counts"
    return _stored(auth, outcome, f"{outcome.transaction_id}: label removed, {counts} now")


def _stored(auth: AuthContext, outcome: LabelResult, said: str, undo: int | None = None) -> Done:
    """What `assets/js/parts/opened.js` says of it; `undo` is the change that can be taken back."""
    content = verdict(of(auth, outcome.transaction_id), f"{auth.prefix}transactions")
    shown = as_html(chip(label_state(outcome.after)))  # for the line of a list
    data = {**structs.asdict(outcome), "chip": shown, "said": said, "undo": undo}
    return Done("", place=place(outcome.transaction_id), content=content, data=data)


def place(name: str) -> str:
    """Where the labels of a transaction are shown."""
    return f"verdict-{name}"


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
