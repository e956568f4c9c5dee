"""Opens an incident of kind security for what an alert found (A4), with a security event; each knows the other."""

from alerts.respond.action import ActionContext, ActionResult
from alerts.respond.security_events import tell
from core.alerting import incidents
from core.alerting.action_runs import Run
from core.alerting.incident import Opening, identify
from core.config import Frozen
from core.events.base import Severity

KIND = "security_incident"


class Parameters(Frozen, frozen=True):
    """`severity` of the incident and its event."""

    severity: Severity = "critical"


def apply(context: ActionContext, run: Run) -> ActionResult:
    """Open it, under the correlation id of the alert's incident; one that is open already for the same is joined."""
    cause = context.incident
    known = next(
        (
            one
            for one in incidents.unresolved(context.connection)
            if (one.rule, one.series, one.kind) == (cause.rule, cause.series, "security")
        ),
        None,
    )
    if known is not None:
        text = f"again: incident {cause.id} ({cause.title})"
        incidents.note(context.connection, known.id, context.now, "action", context.actor, text, {"cause": cause.id})
        return ActionResult(
            f"joined the open security incident {known.id}", None, {"incident": known.id}, changed=False
        )
    identity = identify(cause.rule, cause.series, "security", context.now)
    text = f"Security incident {identity} opened: {cause.summary}"
    event = tell(context, run, context.parameters.severity, "security-incident", text, category="intrusion_detection")
    details = {**{k: v for k, v in cause.details.items() if k != "link"}, "cause": cause.id, "security_event": event}
    opening = Opening(
        id=identity,
        rule=cause.rule,
        series=cause.series,
        kind="security",
        severity=context.parameters.severity,
        title=f"Security incident: {cause.title}",
        summary=cause.summary,
        began_at=context.now,
        opened_at=context.now,
        correlation_id=cause.correlation_id,
        details=details | _link(cause.details.get("link"), cause.id, identity),
    )
    incidents.open_incident(context.connection, opening, context.actor)
    return ActionResult(
        f"security incident {identity} is open (event {event}, correlation id {cause.correlation_id})",
        None,
        {"incident": identity, "security_event": event},
    )


def _link(link: object, cause: str, identity: str) -> dict[str, str]:
    """The console's address of the new incident, made from that of its cause."""
    return {"link": link.replace(cause, identity)} if isinstance(link, str) else {}
