"""What pages about people share: the state of an account, its sessions as a table, a one-time link."""

import secrets
from collections.abc import Sequence
from hashlib import sha256
from typing import Any

from dash import html
from flask import request

from console.auth.context import AuthContext
from console.auth.sessions import Session
from console.panel import Column
from console.table import act, table, when
from core import clock
from core.identity import second_factors
from core.identity.users import User

COLUMNS = (
    Column("browser", "Browser", "more"),
    Column("address", "Address", "mono"),
    Column("since", "Since (UTC)", "when"),
    Column("seen", "Last seen (UTC)", "when"),
    Column("this", "", "state"),
    Column("act", "", "act", "80px"),
)
_BROWSERS = (("Edg/", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari"))
_SYSTEMS = ("Android", "iPhone", "iPad", "Windows", "Mac OS X", "Linux")


def sessions(title: str, found: Sequence[Session], root: str, mine: str, tools: Sequence[Any] = ()) -> html.Section:
    """The sessions of somebody; every one but `mine` has a button that ends it, at an address below `root`."""
    rows = [
        [
            one.id, [browser(one.agent), one.agent], one.ip, when(clock.to_datetime(one.since)),
            when(clock.to_datetime(one.seen)), ["good", "check-lg", "this session", ""] if one.id == mine else None,
            None if one.id == mine else act("End", f"{root}/sessions/{one.id}/end"),
        ]
        for one in found
    ]  # fmt: skip
    return table("sessions", title, COLUMNS, rows, "No active sessions.", tools=tools)


def browser(agent: str) -> str:
    """A browser as people call it, from its User-Agent; the whole text shows on hover."""
    name = next((words for mark, words in _BROWSERS if mark in agent), agent[:40] or "unknown")
    system = next((system for system in _SYSTEMS if system in agent), "")
    return f"{name} on {system.replace('Mac OS X', 'macOS')}" if system else name


def state(user: User) -> list[str]:
    """How an account stands: colour role, icon, word and title."""
    title = "Can log in with a recovery code even while the account is locked" if user.break_glass else ""
    word = ", break-glass" if user.break_glass else ""
    if user.disabled_at:
        return ["blocked", "slash-circle", f"disabled{word}", title]
    if user.locked_at:
        return ["blocked", "lock", f"locked{word}", title]
    if not user.password_hash and not user.oidc_subject:
        return ["review", "clock", f"invited{word}", title]
    return ["good", "check-lg", f"active{word}", title]


def link_for(auth: AuthContext, connection: Any, user: User) -> str:
    """A new one-time link with which somebody sets a password; earlier ones open nothing."""
    token = secrets.token_urlsafe(24)
    expires = clock.now() + auth.config.invitation_hours * 3600
    second_factors.invite(connection, user.id, sha256(token.encode()).hexdigest(), expires)
    return f"{request.host_url.rstrip('/')}{auth.prefix}login/invitation/{token}"


def link_note(auth: AuthContext) -> str:
    """What is to be known of such a link."""
    hours = auth.config.invitation_hours
    return (
        f"Send it through a channel you trust. You will not see it again; it works once and expires in {hours} hours."
    )
