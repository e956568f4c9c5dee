"""Administration of people: invite, role, lock, second factors, sessions. Every change is audited where it is made."""

import re
import secrets
from collections.abc import Callable
from hashlib import sha256
from typing import Any

from flask import Flask, Response, abort, g, make_response, redirect, request

from console.auth.context import Door
from console.auth.roles import ROLES
from console.pages.rendering import show
from core import clock
from core.identity import second_factors, usernames, users
from core.identity.users import User

_EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s]{1,190}\Z")
DONE = {
    "role": "The role is changed; the sessions with the old one have ended.",
    "disabled": "The account is closed and its sessions have ended.",
    "enabled": "The account is open again.",
    "unlocked": "The account is unlocked.",
    "mfa": "The second factors are forgotten; the next login sets up an authenticator. Earlier links open nothing.",
    "ended": "The session has ended.",
    "sessions": "All sessions of this user have ended.",
}


def install(server: Flask, door: Door) -> None:
    """Add `<prefix>users`, `<prefix>users/<id>` and the actions on a user."""
    root = f"{door.prefix}users"

    @server.get(root, endpoint="users")
    def everybody() -> Response:
        return _list(door)

    @server.post(f"{root}/invite", endpoint="user_invite")
    def invite() -> Response:
        return _invite(door)

    @server.get(f"{root}/<int:user_id>", endpoint="user")
    def one(user_id: int) -> Response:
        return _one(door, user_id)

    @server.post(f"{root}/<int:user_id>/link", endpoint="user_link")
    def link(user_id: int) -> Response:
        with door.database.transaction() as connection:
            user = _locked(door, connection, user_id)
            token = _new_link(door, connection, user)
            door.record(connection, "user.link", f"user:{user.name}", None, {"link": "new"})
        return _one(door, user_id, link=_address(door, token))

    def action(path: str, endpoint: str, done: str, change: Callable[[Any, User], str | None], ends: bool) -> None:
        """A change of one user that ends in their page; `change` gives the reason when it is refused."""

        @server.post(f"{root}/<int:user_id>/{path}", endpoint=endpoint)
        def act(user_id: int) -> Response:
            own = ""
            with door.database.transaction() as connection:
                refused = change(connection, _locked(door, connection, user_id))
                if user_id == g.session.user_id and not refused and not ends:
                    own = door.carry(connection)
            if refused:
                return _one(door, user_id, 409, wrong=refused)
            if own:
                door.keep_in(own)
            else:
                door.sessions.tidy(user_id)
            return make_response(redirect(f"{root}/{user_id}?done={done}", 303))

    action("role", "user_role", "role", lambda c, user: _role(door, c, user), ends=True)
    action("disable", "user_disable", "disabled", lambda c, user: _disable(door, c, user), ends=True)
    action("enable", "user_enable", "enabled", lambda c, user: _enable(door, c, user), ends=False)
    action("unlock", "user_unlock", "unlocked", lambda c, user: _unlock(door, c, user), ends=False)
    action("reset-mfa", "user_reset_mfa", "mfa", lambda c, user: _reset(door, c, user), ends=True)
    action("sessions/end", "user_sessions_end", "sessions", lambda c, user: _end(door, c, user), ends=True)

    @server.post(f"{root}/<int:user_id>/sessions/<digest>/end", endpoint="user_session_end")
    def end(user_id: int, digest: str) -> Response:
        with door.database.transaction() as connection:
            user = _locked(door, connection, user_id)
            door.sessions.end_one(connection, user.id, digest)
            door.record(connection, "session.end", f"user:{user.name}", None, {"session": digest[:8]})
        return make_response(redirect(f"{root}/{user_id}?done=ended", 303))


def _invite(door: Door) -> Response:
    typed = {name: request.form.get(name, "").strip()[:254] for name in ("name", "email", "role")}
    name = usernames.canonical(typed["name"])
    wrong: dict[str, str] = {}
    if reason := usernames.refusal(typed["name"]):
        wrong["name"] = reason
    if typed["email"] and not _EMAIL.match(typed["email"]):
        wrong["email"] = "This is no e-mail address."
    if typed["role"] not in ROLES:
        wrong["role"] = "Choose a role."
    if wrong:
        return _list(door, 400, typed=typed, wrong=wrong)
    with door.database.transaction() as connection:
        door.me(connection)
        user = users.insert(connection, name, typed["role"], typed["email"])
        if user is not None:
            token = _new_link(door, connection, user)
            door.record(connection, "user.invite", f"user:{name}", None, {"role": user.role, "email": user.email})
    if user is None:
        return _list(door, 409, typed=typed, wrong={"name": "This name, or one that looks like it, is taken."})
    door.tell("low", "user-invite", "success", f"{g.session.user} invited {name} as {user.role}", g.session.user)
    return _list(door, link=_address(door, token), invited=user)


def _role(door: Door, connection: Any, user: User) -> str | None:
    role = request.form.get("role", "")
    if role not in ROLES:
        return "Choose a role."
    if role != "admin" and users.is_last_admin(connection, user):
        return "This is the last administrator; make another one first."
    users.set_role(connection, user.id, role)
    door.record(connection, "user.role", f"user:{user.name}", {"role": user.role}, {"role": role})
    door.tell("medium", "user-role", "success", f"{g.session.user} made {user.name} {role}", g.session.user)
    return None


def _disable(door: Door, connection: Any, user: User) -> str | None:
    if users.is_last_admin(connection, user):
        return "This is the last administrator; make another one first."
    users.disable(connection, user.id, clock.now())
    door.record(connection, "user.disable", f"user:{user.name}", {"disabled": False}, {"disabled": True})
    return None


def _enable(door: Door, connection: Any, user: User) -> str | None:
    users.disable(connection, user.id, None)
    before = {"disabled": user.disabled_at is not None}
    door.record(connection, "user.enable", f"user:{user.name}", before, {"disabled": False})
    return None


def _unlock(door: Door, connection: Any, user: User) -> str | None:
    users.lock(connection, user.id, None)
    second_factors.forget_failures(connection, user.id)
    before = {"locked": user.locked_at is not None, "reason": user.locked_reason}
    door.record(connection, "user.unlock", f"user:{user.name}", before, {"locked": False})
    door.tell("medium", "user-unlock", "success", f"{g.session.user} unlocked {user.name}", g.session.user)
    return None


def _reset(door: Door, connection: Any, user: User) -> str | None:
    second_factors.reset(connection, user.id)
    before = {"enrolled": user.enrolled_at is not None}
    door.record(connection, "user.reset-mfa", f"user:{user.name}", before, {"enrolled": False})
    door.tell("medium", "mfa-reset", "success", f"{g.session.user} reset MFA of {user.name}", g.session.user)
    return None


def _end(door: Door, connection: Any, user: User) -> str | None:
    users.end_epoch(connection, user.id)
    door.record(connection, "session.end", f"user:{user.name}", None, {"sessions": "all"})
    return None


def _locked(door: Door, connection: Any, user_id: int) -> User:
    """The user whom an administrator changes; one such change at a time, by somebody who is one at its commit."""
    users.administering(connection)
    door.me(connection)
    user = users.by_id(connection, user_id, lock=True)
    if user is None:
        abort(404, "There is no such user.")
    return user


def _new_link(door: Door, connection: Any, user: User) -> str:
    token = secrets.token_urlsafe(24)
    expires = clock.now() + door.config.invitation_hours * 3600
    second_factors.invite(connection, user.id, sha256(token.encode()).hexdigest(), expires)
    return token


def _address(door: Door, token: str) -> str:
    return f"{request.host_url.rstrip('/')}{door.prefix}login/invitation/{token}"


def _list(door: Door, status: int = 200, **values: Any) -> Response:
    with door.database.transaction() as connection:
        people = users.listing(connection)
    values = {"typed": {"role": "viewer"}, "wrong": {}, "link": "", "invited": None, **values}
    hours = door.config.invitation_hours
    return show(door, "users.html", "users", status, people=people, roles=ROLES, hours=hours, **values)


def _one(door: Door, user_id: int, status: int = 200, **values: Any) -> Response:
    with door.database.transaction() as connection:
        user = users.by_id(connection, user_id)
        if user is None:
            abort(404, "There is no such user.")
        keys = second_factors.passkeys(connection, user_id)
        left = len(second_factors.codes(connection, user_id))
    values = {"wrong": "", "link": "", **values}
    return show(
        door, "user.html", "users", status, user=user, roles=ROLES, passkeys=keys, left=left,
        sessions=door.sessions.of(user_id), hours=door.config.invitation_hours,
        done=DONE.get(request.args.get("done", ""), ""), **values,
    )  # fmt: skip
