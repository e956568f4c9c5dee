"""API tokens: created (the text is shown once), listed with their last use, revoked."""

from datetime import datetime, timedelta
from typing import Any

from dash import html
from flask import g

from console import forms
from console.actions import Done, Form, Refusal, action
from console.attributes import attributes
from console.auth.audited import address
from console.auth.context import AuthContext
from console.page import Page, PageContext, Place
from console.panel import Column
from console.table import act, table, when
from core import clock
from core.errors import BadInput
from core.identity import tokens
from core.identity.tokens import Token

SCOPES = {
    "ingest": "send events",
    "score": "request scores",
    "read": "read the monitoring API",
    "admin": "everything, including training runs",
}
COLUMNS = (
    Column("name", "Name", "more", "22%"),
    Column("scopes", "Scopes"),
    Column("services", "Services"),
    Column("state", "State", "state"),
    Column("created", "Created (UTC)", "when"),
    Column("used", "Last used (UTC)", "when"),
    Column("expires", "Expires (UTC)", "when"),
    Column("act", "", "act", "104px"),
)
EMPTY = "No API tokens yet. Create one for each system that sends events or requests scores."


def content(context: PageContext) -> Any:
    """The tokens and the form for a new one."""
    now = clock.to_datetime(clock.now())
    rows = [_row(token, now, context.prefix) for token in tokens.listed(context.auth.database)]
    return html.Div(
        [
            html.H1("API tokens", className="page-title"),
            table("tokens", "API tokens", COLUMNS, rows, EMPTY, note=f"{len(rows)}"),
            html.Section(
                className="panel sheet narrow card",
                **attributes({"aria-labelledby": "create-title"}),
                children=[
                    html.Div(html.H2("Create a token", id="create-title"), className="head card-header"),
                    html.Div(
                        className="body card-body",
                        children=forms.form(
                            context.prefix,
                            create,
                            [
                                forms.text(
                                    "name", "Name of the system", required=True, maxlength=tokens.NAME_CHARACTERS
                                ),
                                forms.checks("scope", "Scopes", SCOPES),
                                forms.text(
                                    "services",
                                    "Reports only for these services, separated by commas (empty: any)",
                                    maxlength=1000,
                                ),
                                forms.text(
                                    "days", "Expires after days (empty: never)", inputmode="numeric", maxlength=4
                                ),
                            ],
                            "Create token",
                        ),
                    ),
                ],
            ),
        ]
    )


def _row(token: Token, now: datetime, prefix: str) -> list[Any]:
    ended = token.revoked_at or (token.expires_at and token.expires_at < now)
    revoke = act(
        "Revoke",
        f"{prefix}tokens/{token.id}/revoke",
        f"Requests with the token {token.name} will be refused from now on. This cannot be undone.",
        "danger",
    )
    return [
        token.id, [token.name, f"{token.id}, created by {token.created_by}"], ", ".join(token.scopes),
        ", ".join(token.services) if token.services else "any",
        _state(token, bool(ended)), when(token.created_at), when(token.last_used_at), when(token.expires_at),
        None if ended else revoke,
    ]  # fmt: skip


def _state(token: Token, ended: bool) -> list[str]:
    if token.revoked_at:
        return ["", "slash-circle", "Revoked", f"{token.revoked_at:%Y-%m-%d %H:%M} by {token.revoked_by}"]
    return ["", "clock", "Expired", ""] if ended else ["good", "check-lg", "Active", ""]


@action("tokens", role="admin", name="token_create", step_up=True)
def create(auth: AuthContext, form: Form) -> Done:
    """A new token, whose text is shown this once."""
    days = form.text("days", 6)
    if days and not (days.isdecimal() and len(days) <= 4 and 1 <= int(days) <= 3650):
        raise Refusal(days="Enter 1 to 3650 days, or leave it empty.")
    until = clock.to_datetime(clock.now()) + timedelta(days=int(days)) if days else None
    name, scopes = str(form.values.get("name", ""))[:200], form.all("scope")
    if not scopes:
        raise Refusal(scope="Choose at least one.")
    services = form.text("services", 1000).split(",")
    try:
        _, text = tokens.create(auth.database, auth.audit, name, scopes, g.session.user, until, address(), services)
    except BadInput as error:
        if error.field != "$.services":
            raise
        raise Refusal(services=f"{error.reason[:1].upper()}{error.reason[1:]}.") from None
    report = ("medium", "token-create", f"created the API token {name}")
    return Done(f"Token {name} created.", secret=text, secret_title="Your new token", report=report)


@action("tokens/<token_id>/revoke", role="admin", name="token_revoke", step_up=True)
def revoke(auth: AuthContext, form: Form) -> Done:
    """End a token."""
    try:
        ended = tokens.revoke(auth.database, auth.audit, form.names["token_id"], g.session.user, address())
    except BadInput:
        raise Refusal("This token does not exist or is already revoked.", 409) from None
    report = ("medium", "token-revoke", f"revoked the API token {ended.name}")
    return Done(f"Token {ended.name} revoked. It stops working within two seconds.", report=report)


PAGE = Page(
    name="tokens",
    path="tokens",
    title="API tokens",
    short="Tokens",
    role="admin",
    content=content,
    place=Place(90, "t", "More"),
    actions=(create, revoke),
)
