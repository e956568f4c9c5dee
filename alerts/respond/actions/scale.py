"""Gives a service more replicas, within a maximum, and takes them back (A2): local processes, Kubernetes, ECS.

The level is an absolute number, computed and stored before the first call, so calling again changes nothing more. What
it goes back to is the level before the first run that is still in force, not the level before the last.
"""

from typing import Any

import msgspec

from alerts.respond import bounds
from alerts.respond.action import ActionContext, ActionResult, Declined, Permanent, Plan
from alerts.respond.scaling import Target, targets
from core.alerting.action_runs import Run
from core.config import Count, Frozen

KIND = "scale"


class Parameters(Frozen, frozen=True):
    """`step` replicas more, `maximum` in all. `settings` are the target's own, see its module in
    alerts/respond/scaling/.
    """

    target: str
    service: str
    step: Count
    maximum: Count
    settings: dict[str, Any] = {}

    def __post_init__(self) -> None:
        known = targets()
        if self.target not in known:
            raise ValueError(f"there is no target {self.target!r}; there are {', '.join(sorted(known))}")
        msgspec.convert(self.given, known[self.target].Parameters)

    @property
    def given(self) -> dict[str, Any]:
        """The target's settings that say something: one whose variable is not set is empty."""
        return {name: value for name, value in self.settings.items() if value != ""}


def plan(context: ActionContext, run: Run) -> Plan:
    """The level now and the level to set. Raises Declined at the maximum, Permanent, HttpUnavailable and their like."""
    parameters = context.parameters
    target, settings = _target(context)
    now = target.read(context, settings, parameters.service)
    wanted = bounds.raised(now, parameters.step, parameters.maximum)
    if wanted == now:
        raise Declined(f"{parameters.service} has {now} replicas, and the maximum is {parameters.maximum}")
    baseline = next((int(other.before["baseline"]) for other in context.others if other.before), now)
    return Plan(
        {"replicas": now, "baseline": baseline, "target": parameters.target, "service": parameters.service},
        {"replicas": wanted, "target": parameters.target, "service": parameters.service},
    )


def apply(context: ActionContext, run: Run) -> ActionResult:
    """Set the planned level."""
    target, settings = _target(context)
    before, after = run.before or {}, run.after or {}
    target.put(context, settings, after["service"], int(after["replicas"]), run)
    return ActionResult(f"{after['service']}: {before['replicas']} → {after['replicas']} replicas ({after['target']})")


def revert(context: ActionContext, run: Run) -> ActionResult:
    """Back to the baseline; while another run is in force, that run's level stays, and it goes back later."""
    target, settings = _target(context)
    before, after = run.before or {}, run.after or {}
    service = str(after["service"])
    if context.others:
        still = context.others[-1]
        return ActionResult(
            f"kept: run {still.id} (incident {still.incident_id}) still needs {service} scaled", changed=False
        )
    now = target.read(context, settings, service)
    baseline = int(before["baseline"])
    if now < baseline:
        return ActionResult(f"not reverted: somebody set {service} to {now} replicas meanwhile", changed=False)
    target.put(context, settings, service, baseline, run)
    return ActionResult(
        f"{service}: {now} → {baseline} replicas ({after['target']})", {"replicas": now}, {"replicas": baseline}
    )


def _target(context: ActionContext) -> tuple[Target, Any]:
    known = targets()
    target = known.get(context.parameters.target)
    if target is None:
        raise Permanent(f"there is no target {context.parameters.target!r}")
    return target, msgspec.convert(context.parameters.given, target.Parameters)
