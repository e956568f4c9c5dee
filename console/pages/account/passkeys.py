"""One's own passkeys: the options of a new one, its answer taken, one removed."""

from typing import Any

from flask import g

from console.actions import Done, Form, Refusal, action
from console.auth import passkeys
from console.auth.context import AuthContext
from core.identity import second_factors, users

ROOT = "account/passkeys"
NEEDS_NAME = (
    "Passkeys need a host name, but you opened this page by IP address. Open it by name (on this machine: localhost) "
    "and try again."
)


@action(f"{ROOT}/new", role="viewer", name="passkey_new", step_up=True, audited=False)
def offer(auth: AuthContext, form: Form) -> Done:
    """The options with which the browser makes a passkey."""
    if not passkeys.host():
        raise Refusal(NEEDS_NAME)
    with auth.database.transaction() as connection:
        user = users.by_id(connection, g.session.user_id)
        known = second_factors.passkeys(connection, g.session.user_id)
    assert user is not None, "a session belongs to a user"
    fresh = auth.challenges.make("register", g.session.user_id, g.session.id)
    return Done("", passkey=passkeys.creation(user, known, fresh), passkey_to=ROOT)


@action(ROOT, role="viewer", name="passkey_add", step_up=True)
def add(auth: AuthContext, form: Form) -> Done:
    """Keep the passkey that the browser made."""
    name = form.text("name", 60) or "Passkey"
    answer = str(form.values.get("credential", ""))[:20_000]
    with auth.database.transaction() as connection:
        user = auth.me(connection)
        asked = auth.challenges.take(answer, "register", user.id, g.session.id)
        kept = passkeys.register(connection, user, answer, asked, name)
        if kept:
            auth.audit_change(connection, "mfa.passkey-add", f"user:{user.name}", None, {"passkey": name})
            token = auth.carry(connection)
    if not kept:
        raise Refusal("The passkey was not accepted. Try again.")
    auth.keep_in(token)
    said = "Passkey added. Use it at your next login. Your other sessions have ended."
    return Done(said, report=("low", "mfa-passkey", "added a passkey"))


@action(f"{ROOT}/<int:passkey_id>/remove", role="viewer", name="passkey_remove", step_up=True)
def remove(auth: AuthContext, form: Form) -> Done:
    """Remove one of one's own passkeys."""
    with auth.database.transaction() as connection:
        user = auth.me(connection)
        name = second_factors.drop_passkey(connection, user.id, int(form.names["passkey_id"]))
        if name is not None:
            before: Any = {"passkey": name}
            auth.audit_change(connection, "mfa.passkey-remove", f"user:{user.name}", before, None)
        token = auth.carry(connection)
    auth.keep_in(token)
    return Done("Passkey removed. Your other sessions have ended.")
