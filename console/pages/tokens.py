"""Tokens of machines: made (shown once), listed with their last use, revoked."""

from datetime import timedelta
from typing import Any

from flask import Flask, Response, g, make_response, redirect, request

from console.auth.door import Door, address
from console.pages.plain import show
from core import clock
from core.errors import BadInput
from core.store import tokens

SCOPES = {
    "ingest": "send events",
    "score": "ask for scores",
    "read": "read the monitoring API",
    "admin": "everything, training runs too",
}
DONE = {"revoked": "The token is revoked; it opens nothing two seconds from now."}


def install(server: Flask, door: Door) -> None:
    """Add `<prefix>tokens` and its actions."""
    root = f"{door.prefix}tokens"

    @server.get(root, endpoint="tokens")
    def listed() -> Response:
        return _page(door)

    @server.post(root, endpoint="token_create")
    def create() -> Response:
        typed: dict[str, Any] = {
            "name": request.form.get("name", "")[:200],
            "scopes": request.form.getlist("scope"),
            "days": request.form.get("days", "").strip()[:6],
        }
        days = typed["days"]
        if days and not (days.isdecimal() and len(days) <= 4 and 1 <= int(days) <= 3650):
            return _page(door, 400, typed=typed, wrong={"days": "Give 1 to 3650 days, or nothing."})
        until = clock.to_datetime(clock.now()) + timedelta(days=int(days)) if days else None
        try:
            _, text = tokens.create(
                door.database, door.audit, typed["name"], typed["scopes"], g.session.user, until, address()
            )
        except BadInput as error:
            field = error.field.removeprefix("$.")
            reason = "Choose at least one." if field == "scopes" else f"{error.reason.capitalize()}."
            return _page(door, 400, typed=typed, wrong={field: reason})
        door.tell("medium", "token-create", "success", f"{g.session.user} made token {typed['name']}", g.session.user)
        return _page(door, made=text)

    @server.post(f"{root}/<token_id>/revoke", endpoint="token_revoke")
    def revoke(token_id: str) -> Response:
        try:
            ended = tokens.revoke(door.database, door.audit, token_id, g.session.user, address())
        except BadInput:
            return _page(door, 409, gone="That token is revoked already, or never was.")
        door.tell("medium", "token-revoke", "success", f"{g.session.user} revoked token {ended.name}", g.session.user)
        return make_response(redirect(f"{root}?done=revoked", 303))


def _page(door: Door, status: int = 200, **values: Any) -> Response:
    values = {"typed": {"name": "", "scopes": [], "days": ""}, "wrong": {}, "made": "", "gone": "", **values}
    return show(
        door, "tokens.html", "tokens", status, tokens=tokens.listed(door.database), scopes=SCOPES,
        now=clock.to_datetime(clock.now()), done=DONE.get(request.args.get("done", ""), ""), **values,
    )  # fmt: skip
