"""Asks for an emergency retraining of the model, due within a day (A3, L8); the training itself is the model's."""

from alerts.respond.action import ActionContext, ActionResult
from core.alerting.action_runs import Run
from core.clock import to_datetime
from core.config import Frozen, Hours
from core.models import training_runs

KIND = "retraining"


class Parameters(Frozen, frozen=True):
    """`due_hours` from now; the worker starts it as soon as it can, and is late after that."""

    due_hours: Hours = 24.0


def apply(context: ActionContext, run: Run) -> ActionResult:
    """Ask for it, unless one is queued or running."""
    known = training_runs.open_run(context.connection, "emergency")
    if known is not None:
        return ActionResult(f"training run {known} is already queued or running", None, {"training_run": known}, False)
    due = context.now + context.parameters.due_hours * 3600
    made = training_runs.request(
        context.connection,
        "emergency",
        due,
        context.why,
        f"action-run:{run.id}",
        context.actor,
        correlation_id=context.incident.correlation_id,
    )
    return ActionResult(
        f"training run {made} requested, due by {to_datetime(due):%Y-%m-%d %H:%M} UTC", None, {"training_run": made}
    )
