"""One's own account: password, second factors, sessions."""

from typing import Any

from flask import Flask, Response, g, make_response, redirect, request

from console.auth import factor
from console.auth.door import Door
from console.auth.passwords import is_right, make_hash, weakness
from console.pages.plain import show
from core import clock
from core.store import factors, users
from core.store.attempts import Counter
from core.store.users import User

DONE = {
    "password": "The password is changed; every other session of yours has ended.",
    "passkey": "The passkey is added; it works at the next login.",
    "passkey-gone": "The passkey is removed.",
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
            user = _me(connection, lock=True)
            factors.set_codes(connection, user.id, hashes)
            door.record(connection, "mfa.codes", f"user:{user.name}", None, {"codes": len(shown)})
        door.tell("low", "mfa-codes", "success", f"{user.name} made new recovery codes", user.name)
        return _page(door, codes=shown)

    @server.post(f"{prefix}account/sessions/<digest>/end", endpoint="account_session_end")
    def end(digest: str) -> Response:
        door.sessions.end_digest(g.session.user_id, digest)
        return _back(door, "ended")

    @server.post(f"{prefix}account/sessions/end", endpoint="account_sessions_end")
    def end_others() -> Response:
        door.sessions.end_all(g.session.user_id, but=g.session.digest)
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
        users.set_password(connection, user.id, hashed)
        door.record(connection, "user.password", f"user:{user.name}", None, {"changed": True})
    door.sessions.end_all(user.id, but=g.session.digest)
    door.tell("low", "password-change", "success", f"{user.name} changed the password", user.name)
    g.raised = door.sessions.rotated(g.session)
    return _back(door, "password")


def _page(door: Door, status: int = 200, **values: Any) -> Response:
    with door.database.transaction() as connection:
        user = _me(connection)
        keys = factors.passkeys(connection, user.id)
        left = len(factors.codes(connection, user.id))
    sessions = door.sessions.of(user.id)
    values = {"wrong": {}, "codes": [], **values}
    return show(
        door, "account.html", "account", status, user=user, passkeys=keys, left=left, sessions=sessions,
        done=DONE.get(request.args.get("done", ""), ""), **values,
    )  # fmt: skip


def _back(door: Door, done: str) -> Response:
    return make_response(redirect(f"{door.prefix}account?done={done}", 303))


def _me(connection: Any, lock: bool = False) -> User:
    user = users.by_id(connection, g.session.user_id, lock)
    assert user is not None, "a session belongs to a user"
    return user
