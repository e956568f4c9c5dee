"""What people do to an incident: take it, resolve, comment, assign, escalate, and decide about its actions."""

from collections.abc import Callable
from typing import Any

from flask import abort, g

from console.actions import Action, Done, Form, Refusal, action
from console.auth.context import AuthContext
from console.auth.roles import Role
from core import clock
from core.alerting import action_runs, alert_reads, incidents, judgements
from core.alerting.acknowledge_all import acknowledge_all
from core.alerting.judgement import JUDGEMENTS
from core.errors import BadInput
from core.identity import users

ROOT = "alerts/incidents/<incident_id>"
Change = Callable[[Any, AuthContext, Form, str, float], object]  # connection, door, form, who, when


def _change(path: str, name: str, role: Role, done: str, change: Change, about: str, step_up: bool = False) -> Action:
    """An action that makes one change of an incident."""

    def run(auth: AuthContext, form: Form) -> Done:
        try:
            with auth.database.transaction() as connection:
                change(connection, auth, form, g.session.user, clock.now())
        except incidents.NoIncident:
            abort(404, "This incident does not exist.")
        except incidents.IsResolved as error:
            raise Refusal(f"{error}.", 409) from None
        return Done(done)

    run.__doc__ = about
    return action(f"{ROOT}/{path}", role, name, step_up)(run)


def _id(form: Form) -> str:
    return form.names["incident_id"]


def _text(form: Form, name: str) -> str:
    return str(form.values.get(name, "")).replace("\0", "")[:5000]


def _escalate(connection: Any, auth: AuthContext, form: Form, who: str, at: float) -> None:
    reason = _text(form, "reason").strip()
    if not reason:
        raise BadInput("$.reason", "enter a reason; the people paged will see it")
    one = alert_reads.incident(connection, _id(form))
    rule = next((rule for rule in alert_reads.rules(connection) if one and rule.id == one.rule), None)
    channels = list(rule.definition.get("escalate") or []) if rule else []
    incidents.escalate(connection, auth.audit, _id(form), who, at, channels, reason)


def _assign(connection: Any, auth: AuthContext, form: Form, who: str, at: float) -> None:
    name = _text(form, "assignee")
    if name and all(user.name != name or user.disabled_at for user in users.listing(connection)):
        raise BadInput("$.assignee", "no active account has this name")
    incidents.assign(connection, auth.audit, _id(form), who, at, name)


def _run(connection: Any, form: Form) -> int:
    """The action that the address names, if it is the incident's."""
    number = int(form.names["run_id"])
    run = action_runs.one(connection, number)
    if run is None or run.incident_id != _id(form):
        raise BadInput("$.id", "this incident has no such action")
    return number


def _judge(connection: Any, auth: AuthContext, form: Form, who: str, at: float) -> None:
    said = next((word for word in JUDGEMENTS if word == form.names.get("judgement")), None)
    if said is None:
        raise BadInput("$.judgement", f"must be one of {', '.join(JUDGEMENTS)}")
    judgements.judge(connection, auth.audit, _id(form), said, who, "console", at)


acknowledge = _change(
    "acknowledge", "incident_acknowledge", "operator", "Acknowledged. Escalation stopped.",
    lambda c, auth, form, who, at: incidents.acknowledge(c, auth.audit, _id(form), who, at),
    "Acknowledge an incident; its escalation stops.",
)  # fmt: skip
acknowledge_group = _change(
    "acknowledge-all", "incident_acknowledge-all", "operator", "All acknowledged. Escalation stopped.",
    lambda c, auth, form, who, at: acknowledge_all(c, auth.audit, _id(form), who, at),
    "Acknowledge every incident of one notification.",
)  # fmt: skip
resolve = _change(
    "resolve", "incident_resolve", "operator", "Incident resolved.",
    lambda c, auth, form, who, at: incidents.resolve(c, auth.audit, _id(form), who, at, _text(form, "text")),
    "Resolve an incident.",
)  # fmt: skip
comment = _change(
    "comment", "incident_comment", "analyst", "Comment added.",
    lambda c, auth, form, who, at: incidents.comment(c, auth.audit, _id(form), who, at, _text(form, "text")),
    "Add a comment to the timeline of an incident.",
)  # fmt: skip
assign = _change(
    "assign", "incident_assign", "operator", "Incident assigned.", _assign, "Assign an incident to somebody."
)
escalate = _change(
    "escalate", "incident_escalate", "operator", "Escalated.", _escalate, "Escalate to further channels."
)
judge = _change(
    "judge/<judgement>", "incident_judge", "analyst", "Recorded. Thank you.", _judge,
    "Say whether it was right to notify people of an incident.",
)  # fmt: skip
approve = _change(
    "actions/<int:run_id>/approve", "action_approve", "operator", "Approved. A worker applies it within its limits.",
    lambda c, auth, form, who, at: action_runs.approve(c, auth.audit, _run(c, form), who, at),
    "Approve a suggested action.", step_up=True,
)  # fmt: skip
refuse = _change(
    "actions/<int:run_id>/refuse", "action_refuse", "operator", "Refused. Nothing was applied.",
    lambda c, auth, form, who, at: action_runs.refuse(c, auth.audit, _run(c, form), who, _text(form, "reason"), at),
    "Refuse a suggested action.",
)  # fmt: skip
revert = _change(
    "actions/<int:run_id>/revert", "action_revert", "operator", "Reverting. A worker undoes it now.",
    lambda c, auth, form, who, at: action_runs.revert(c, auth.audit, _run(c, form), who, at),
    "Undo what an action changed.",
)  # fmt: skip
EVERY = (acknowledge, acknowledge_group, resolve, comment, assign, escalate, judge, approve, refuse, revert)
