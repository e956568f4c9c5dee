"""One's own account: password, second factors, sessions."""

from collections.abc import Sequence
from typing import Any

from dash import html
from flask import g

from console import forms, markup, people
from console.actions import Done, Form, Refusal, action
from console.auth import factor
from console.auth.context import AuthContext
from console.auth.login_throttle import Counter
from console.auth.passwords import make_hash, matches, weakness
from console.page import Page, PageContext, Place
from console.pages.account import passkeys
from console.panel_layout import icon
from core import clock
from core.identity import second_factors, users
from core.identity.second_factors import Passkey
from core.identity.users import User


def content(context: PageContext) -> Any:
    """Password, second factors and sessions of whoever asks."""
    auth = context.auth
    with auth.database.transaction() as connection:
        user = _me(connection)
        keys = second_factors.passkeys(connection, user.id)
        left = len(second_factors.codes(connection, user.id))
    root = f"{context.prefix}account"
    found = auth.sessions.of(user.id)
    tools = [forms.press("End all other sessions", f"{root}/sessions/end")] if len(found) > 1 else []
    return markup.page(
        "account",
        "Account",
        html.Div(
            [
                markup.sheet("password", "Password", _password(context, user)),
                markup.sheet("factors", "Second factors", *_factors(root, user, keys, left)),
            ],
            className="grid cols-1 cols-md-2 align-items-start mb-3",
        ),
        people.sessions("Your sessions", found, root, context.session.id, tools),
    )


def _password(context: PageContext, user: User) -> Any:
    if not user.password_hash:
        text = "You log in through your identity provider, so there is no password here."
        return html.P(text, className="text-body-secondary mb-2")
    new: dict[str, Any] = {"type": "password", "required": True, "autocomplete": "new-password"}
    fields = [
        forms.text("old", "Current password", type="password", required=True, autocomplete="current-password"),
        forms.text("new", "New password (12 characters or more)", minlength=12, **new),
        forms.text("again", "Confirm password", **new),
    ]
    return forms.form(context.prefix, password, fields, "Change password")


def _factors(root: str, user: User, keys: Sequence[Passkey], left: int) -> list[Any]:
    warns = "Your old recovery codes stop working immediately."
    listed = html.Ul([_key(root, key) for key in keys], className="lines")
    none = html.P(
        "No passkeys yet. A passkey confirms your login with a touch instead of a code.",
        className="text-body-secondary mb-2",
    )
    return [
        markup.pairs(
            {"Authenticator": f"set up {markup.minute(user.enrolled_at)}", "Recovery codes": f"{left} of 10 left"}
        ),
        forms.press("New recovery codes", f"{root}/codes", warns, name="new-codes"),
        html.H3("Passkeys", className="mt-3 mb-2"),
        listed if keys else none,
        forms.press("Add a passkey", f"{root}/passkeys/new", name="add-passkey"),
    ]


def _key(root: str, key: Passkey) -> html.Li:
    told = html.Small(f"added {markup.minute(key.created_at)}, used {markup.minute(key.used_at)}")
    warns = f"The passkey {key.name} stops working."
    button = forms.press("Remove", f"{root}/passkeys/{key.id}/remove", warns, "danger")
    return html.Li(
        [icon("shield-lock"), html.Span([key.name, " ", told], className="flex-fill text-break"), button],
        className="d-flex align-items-center gap-2",
    )


@action("account/password", role="viewer", name="account_password", step_up=True)
def password(auth: AuthContext, form: Form) -> Done:
    """Change one's own password; every other session of one's own ends."""
    old, new, again = (str(form.values.get(name, "")) for name in ("old", "new", "again"))
    counter = [Counter(f"change:{g.session.user_id}", 5, 60.0)]
    wait = auth.attempts.take(counter, clock.now())
    if wait:
        raise Refusal(status=429, old=f"Too many incorrect passwords. Try again in {wait:.0f} s.")
    with auth.database.transaction() as connection:
        user = _me(connection)
    if not matches(old, user.password_hash):
        auth.emit_security_event(
            "medium", "password-change", "failure", f"Incorrect current password of {user.name}", user.name
        )
        raise Refusal(old="Incorrect current password.")
    auth.attempts.clear(counter)
    if reason := weakness(new, user.name, user.email):
        raise Refusal(new=reason)
    if new != again:
        raise Refusal(again="The passwords do not match.")
    hashed = make_hash(new)
    with auth.database.transaction() as connection:
        user = auth.me(connection)  # the same epoch as above, so the old password is still the one that was shown
        users.set_password(connection, user.id, hashed)
        auth.audit_change(connection, "user.password", f"user:{user.name}", None, {"changed": True})
        token = auth.carry(connection)
    auth.keep_in(token)
    said = "Password changed. Your other sessions have ended."
    return Done(said, report=("low", "password-change", "changed the password"))


@action("account/codes", role="viewer", name="account_codes", step_up=True)
def codes(auth: AuthContext, form: Form) -> Done:
    """New recovery codes, shown this once; the old ones are worthless."""
    shown, hashes = factor.new_codes()
    with auth.database.transaction() as connection:
        user = auth.me(connection)
        second_factors.set_codes(connection, user.id, hashes)
        auth.audit_change(connection, "mfa.codes", f"user:{user.name}", None, {"codes": len(shown)})
        token = auth.carry(connection)
    auth.keep_in(token)
    return Done(
        "", secret="\n".join(shown), secret_title="Your new recovery codes",
        secret_note="Each code works once. You will not see them again, and your old codes no longer work.",
        secret_file=f"gatehouse-recovery-codes-{user.name}.txt",
        report=("low", "mfa-codes", "created new recovery codes"),
    )  # fmt: skip


@action("account/sessions/<digest>/end", role="viewer", name="account_session_end")
def end_one(auth: AuthContext, form: Form) -> Done:
    """End one of one's own sessions."""
    with auth.database.transaction() as connection:
        user = auth.me(connection)
        auth.sessions.end_one(connection, user.id, form.names["digest"])
    return Done("Session ended.")


@action("account/sessions/end", role="viewer", name="account_sessions_end")
def end_others(auth: AuthContext, form: Form) -> Done:
    """End every other session of one's own."""
    with auth.database.transaction() as connection:
        users.end_epoch(connection, auth.me(connection).id)
        token = auth.carry(connection)
    auth.keep_in(token)
    return Done("Your other sessions have ended.")


def _me(connection: Any) -> User:
    user = users.by_id(connection, g.session.user_id)
    assert user is not None, "a session belongs to a user"
    return user


PAGE = Page(
    name="account",
    path="account",
    title="Account",
    role="viewer",
    content=content,
    place=Place(70, "c", "More"),
    actions=(password, codes, end_one, end_others, passkeys.offer, passkeys.add, passkeys.remove),
)
