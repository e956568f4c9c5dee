"""Users: everybody with an account, and the form that invites somebody."""

import re
from typing import Any

from console import forms, markup
from console.actions import Done, Form, Refusal, action
from console.auth.context import AuthContext
from console.auth.roles import ROLES
from console.page import Page, PageContext, Place
from console.panel import Column
from console.people import link_for, link_note, state
from console.table import table, when
from core.identity import usernames, users
from core.identity.users import User

_EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s]{1,190}\Z")
COLUMNS = (
    Column("name", "Name", "page"),
    Column("email", "E-mail"),
    Column("role", "Role"),
    Column("account", "Account", "state"),
    Column("factors", "Second factors"),
    Column("login", "Last login (UTC)", "when"),
)


def content(context: PageContext) -> Any:
    """Everybody, and the form for somebody new."""
    with context.auth.database.transaction() as connection:
        people = users.listing(connection)
    fields = [
        forms.text("name", "User name", required=True, maxlength=64),
        forms.text("email", "E-mail (optional)", type="email", maxlength=254),
        forms.choice("role", "Role", {role: role for role in ROLES}, "viewer"),
    ]
    return markup.page(
        "users",
        "Users",
        table("people", "All users", COLUMNS, [_row(user) for user in people], "No users yet.", note=f"{len(people)}"),
        markup.sheet("invite", "Invite user", forms.form(context.prefix, invite, fields, "Invite"), narrow=True),
    )


def _row(user: User) -> list[Any]:
    return [
        str(user.id), [user.name, f"users/{user.id}"], user.email, user.role, state(user), _factors(user),
        when(user.login_at),
    ]  # fmt: skip


def _factors(user: User) -> str:
    if not user.enrolled_at:
        return ""
    keys = f", {user.passkey_count} passkey{'s' if user.passkey_count > 1 else ''}" if user.passkey_count else ""
    return f"authenticator{keys}, {user.codes_left} codes"


@action("users/invite", role="admin", name="user_invite", step_up=True)
def invite(auth: AuthContext, form: Form) -> Done:
    """Somebody new, with a one-time link that is shown this once."""
    typed, email, role = form.text("name", 254), form.text("email", 254), form.text("role")
    wrong = {
        "name": usernames.refusal(typed) or "",
        "email": "Enter a valid e-mail address." if email and not _EMAIL.match(email) else "",
        "role": "" if role in ROLES else "Choose a role.",
    }
    if any(wrong.values()):
        raise Refusal.by_field({name: reason for name, reason in wrong.items() if reason})
    name = usernames.canonical(typed)
    with auth.database.transaction() as connection:
        auth.me(connection)
        user = users.insert(connection, name, role, email)
        if user is not None:
            link = link_for(auth, connection, user)
            auth.audit_change(connection, "user.invite", f"user:{name}", None, {"role": user.role, "email": user.email})
    if user is None:
        raise Refusal(status=409, name="This name, or a similar one, is already in use.")
    return Done(
        f"{name} was invited as {role}.", secret=link, secret_title=f"One-time link for {name}",
        secret_note=link_note(auth), report=("low", "user-invite", f"invited {name} as {role}"),
    )  # fmt: skip


PAGE = Page(
    name="users",
    path="users",
    title="Users",
    role="admin",
    content=content,
    place=Place(80, "u", "More"),
    actions=(invite,),
)
