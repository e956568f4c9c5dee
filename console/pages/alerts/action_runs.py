"""What the system did by itself, what waits for a person, and the switch that stops it."""

from typing import Any

from dash import html
from flask import g

from console import forms, incident_parts, markup
from console.actions import Done, Form, Refusal, action
from console.auth.context import AuthContext
from console.format import sentence
from console.pages.status_style import look
from console.panel import Column
from console.panel_layout import icon
from console.table import table, when
from core import clock
from core.alerting import kill_switch
from core.errors import BadInput

COLUMNS = (
    Column("state", "State", "state"), Column("action", "Action", "what"), Column("incident", "Incident", "page"),
    Column("what", "Result", "long"), Column("asked", "Requested", "time"), Column("reverts", "Reverts in", "counted"),
)  # fmt: skip
STOPS = (
    "No automatic action runs until somebody turns actions on again. Active actions stay in place until they are "
    "reverted."
)
STARTS = "Automatic actions run again from the next firing on. Actions refused meanwhile are not run retroactively."
QUIET = (
    "While actions are off, rules still fire and send notifications, but no automatic action runs. Active actions stay "
    "in place until they are reverted."
)


def shown(runs: list[dict[str, Any]]) -> html.Section:
    """What is in force and what waits."""
    note = "active automatic actions and actions awaiting approval"
    empty = "No actions are active or awaiting approval."
    return table("actions", "Actions", COLUMNS, [_row(run) for run in runs], empty, note=note)


def _row(run: dict[str, Any]) -> list[Any]:
    incident = [run["title"], f"{incident_parts.address(run['incident_id'])}#actions"]
    reverts = [when(run["revert_at"]), "until"] if run["state"] == "applied" and run["revert_at"] else None
    return [
        str(run["id"]), [*look(run["state"]), ""], [run["action"], "", "", run["mode"]], incident, run["message"],
        when(run["requested_at"]), reverts,
    ]  # fmt: skip


def the_switch(off: dict[str, Any] | None, prefix: str, operates: bool) -> html.Section:
    """Whether the system acts by itself, and the form that changes it."""
    if off:
        told = html.P(
            f"Automatic actions are off. {off['actor']} turned them off at {markup.minute(off['at'])} UTC: "
            f"{off['reason']}"
        )
        fields = [forms.hidden("to", "on"), forms.hidden("reason", "")]
        form = forms.form(prefix, switch, fields, [icon("power"), "Turn actions on"], ask=STARTS)
    else:
        told = html.P(QUIET, className="quiet")
        reason = forms.text("reason", "Reason (visible to everyone)", maxlength=500, required=True)
        form = forms.form(
            prefix, switch, [forms.hidden("to", "off"), reason], [icon("power"), "Turn actions off"], ask=STOPS,
            tone="danger",
        )  # fmt: skip
    body = [told, form] if operates else [told]
    return markup.sheet("switch", "Kill switch", *body, note="off" if off else "actions are on", narrow=True)


@action("alerts/actions/switch", role="operator", name="actions_switch", step_up=True)
def switch(auth: AuthContext, form: Form) -> Done:
    """Turn automatic actions off, with a reason, or on again."""
    is_on, reason = form.values.get("to") == "on", str(form.values.get("reason", ""))[:600]
    try:
        with auth.database.transaction() as connection:
            kill_switch.set_state(
                connection, auth.audit, kill_switch.ACTIONS, is_on, g.session.user, reason, clock.now()
            )
    except BadInput as error:
        raise Refusal(reason=sentence(error.reason)) from None
    word = "on" if is_on else "off"
    return Done(f"Automatic actions are {word}.", report=("medium", "actions-switch", f"turned actions {word}"))
