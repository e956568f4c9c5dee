"""Locks the account that an incident is about (A4): one of our own console's, or one of the platform's.

Our own console has locked it already in the transaction that judged the third wrong code (console/auth/factor.py); here
the lock is made when a rule says that they were our own console's. What the platform reports never locks an account of
our console, and locks so many of the platform's accounts by token and hour (X8). X3 holds: failures count only after
the right password, the break-glass administrator's emergency entrance stays open, and a lock by this action never
closes it. The platform reads the locks of its accounts at `GET /api/v1/account-locks`.
"""

from alerts.respond import incident_subject, report_bounds
from alerts.respond.action import ActionContext, ActionResult, Declined
from alerts.respond.security_events import tell
from core.alerting.action_runs import Run
from core.config import Frozen, Hours
from core.identity import users
from core.security import account_locks

KIND = "account_lock"


class Parameters(Frozen, frozen=True):
    """`hours` until a lock of a platform account ends by itself; without it a person releases it."""

    hours: Hours | None = None


def apply(context: ActionContext, run: Run) -> ActionResult:
    """Lock it. Raises Declined when the incident has no account, or ours is the break-glass administrator's."""
    name = incident_subject.account(context.incident, run)
    own = incident_subject.is_own(context.incident, run)
    if not own:
        return _lock_platform(context, run, name)
    user = users.by_name(context.connection, name)
    if user is None:
        raise Declined(f"{name} is not a user of the console")
    if user.locked_at is not None:
        state = {"account": name, "realm": "console", "locked": True}
        return ActionResult(f"{name} is already locked ({user.locked_reason or 'A4'})", state, state, changed=False)
    if user.break_glass:
        raise Declined(f"{name} is the break-glass administrator and is only locked by failed codes of their own")
    users.administering(context.connection)
    locked = users.by_id(context.connection, user.id, lock=True)
    if locked is None:
        raise Declined(f"{name} is no longer a user of the console")
    if users.is_last_admin(context.connection, locked):
        raise Declined(f"{name} is the last administrator")
    users.lock(context.connection, user.id, context.now, context.why[:200])
    context.stores.audit.append(
        context.connection,
        context.actor,
        "user.lock",
        f"user:{user.name}",
        {"locked": False},
        {"locked": True},
        correlation_id=context.incident.correlation_id,
    )
    tell(context, run, "critical", "account-locked", f"Console account {name} locked: {context.why}", actor=name)
    return ActionResult(
        f"console account {name} is locked; an administrator can unlock it on the Users page",
        {"account": name, "realm": "console", "locked": False},
        {"account": name, "realm": "console", "locked": True},
    )


def _lock_platform(context: ActionContext, run: Run, name: str) -> ActionResult:
    if why := report_bounds.excess(context, name, "lock", name):
        raise Declined(why)
    hours = context.parameters.hours
    until = None if hours is None else context.now + hours * 3600
    made = account_locks.lock(
        context.connection,
        context.stores.audit,
        name,
        context.now,
        until,
        context.why,
        context.actor,
        context.incident.id,
        context.incident.correlation_id,
    )
    tell(context, run, "critical", "account-locked", f"Platform account {name} locked: {context.why}", actor=name)
    end = f"until {made.until:%Y-%m-%d %H:%M} UTC" if made.until else "until it is released manually"
    return ActionResult(f"platform account {name} is locked {end}", None, {"account": name, "realm": "platform"})
