"""One's own passkeys: add and remove. The page offers a ceremony, the browser's answer comes back in a form."""

from typing import Any

from flask import Flask, Response, g, make_response, redirect, request

from console.auth import passkeys
from console.auth.door import Door
from console.pages.plain import show
from core.store import factors, users


def install(server: Flask, door: Door) -> None:
    """Add `<prefix>account/passkeys` and its actions."""
    root = f"{door.prefix}account/passkeys"

    @server.post(f"{root}/new", endpoint="passkey_new")
    def offer() -> Response:
        return _offer(door)

    @server.post(root, endpoint="passkey_add")
    def add() -> Response:
        name = request.form.get("name", "").strip()[:60] or "Passkey"
        answer, challenge = request.form.get("passkey", "")[:20_000], g.session.challenge
        door.sessions.challenged(g.session, "")
        with door.database.transaction() as connection:
            user = users.by_id(connection, g.session.user_id, lock=True)
            kept = user is not None and passkeys.register(connection, user, answer, challenge, name)
            if kept:
                door.record(connection, "mfa.passkey-add", f"user:{g.session.user}", None, {"passkey": name})
        if not kept:
            return _offer(door, "The passkey was not accepted. Try again.", 400, name)
        door.tell("low", "mfa-passkey", "success", f"{g.session.user} added a passkey", g.session.user)
        return _back(door, "passkey")

    @server.post(f"{root}/<int:passkey_id>/remove", endpoint="passkey_remove")
    def remove(passkey_id: int) -> Response:
        with door.database.transaction() as connection:
            name = factors.drop_passkey(connection, g.session.user_id, passkey_id)
            if name is not None:
                before: Any = {"passkey": name}
                door.record(connection, "mfa.passkey-remove", f"user:{g.session.user}", before, None)
        return _back(door, "passkey-gone")


def _offer(door: Door, wrong: str = "", status: int = 200, name: str = "") -> Response:
    options = ""
    if passkeys.host():
        with door.database.transaction() as connection:
            user = users.by_id(connection, g.session.user_id)
            known = factors.passkeys(connection, g.session.user_id)
        fresh = passkeys.challenge()
        door.sessions.challenged(g.session, fresh)
        options = passkeys.creation(user, known, fresh) if user else ""
    return show(door, "passkey.html", "account", status, options=options, wrong=wrong, name=name)


def _back(door: Door, done: str) -> Response:
    return make_response(redirect(f"{door.prefix}account?done={done}", 303))
