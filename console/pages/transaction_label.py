"""What a transaction really was, said by an analyst: fraud, legit or unsure with a comment, seen at once, taken back.

The buttons post in the background and get the drawn state of the labels back, so the page shows what is stored, not
what was clicked.
"""

from typing import Any, cast

from flask import Flask, Response, g, render_template, request
from msgspec import structs

from console.auth.audited import address
from console.auth.context import Door
from console.auth.roles import reaches
from console.format import NONE
from console.pages.rendering import when
from core import clock, codec
from core.db.queries import query
from core.errors import BadInput
from core.transactions import label_store, review
from core.transactions.ids import is_id
from core.transactions.label_store import Caller
from core.transactions.labels import WORDS, LabelIn, LabelWord, given
from core.web.problems import problem

UNDO_SECONDS = 600


def install(server: Flask, door: Door) -> None:
    """Add the actions `<prefix>transactions/label` and `/undo`."""
    root = f"{door.prefix}transactions"

    @server.post(f"{root}/label", endpoint="transaction_label")
    def label() -> Response:
        word = request.form.get("label", "")
        if word not in WORDS:
            raise BadInput("label", f"choose one of {', '.join(WORDS)}")
        comment = _comment(request.form.get("comment", ""))
        item = LabelIn(transaction_id=_id(), label=cast(LabelWord, word), source="analyst", comment=comment)
        said = given(item, clock.now(), g.session.user, 0.0)
        with door.database.transaction() as connection:
            other = review.claimed(connection, item.transaction_id, clock.now())
            if other not in (None, g.session.user):
                return problem(409, f"{other} has this transaction in hand; choose another.")
            outcome = label_store.record(connection, door.audit, [said], _caller())[0]
            review.release(connection, item.transaction_id, g.session.user)
        return _answer(door, item.transaction_id, outcome)

    @server.post(f"{root}/undo", endpoint="transaction_undo")
    def undo() -> Response:
        change = request.form.get("change", "")
        if not change.isdecimal() or len(change) > 18:
            raise BadInput("change", "is no change of a label")
        with door.database.transaction() as connection:
            outcome = label_store.undo(connection, door.audit, int(change), clock.now(), _caller())
        return _answer(door, outcome.transaction_id, outcome)


def of(door: Door, name: str) -> dict[str, Any]:
    """What the template of the labels wants: what each source says, what counts, the history, what can be undone."""
    with door.database.transaction() as connection:
        said = [dict(row) for row in connection.execute(query("transactions.labels"), {"id": name}).mappings()]
        changes = [dict(row) for row in connection.execute(query("labels.changes"), {"id": name}).mappings()]
        holder = review.claimed(connection, name, clock.now())
    mine = changes[0] if changes and changes[0]["source"] == "analyst" else None
    recent = mine and mine["actor"] == g.session.user and clock.now() - mine["at"].timestamp() < UNDO_SECONDS
    return {
        "id": name,
        "said": said,
        "changes": changes,
        "counts": next((row["label"] for row in said if row["counts"]), None),
        "undo": mine["id"] if mine and recent and mine["after"] != mine["before"] else None,
        "holder": holder if holder != g.session.user else None,
        "can_label": reaches(g.session.role, "analyst"),
        "dash": NONE,
    }


def draw(door: Door, name: str) -> str:
    """The labels of a transaction as they are shown."""
    return render_template(
        "transaction_verdict.html",
        prefix=door.prefix,
        csrf=g.session.csrf,
        session=g.session,
        when=when,
        **of(door, name),
    )


def _answer(door: Door, name: str, outcome: label_store.Outcome) -> Response:
    body = {**structs.asdict(outcome), "html": draw(door, name)}
    return Response(codec.encode(body), headers={"Cache-Control": "no-store"}, content_type="application/json")


def _caller() -> Caller:
    return Caller(g.session.user, address(), g.get("correlation_id"))


def _id() -> str:
    name = request.form.get("id", "")
    if not is_id(name):
        raise BadInput("id", "is no transaction id")
    return name


def _comment(text: str) -> str | None:
    text = " ".join(text.split())
    if len(text) > 1000:
        raise BadInput("comment", f"has {len(text):,} characters; at most 1,000 are kept")
    return "".join(char for char in text if char.isprintable()) or None
