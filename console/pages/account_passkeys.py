"""One's own passkeys: add and remove. The page offers a ceremony, the browser's answer comes back in a form."""

from typing import Any

from flask import Flask, Response, g, make_response, redirect, request

from console.auth import passkeys
from console.auth.context import Door
from console.pages.rendering import show
from core.identity import second_factors, users


def install(server: Flask, door: Door) -> None:
    """Add `<prefix>account/passkeys` and its actions."""
    root = f"{door.prefix}account/passkeys"

    @server.post(f"{root}/new", endpoint="passkey_new")
    def offer() -> Response:
        return _offer(door)

    @server.post(root, endpoint="passkey_add")
    def add() -> Response:
        name = request.form.get("name", "").strip()[:60] or "Passkey"
        answer = request.form.get("credential", "")[:20_000]
        with door.database.transaction() as connection:
            user = door.me(connection)
            asked = door.challenges.take(answer, "register", user.id, g.session.id)
            kept = passkeys.register(connection, user, answer, asked, name)
            if kept:
                door.record(connection, "mfa.passkey-add", f"user:{user.name}", None, {"passkey": name})
                token = door.carry(connection)
        if not kept:
            return _offer(door, "The passkey was not accepted. Try again.", 400, name)
        door.keep_in(token)
        door.tell("low", "mfa-passkey", "success", f"{g.session.user} added a passkey", g.session.user)
        return _back(door, "passkey")

    @server.post(f"{root}/<int:passkey_id>/remove", endpoint="passkey_remove")
    def remove(passkey_id: int) -> Response:
        with door.database.transaction() as connection:
            user = door.me(connection)
            name = second_factors.drop_passkey(connection, user.id, passkey_id)
            if name is not None:
                before: Any = {"passkey": name}
                door.record(connection, "mfa.passkey-remove", f"user:{user.name}", before, None)
            token = door.carry(connection)
        door.keep_in(token)
        return _back(door, "passkey-gone")


def _offer(door: Door, wrong: str = "", status: int = 200, name: str = "") -> Response:
    options = ""
    if passkeys.host():
        with door.database.transaction() as connection:
            user = users.by_id(connection, g.session.user_id)
            known = second_factors.passkeys(connection, g.session.user_id)
        fresh = door.challenges.make("register", g.session.user_id, g.session.id)
        options = passkeys.creation(user, known, fresh) if user else ""
    return show(door, "passkey.html", "account", status, options=options, wrong=wrong, name=name)


def _back(door: Door, done: str) -> Response:
    return make_response(redirect(f"{door.prefix}account?done={done}", 303))
