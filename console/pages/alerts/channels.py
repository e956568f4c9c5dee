"""The channels: how each fares, its last test; a test message, and the end of a pause."""

from datetime import datetime
from typing import Any
from urllib.parse import quote

from dash import html
from flask import g

from console.actions import Done, Form, Refusal, action
from console.auth.context import AuthContext
from console.format import sentence
from console.markup import minute
from console.pages.status_style import clock_of, look
from console.panel import Column
from console.table import act, table, when
from core import clock
from core.alerting import channel_states, outbox
from core.errors import BadInput

COLUMNS = (
    Column("state", "State", "state"), Column("channel", "Channel", "what"), Column("good", "Last success", "time"),
    Column("trouble", "Last error", "two"), Column("sent", "Sent", "int"), Column("waiting", "Waiting", "int"),
    Column("dead", "Failed", "int"), Column("test", "Last test", "two"), Column("act", "", "act", "110px"),
)  # fmt: skip
EMPTY = "No channel is loaded. The alert worker loads config/channels.toml when it starts."


def shown(found: list[dict[str, Any]], prefix: str, now: datetime, operates: bool) -> html.Section:
    """Every channel as a row."""
    rows = [_row(one, prefix, now, operates) for one in found]
    note = "delivery status over the last 24 hours"
    return table("channels", "Channels", COLUMNS, rows, EMPTY, note=note)


def _row(one: dict[str, Any], prefix: str, now: datetime, operates: bool) -> list[Any]:
    kind = one["kind"] + (f", fallback {one['fallback']}" if one["fallback"] else "")
    return [
        one["name"], _state(one), [one["name"], "", "", kind], when(one["last_ok_at"]), _trouble(one, now),
        one["sent"], one["waiting"], one["dead"], _test(one["test"], now), _acts(one, prefix) if operates else None,
    ]  # fmt: skip


def _state(one: dict[str, Any]) -> list[str]:
    if not one["configured"]:
        return ["", "dash-circle", "Not configured", ""]
    if one["paused_until"]:
        return ["review", "clock", "Paused", ""]
    if one["in_trouble"]:
        return ["blocked", "x-octagon-fill", "Failing", ""]
    if one["last_ok_at"]:
        return ["good", "check-circle-fill", "OK", ""]
    return ["ok", "info-circle-fill", "Not used yet", ""]


def _trouble(one: dict[str, Any], now: datetime) -> list[str]:
    told = [one["last_error"] or ""]
    if one["missing"]:
        told.append(f"missing: {one['missing']}")
    if one["paused_until"]:
        why = f": {one['paused_reason']}" if one["paused_reason"] else ""
        other = one["fallback"] or "no fallback channel"
        until = minute(one["paused_until"])
        told.append(f"paused at the receiver's request until {until} UTC{why}; critical and high alerts go to {other}")
    return [clock_of(one["last_error_at"], now), ". ".join(text for text in told if text)]


def _test(test: dict[str, Any] | None, now: datetime) -> list[str] | None:
    if not test:
        return None
    word = "Waiting" if test["state"] == "pending" else look(test["state"]).word
    return [f"{word} {clock_of(test['finished_at'] or test['created_at'], now)}", test["words"]]


def _acts(one: dict[str, Any], prefix: str) -> list[list[str]]:
    root = f"{prefix}alerts/channels/{quote(one['name'], safe='')}"
    resumes = act("Resume", f"{root}/resume", "This ends the pause and sends the waiting messages now.")
    return [*([resumes] if one["paused_until"] else []), act("Send test", f"{root}/test")]


@action("alerts/channels/<channel>/test", role="operator", name="channel_test")
def test(auth: AuthContext, form: Form) -> Done:
    """Send a test message through a channel."""
    try:
        with auth.database.transaction() as connection:
            outbox.request_test(connection, auth.audit, form.names["channel"], g.session.user, clock.now())
    except BadInput as error:
        raise Refusal(sentence(error.reason), 404) from None
    return Done("Test message queued.")


@action("alerts/channels/<channel>/resume", role="operator", name="channel_resume")
def resume(auth: AuthContext, form: Form) -> Done:
    """End the pause of a channel."""
    try:
        with auth.database.transaction() as connection:
            channel_states.resume(connection, auth.audit, form.names["channel"], g.session.user, clock.now())
    except BadInput as error:
        raise Refusal(sentence(error.reason), 409) from None
    return Done("Channel resumed. Waiting messages are being sent.")
