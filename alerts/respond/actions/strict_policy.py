"""Puts a stricter profile of the decision policy in force, and the one before back (A1).

While it is in force A1 judges the rate that the normal profile would have given (A11), so it cannot feed itself.
"""

from alerts.respond.action import ActionContext, ActionResult, Declined
from alerts.respond.security_events import tell
from core.alerting.action_runs import Run
from core.config import Frozen
from core.events.base import Severity
from core.policy import Policy
from core.settings import Settings
from core.transactions import policies

KIND = "strict_policy"


class Parameters(Frozen, frozen=True):
    """`profile` is a name of policy.toml."""

    profile: str = "strict"


def check(parameters: Parameters, settings: Settings) -> list[str]:
    """The profile is one of policy.toml."""
    known = settings.config.policy.profiles
    return [] if parameters.profile in known else [f"policy.toml has no profile {parameters.profile!r}"]


def apply(context: ActionContext, run: Run) -> ActionResult:
    """Put the profile in force. Raises Declined when what is in force is as strict already, or stricter."""
    config = context.settings.config.policy
    wanted = context.parameters.profile
    now = policies.locked(context.connection)
    if now is not None and now.profile == wanted:
        known = next((other for other in context.others if other.after and other.after["version"] == now.version), None)
        if known is None:
            raise Declined(f"{wanted} is already active, not through an action")
        return ActionResult(f"{wanted} is already active (run {known.id})", known.before, known.after, changed=False)
    chosen = config.profiles.get(wanted)
    if now is not None and chosen is not None and now.fraud_threshold <= chosen.fraud_threshold:
        raise Declined(
            f"{now.profile} (from {now.fraud_threshold:g}) is active, which is at least as strict as {wanted}"
        )
    put = policies.put(
        context.connection, context.stores.audit, config, wanted, context.actor, context.incident.correlation_id
    )
    before = {"profile": now.profile, "version": now.version} if now else {"profile": config.profile}
    limits = f"REVIEW from {put.review_from:.2f}, BLOCKED from {put.block_from:.2f}"
    _tell(context, run, put, "medium", "policy-tightened", f"Profile {wanted} activated because of {context.why}")
    return ActionResult(
        f"profile {before['profile']} → {wanted} (version {put.version}): {limits}",
        before,
        {"profile": wanted, "version": put.version},
        then=lambda: policies.mirror(context.stores.live, put),
    )


def revert(context: ActionContext, run: Run) -> ActionResult:
    """Put back what was in force before; not when another run still needs it, nor what a person chose since."""
    now = policies.locked(context.connection)
    set_version = (run.after or {}).get("version")
    if now is None or now.version != set_version:
        by = policies.author(context.connection, now.version) if now else "nobody"
        return ActionResult(
            f"not reverted: {by} activated {now.profile if now else 'nothing'} meanwhile", changed=False
        )
    still = next((other for other in context.others if (other.after or {}).get("version") == set_version), None)
    if still is not None:
        return ActionResult(f"kept: run {still.id} (incident {still.incident_id}) still needs it", changed=False)
    before = run.before or {}
    profile = str(before["profile"])
    put = policies.restore(
        context.connection,
        context.stores.audit,
        context.settings.config.policy,
        profile,
        before.get("version"),
        context.actor,
        context.incident.correlation_id,
    )
    _tell(context, run, put, "low", "policy-restored", f"Profile {profile} restored")
    return ActionResult(
        f"profile {now.profile} → {profile} (version {put.version})",
        {"profile": now.profile, "version": now.version},
        {"profile": profile, "version": put.version},
        then=lambda: policies.mirror(context.stores.live, put),
    )


def _tell(context: ActionContext, run: Run, put: Policy, severity: Severity, action: str, text: str) -> None:
    tell(context, run, severity, action, f"{text} (version {put.version})", category="configuration")
