"""One's own account: password, second factors, sessions."""

from typing import Any

from flask import Flask, Response, g, make_response, redirect, request

from console.auth import factor
from console.auth.context import Door
from console.auth.login_throttle import Counter
from console.auth.passwords import is_right, make_hash, weakness
from console.pages.rendering import show
from core import clock
from core.identity import second_factors, users
from core.identity.users import User

DONE = {
    "password": "The password is changed; every other session of yours has ended.",
    "passkey": "The passkey is added and works at the next login; every other session of yours has ended.",
    "passkey-gone": "The passkey is removed; every other session of yours has ended.",
    "ended": "The session has ended.",
    "others": "Every other session of yours has ended.",
}


def install(server: Flask, door: Door) -> None:
    """Add `<prefix>account` and its actions."""
    prefix = door.prefix

    @server.get(f"{prefix}account", endpoint="account")
    def account() -> Response:
        return _page(door)

    @server.post(f"{prefix}account/password", endpoint="account_password")
    def password() -> Response:
        return _password(door)

    @server.post(f"{prefix}account/codes", endpoint="account_codes")
    def codes() -> Response:
        shown, hashes = factor.new_codes()
        with door.database.transaction() as connection:
            user = door.me(connection)
            second_factors.set_codes(connection, user.id, hashes)
            door.record(connection, "mfa.codes", f"user:{user.name}", None, {"codes": len(shown)})
            token = door.carry(connection)
        door.keep_in(token)
        door.tell("low", "mfa-codes", "success", f"{user.name} made new recovery codes", user.name)
        return _page(door, codes=shown)

    @server.post(f"{prefix}account/sessions/<digest>/end", endpoint="account_session_end")
    def end(digest: str) -> Response:
        with door.database.transaction() as connection:
            user = door.me(connection)
            door.sessions.end_one(connection, user.id, digest)
        return _back(door, "ended")

    @server.post(f"{prefix}account/sessions/end", endpoint="account_sessions_end")
    def end_others() -> Response:
        with door.database.transaction() as connection:
            users.end_epoch(connection, door.me(connection).id)
            token = door.carry(connection)
        door.keep_in(token)
        return _back(door, "others")


def _password(door: Door) -> Response:
    old, new = request.form.get("old", ""), request.form.get("new", "")
    counter = [Counter(f"change:{g.session.user_id}", 5, 60.0)]
    wait = door.attempts.take(counter, clock.now())
    if wait:
        return _page(door, 429, wrong={"old": f"Too many wrong passwords. Try again in {wait:.0f} s."})
    with door.database.transaction() as connection:
        user = _me(connection)
    if not is_right(old, user.password_hash):
        door.tell("medium", "password-change", "failure", f"Wrong old password of {user.name}", user.name)
        return _page(door, 400, wrong={"old": "That is not your password of now."})
    door.attempts.clear(counter)
    reason = weakness(new, user.name, user.email) or (
        "The two new passwords differ." if new != request.form.get("again", "") else ""
    )
    if reason:
        return _page(door, 400, wrong={"again" if "differ" in reason else "new": reason})
    hashed = make_hash(new)
    with door.database.transaction() as connection:
        user = door.me(connection)  # the same epoch as above, so the old password is still the one that was shown
        users.set_password(connection, user.id, hashed)
        door.record(connection, "user.password", f"user:{user.name}", None, {"changed": True})
        token = door.carry(connection)
    door.keep_in(token)
    door.tell("low", "password-change", "success", f"{user.name} changed the password", user.name)
    return _back(door, "password")


def _page(door: Door, status: int = 200, **values: Any) -> Response:
    with door.database.transaction() as connection:
        user = _me(connection)
        keys = second_factors.passkeys(connection, user.id)
        left = len(second_factors.codes(connection, user.id))
    sessions = door.sessions.of(user.id)
    values = {"wrong": {}, "codes": [], **values}
    return show(
        door, "account.html", "account", status, user=user, passkeys=keys, left=left, sessions=sessions,
        done=DONE.get(request.args.get("done", ""), ""), **values,
    )  # fmt: skip


def _back(door: Door, done: str) -> Response:
    return make_response(redirect(f"{door.prefix}account?done={done}", 303))


def _me(connection: Any) -> User:
    user = users.by_id(connection, g.session.user_id)
    assert user is not None, "a session belongs to a user"
    return user
