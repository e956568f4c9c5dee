"""One user: role, lock, second factors, sessions. Every change is audited where it is made."""

from collections.abc import Callable
from typing import Any

from dash import html
from flask import abort, g

from console import forms, markup, people
from console.actions import Done, Form, Refusal, action
from console.auth.context import AuthContext
from console.auth.roles import ROLES
from console.page import Page, PageContext, View
from core import clock
from core.identity import second_factors, users
from core.identity.users import User

LAST = "This is the last administrator. Appoint another one first."
ROOT = "users/<int:user_id>"
Change = Callable[[Any, User], None]


def content(context: PageContext) -> View:
    """The account, its role and its sessions."""
    auth, number = context.auth, context.names["user_id"]
    with auth.database.transaction() as connection:
        user = users.by_id(connection, number)
        if user is None:
            abort(404, "This user does not exist.")
        keys = len(second_factors.passkeys(connection, number))
        left = len(second_factors.codes(connection, number))
    root = f"{context.prefix}users/{number}"
    ask = f"This ends every session of {user.name}."
    found = auth.sessions.of(number)
    tools = [forms.press("End all", f"{root}/sessions/end", ask, "danger")] if found else []
    roles = forms.choice("role", "Role", {role: role for role in ROLES}, user.role)
    told = f"This changes the role and ends every session of {user.name}."
    page = markup.page(
        "user",
        user.name,
        html.Div(
            [
                markup.sheet(
                    "account",
                    "Account",
                    _account(user, keys, left),
                    html.Div(_buttons(user, root), className="buttons"),
                ),
                markup.sheet(
                    "role",
                    "Role",
                    forms.form(context.prefix, role, [roles], "Change role", f"users/{number}/role", told),
                ),
            ],
            className="sheets",
        ),
        people.sessions("Sessions", found, root, context.session.id, tools),
        back=("All users", f"{context.prefix}users"),
    )
    return View(page, title=user.name)


def _account(user: User, keys: int, left: int) -> html.Dl:
    factors = f"authenticator, {keys} passkeys, {left} recovery codes left" if user.enrolled_at else "none yet"
    locked = {"Locked": f"{markup.minute(user.locked_at)} · {user.locked_reason}"} if user.locked_at else {}
    return markup.pairs(
        {
            "State": markup.chip(*people.state(user)), **locked, "E-mail": user.email or "–",
            "Created": markup.minute(user.created_at), "Last login": markup.minute(user.login_at),
            "Second factors": factors,
        }
    )  # fmt: skip


def _buttons(user: User, root: str) -> list[Any]:
    closes = f"{user.name} is logged out immediately and cannot log in until the account is enabled again."
    forgets = (
        f"This deletes the authenticator, passkeys and recovery codes of {user.name} and cannot be undone. The next "
        "login sets up a new authenticator."
    )
    unlocks = [forms.press("Unlock", f"{root}/unlock", tone="primary")] if user.locked_at else []
    return [
        *unlocks,
        forms.press("Enable account", f"{root}/enable", tone="primary")
        if user.disabled_at
        else forms.press("Disable account", f"{root}/disable", closes, "danger"),
        forms.press("Reset second factors", f"{root}/reset-mfa", forgets, "danger"),
        forms.press("New password link", f"{root}/link"),
    ]


def _locked(auth: AuthContext, connection: Any, number: int) -> User:
    """The user whom an administrator changes; one such change at a time, by somebody who is one at its commit."""
    users.administering(connection)
    auth.me(connection)
    user = users.by_id(connection, number, lock=True)
    if user is None:
        abort(404, "This user does not exist.")
    return user


def _change(auth: AuthContext, form: Form, change: Change, ends: bool) -> User:
    """Make a change of the user whom the address names; `ends`: their sessions are over then, one's own too."""
    number, own = int(form.names["user_id"]), ""
    with auth.database.transaction() as connection:
        user = _locked(auth, connection, number)
        change(connection, user)
        if number == g.session.user_id and not ends:
            own = auth.carry(connection)
    if own:
        auth.keep_in(own)
    else:
        auth.sessions.tidy(number)
    return user


@action(f"{ROOT}/role", role="admin", name="user_role", step_up=True)
def role(auth: AuthContext, form: Form) -> Done:
    """Give a user another role; the sessions with the old one end."""
    wanted = form.text("role")
    if wanted not in ROLES:
        raise Refusal(status=409, role="Choose a role.")

    def change(connection: Any, user: User) -> None:
        if wanted != "admin" and users.is_last_admin(connection, user):
            raise Refusal(status=409, role=LAST)
        users.set_role(connection, user.id, wanted)
        auth.audit_change(connection, "user.role", f"user:{user.name}", {"role": user.role}, {"role": wanted})

    user = _change(auth, form, change, ends=True)
    report = ("medium", "user-role", f"made {user.name} {wanted}")
    return Done("Role changed. The user's sessions have ended.", report=report)


@action(f"{ROOT}/disable", role="admin", name="user_disable", step_up=True)
def disable(auth: AuthContext, form: Form) -> Done:
    """Close an account; its sessions end."""

    def change(connection: Any, user: User) -> None:
        if users.is_last_admin(connection, user):
            raise Refusal(LAST, 409)
        users.disable(connection, user.id, clock.now())
        auth.audit_change(connection, "user.disable", f"user:{user.name}", {"disabled": False}, {"disabled": True})

    _change(auth, form, change, ends=True)
    return Done("Account disabled. Its sessions have ended.")


@action(f"{ROOT}/enable", role="admin", name="user_enable", step_up=True)
def enable(auth: AuthContext, form: Form) -> Done:
    """Open a closed account again."""

    def change(connection: Any, user: User) -> None:
        users.disable(connection, user.id, None)
        before = {"disabled": user.disabled_at is not None}
        auth.audit_change(connection, "user.enable", f"user:{user.name}", before, {"disabled": False})

    _change(auth, form, change, ends=False)
    return Done("Account enabled.")


@action(f"{ROOT}/unlock", role="admin", name="user_unlock", step_up=True)
def unlock(auth: AuthContext, form: Form) -> Done:
    """Unlock an account that too many wrong factors have locked."""

    def change(connection: Any, user: User) -> None:
        users.lock(connection, user.id, None)
        second_factors.forget_failures(connection, user.id)
        before = {"locked": user.locked_at is not None, "reason": user.locked_reason}
        auth.audit_change(connection, "user.unlock", f"user:{user.name}", before, {"locked": False})

    user = _change(auth, form, change, ends=False)
    return Done("Account unlocked.", report=("medium", "user-unlock", f"unlocked {user.name}"))


@action(f"{ROOT}/reset-mfa", role="admin", name="user_reset_mfa", step_up=True)
def reset(auth: AuthContext, form: Form) -> Done:
    """Forget somebody's second factors; the next login sets up new ones."""

    def change(connection: Any, user: User) -> None:
        second_factors.reset(connection, user.id)
        before = {"enrolled": user.enrolled_at is not None}
        auth.audit_change(connection, "user.reset-mfa", f"user:{user.name}", before, {"enrolled": False})

    user = _change(auth, form, change, ends=True)
    said = "Second factors reset. The next login sets up an authenticator. Earlier links no longer work."
    return Done(said, report=("medium", "mfa-reset", f"reset MFA of {user.name}"))


@action(f"{ROOT}/link", role="admin", name="user_link", step_up=True)
def new_link(auth: AuthContext, form: Form) -> Done:
    """A one-time link with which somebody sets a new password."""
    with auth.database.transaction() as connection:
        user = _locked(auth, connection, int(form.names["user_id"]))
        link = people.link_for(auth, connection, user)
        auth.audit_change(connection, "user.link", f"user:{user.name}", None, {"link": "new"})
    title = f"One-time link for {user.name}"
    return Done("", secret=link, secret_title=title, secret_note=people.link_note(auth))


@action(f"{ROOT}/sessions/end", role="admin", name="user_sessions_end")
def end_all(auth: AuthContext, form: Form) -> Done:
    """End every session of a user."""

    def change(connection: Any, user: User) -> None:
        users.end_epoch(connection, user.id)
        auth.audit_change(connection, "session.end", f"user:{user.name}", None, {"sessions": "all"})

    _change(auth, form, change, ends=True)
    return Done("All sessions ended.")


@action(f"{ROOT}/sessions/<digest>/end", role="admin", name="user_session_end")
def end_one(auth: AuthContext, form: Form) -> Done:
    """End one session of a user."""
    digest = form.names["digest"]
    with auth.database.transaction() as connection:
        user = _locked(auth, connection, int(form.names["user_id"]))
        auth.sessions.end_one(connection, user.id, digest)
        auth.audit_change(connection, "session.end", f"user:{user.name}", None, {"session": digest[:8]})
    return Done("Session ended.")


PAGE = Page(
    name="user",
    path=ROOT,
    title="User",
    role="admin",
    content=content,
    actions=(role, disable, enable, unlock, reset, new_link, end_all, end_one),
    under="users",
)
