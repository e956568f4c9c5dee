"""What the system did by itself, what waits for a person, and the switch that stops it."""

from typing import Any

from dash import html
from flask import g

from console import forms, incident_parts, markup
from console.actions import Done, Form, Refusal, action
from console.auth.context import Door
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
    Column("what", "What", "long"), Column("asked", "Asked for", "time"), Column("reverts", "Reverts in", "counted"),
)  # fmt: skip
STOPS = (
    "The system changes nothing by itself until somebody turns actions on again. What is in force now stays until it "
    "is reverted."
)
STARTS = "The system acts by itself again, from the next firing on. What was refused meanwhile is not made up for."
QUIET = (
    "Off, the system changes nothing by itself: rules go on firing and people are told. What is in force stays until "
    "it is reverted."
)


def shown(runs: list[dict[str, Any]]) -> html.Section:
    """What is in force and what waits."""
    note = "what the system did by itself and has not taken back, and what waits for a person"
    empty = "No action is in force and none waits."
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
            f"Automatic actions are off since {markup.minute(off['at'])} UTC, by {off['actor']}: {off['reason']}"
        )
        fields = [forms.hidden("to", "on"), forms.hidden("reason", "")]
        form = forms.form(prefix, switch, fields, [icon("power"), "Turn actions on"], ask=STARTS)
    else:
        told = html.P(QUIET, className="text-body-secondary mb-2")
        reason = forms.text("reason", "Reason (others will read it)", maxlength=500, required=True)
        form = forms.form(
            prefix, switch, [forms.hidden("to", "off"), reason], [icon("power"), "Turn actions off"], ask=STOPS,
            tone="danger",
        )  # fmt: skip
    body = [told, form] if operates else [told]
    return markup.sheet("switch", "Kill switch", *body, note="off" if off else "actions are on", narrow=True)


@action("alerts/actions/switch", role="operator", name="actions_switch", step_up=True)
def switch(door: Door, form: Form) -> Done:
    """Turn automatic actions off, with a reason, or on again."""
    is_on, reason = form.values.get("to") == "on", str(form.values.get("reason", ""))[:600]
    try:
        with door.database.transaction() as connection:
            kill_switch.throw(connection, door.audit, kill_switch.ACTIONS, is_on, g.session.user, reason, clock.now())
    except BadInput as error:
        raise Refusal(reason=sentence(error.reason)) from None
    word = "on" if is_on else "off"
    return Done(f"Automatic actions are {word}.", report=("medium", "actions-switch", f"turned actions {word}"))
