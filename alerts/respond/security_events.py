"""How an action writes its security event: before its transaction commits, under an id that counts once.

Should the commit fail, the action is done again and the event is the same one; so none is lost and none doubled.
"""

from alerts.respond.action import ActionContext
from core.alerting.action_runs import Run
from core.events import security
from core.events.base import Severity


def tell(
    context: ActionContext,
    run: Run,
    severity: Severity,
    action: str,
    text: str,
    category: str = "authentication",
    actor: str | None = None,
    ip: str | None = None,
) -> str:
    """Send the event and return its id. Raises StorageUnavailable: then the action is tried again."""
    return security.emit(
        context.stores.publisher.publish,
        severity,
        text,
        action=action,
        category=category,
        outcome="success",
        actor=actor or context.actor,
        ip=ip,
        correlation_id=context.incident.correlation_id,
        source="alerts",
        event_id=f"action:{run.id}:{action}" + (f":{ip}" if ip else ""),
        at=context.now,
        strict=True,
    )
