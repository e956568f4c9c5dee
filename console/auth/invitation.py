"""The one-time link of an invitation: whoever has it sets the password and goes on to the authenticator."""

from hashlib import sha256

from flask import Flask, Response, request

from console.auth import forms, login
from console.auth.context import AuthContext
from console.auth.passwords import make_hash, weakness
from core import clock
from core.identity import second_factors, users
from core.identity.users import User


def install(server: Flask, auth: AuthContext) -> None:
    """Add `<prefix>login/invitation/<token>`."""
    path = f"{auth.prefix}login/invitation/<token>"

    @server.get(path, endpoint="invitation")
    def show(token: str) -> Response:
        user = _owner(auth, token)
        if user is None:
            return _gone(auth)
        return forms.show(auth, "invitation.html", name=user.name, wrong="")

    @server.post(path, endpoint="invitation_submit")
    def submit(token: str) -> Response:
        user = _owner(auth, token)
        if user is None:
            return _gone(auth)
        if not forms.has_valid_csrf(auth):
            return forms.show(auth, "invitation.html", 400, name=user.name, wrong=forms.EXPIRED)
        password = request.form.get("password", "")
        reason = weakness(password, user.name, user.email)
        if not reason and password != request.form.get("again", ""):
            reason = "The passwords do not match."
        if reason:
            return forms.show(auth, "invitation.html", 400, name=user.name, wrong=reason)
        hashed = make_hash(password)
        with auth.database.transaction() as connection:
            held = users.by_id(connection, user.id, lock=True)
            if (
                held is None
                or not held.open
                or second_factors.invited(connection, _digest(token), clock.now()) != held.id
            ):
                return _gone(auth)
            second_factors.use_invitation(connection, _digest(token), clock.now())
            users.set_password(connection, held.id, hashed)
            auth.audit_change(connection, "user.password", f"user:{held.name}", None, {"by": "link"}, actor=held.name)
            changed = users.by_id(connection, held.id) or held
        auth.sessions.tidy(changed.id)
        auth.emit_security_event(
            "low", "invitation", "success", f"{changed.name} set a password by a one-time link", changed.name
        )
        return login.lead_on(auth, changed, auth.prefix)


def _owner(auth: AuthContext, token: str) -> User | None:
    with auth.database.transaction() as connection:
        user_id = second_factors.invited(connection, _digest(token), clock.now())
        user = None if user_id is None else users.by_id(connection, user_id)
    return user if user is not None and user.open else None


def _gone(auth: AuthContext) -> Response:
    return forms.show(auth, "invitation.html", 410, name="", wrong="")


def _digest(token: str) -> str:
    return sha256(token.encode()).hexdigest()
