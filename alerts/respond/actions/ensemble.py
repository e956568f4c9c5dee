"""Lets the ensemble of boosted trees and random forest score instead of the champion, and back (A3, L5)."""

from alerts.respond.action import ActionContext, ActionResult, Declined
from alerts.respond.security_events import tell
from core.alerting.action_runs import Run
from core.config import Frozen
from core.errors import BadInput
from core.models import roles

KIND = "ensemble"


class Parameters(Frozen, frozen=True):
    """Nothing to set: which model is the ensemble is a role in the registry."""


def apply(context: ActionContext, run: Run) -> ActionResult:
    """Switch. Raises Declined when no ensemble is registered."""
    try:
        change = roles.switch_to_ensemble(
            context.connection,
            context.stores.audit,
            context.actor,
            reason=context.why,
            correlation_id=context.incident.correlation_id,
        )
    except BadInput as error:
        raise Declined(error.reason) from error
    if change is None:
        known = next((other for other in context.others if other.after), None)
        if known is None:
            raise Declined("the ensemble is already the champion, not through an action")
        return ActionResult(
            f"the ensemble is already in use (run {known.id})", known.before, known.after, changed=False
        )
    text = f"The ensemble (model {change.after}) scores instead of model {change.before}: {context.why}"
    tell(context, run, "medium", "model-switched", text, category="configuration")
    return ActionResult(
        f"model {change.before} → ensemble (model {change.after})",
        {"model": change.before},
        {"model": change.after, "change": change.id},
        then=lambda: roles.publish(context.stores.live, change),
    )


def revert(context: ActionContext, run: Run) -> ActionResult:
    """Switch back, unless another run still needs it or a person has promoted a model since."""
    mine = (run.after or {}).get("change")
    still = next((other for other in context.others if (other.after or {}).get("change") == mine), None)
    if still is not None:
        return ActionResult(
            f"kept: run {still.id} (incident {still.incident_id}) still needs the ensemble", changed=False
        )
    newest = roles.newest_change(context.connection)
    if newest is None or newest.id != mine:
        by = newest.actor if newest else "nobody"
        return ActionResult(f"not reverted: {by} changed the champion meanwhile", changed=False)
    change = roles.switch_back(
        context.connection,
        context.stores.audit,
        context.actor,
        reason=context.why,
        correlation_id=context.incident.correlation_id,
    )
    if change is None:
        return ActionResult("not reverted: the champion changed meanwhile", changed=False)
    return ActionResult(
        f"ensemble (model {change.before}) → model {change.after}",
        {"model": change.before},
        {"model": change.after},
        then=lambda: roles.publish(context.stores.live, change),
    )
