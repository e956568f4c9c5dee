"""Actions that reach outside our own tables, in three steps: begin, call, record.

`begin` stores the absolute values that the call will set, so that a worker that takes a run up after a crash sets the
same values again. Whoever slept past its claim and called all the same looks afterwards at what became of the run, and
puts back what its late call may have overwritten.
"""

from alerts.respond import action_claims, bounds
from alerts.respond.action import Action, ActionResult, Declined, Permanent, Plan
from alerts.respond.action_runner import Acting, sentence
from core import log
from core.alerting import action_runs, kill_switch
from core.alerting.action_runs import Run
from core.db.engine import Connection
from core.errors import BadInput, ConfigError, DatabaseUnavailable

CLAIM_SECONDS = 120.0  # longer than any call may take, its time-outs included
_log = log.get("actions")


class Reaching:
    """Does the runs that reach outside; slow ones hold nobody else up, since it is a duty of its own."""

    def __init__(self, acting: Acting) -> None:
        self._acting = acting
        self._database = acting.stores.database

    def step(self, _: float = 0.0) -> bool:
        """Do one run; whether there was one. Raises DatabaseUnavailable."""
        return any(self._do(run) for run in self._acting.waiting(reaching=True))

    def _do(self, seen: Run) -> bool:
        action = self._acting.actions.by_name[seen.action]
        try:
            plan = self._plan(action, seen) if seen.state == "due" else None
        except DatabaseUnavailable:
            raise
        except Exception as error:
            self._acting.failed(action, seen, error)
            return True
        run = self._begin(action, seen, plan)
        if run is None:
            return False
        if run.state not in ("applying", "reverting"):
            return True
        self._acting.reached("begun")
        self._call(action, run)
        return True

    def _plan(self, action: Action, run: Run) -> Plan:
        with self._database.transaction() as connection:
            context = self._acting.context(connection, action, run, inside=False)
        return action.plan(context, run)

    def _begin(self, action: Action, seen: Run, plan: Plan | None) -> Run | None:
        """The run, claimed; None when somebody else has it. In another state when nothing is to be called."""
        acting = self._acting
        now = acting.now()
        with self._database.transaction() as connection:
            run = acting.take(connection, seen)
            if run is None or run.state != seen.state:
                return None
            if run.state == "applied" and acting.stays(connection, action, run):
                return action_runs.one(connection, run.id)
            if run.state in ("applied", "reverting"):
                return action_claims.begin(connection, run, "reverting", now, CLAIM_SECONDS)
            if run.state == "applying":
                off = not kill_switch.held(connection).is_on
                if off or run.attempts >= action.config.attempts:
                    why = "actions were switched off meanwhile" if off else f"failed after {run.attempts} attempts"
                    return self._give_up(connection, action, run, why)
                return action_claims.begin(connection, run, "applying", now, CLAIM_SECONDS)
            if acting.exceeds_bounds(connection, action, run):
                return action_runs.one(connection, run.id)
            assert plan is not None
            until = bounds.revert_at(action.config.bounds, now)
            return action_claims.begin(connection, run, "applying", now, CLAIM_SECONDS, plan.before, plan.after, until)

    def _give_up(self, connection: Connection, action: Action, run: Run, why: str) -> Run | None:
        """It may have had an effect: undo it where it can be undone, else say so."""
        if action.undoes:
            begun = action_claims.begin(connection, run, "reverting", self._acting.now(), CLAIM_SECONDS)
            action_runs.note(connection, run, self._acting.now(), f"action:{run.action}", f"{run.action}: {why}")
            return begun
        self._acting.end(connection, run, "failed", f"{why}; {run.message}" if run.message else why)
        return action_runs.one(connection, run.id)

    def _call(self, action: Action, run: Run) -> None:
        acting = self._acting
        try:
            with self._database.transaction() as connection:
                context = acting.context(connection, action, run, inside=False)
            outcome = action.apply(context, run) if run.state == "applying" else action.undo(context, run)
        except Exception as error:
            self._on_call_failed(action, run, error)
            return
        acting.reached("called")
        with self._database.transaction() as connection:
            if run.state == "applying":
                mine = acting.record_applied(connection, action, run, outcome)
            else:
                mine = acting.record_reverted(connection, run, outcome)
        acting.reached("committed")
        if mine:
            acting.notify_subscribers(outcome)
        else:
            self._on_stale_claim(action, run)

    def _on_call_failed(self, action: Action, run: Run, error: Exception) -> None:
        acting = self._acting
        message = sentence(error)
        hopeless = isinstance(error, (Declined, Permanent, BadInput, ConfigError))
        _log.warning("an action failed", action=run.action, run=run.id, detail=message, hopeless=hopeless)
        with self._database.transaction() as connection:
            known = action_claims.lock(connection, run.id)
            if known is None or known.claim != run.claim:
                return
            if run.state == "reverting":
                acting.again(connection, known, f"it cannot be reverted yet: {message}", run.attempts, counted=False)
            elif hopeless and run.attempts == 1:  # the first call was refused, so nothing has changed
                acting.end(connection, known, "refused" if isinstance(error, Declined) else "failed", message)
            elif hopeless or run.attempts >= action.config.attempts:
                self._give_up(connection, action, known, f"failed after {run.attempts} attempts: {message}")
            else:
                acting.again(connection, known, message, run.attempts, counted=False)

    def _on_stale_claim(self, action: Action, run: Run) -> None:
        """The claim was lost while calling: what this call set may not be what should be set now."""
        with self._database.transaction() as connection:
            now = action_runs.one(connection, run.id)
            context = self._acting.context(connection, action, run, inside=False)
        _log.warning("a call finished late", action=run.action, run=run.id, state=now.state if now else "gone")
        if now is None or run.state != "applying" or not action.undoes:
            return
        if now.state in ("reverted", "reverting"):
            outcome: ActionResult = action.undo(context, now)
            with self._database.transaction() as connection:
                text = f"{run.action}: a late call was reverted: {outcome.message}"
                action_runs.note(connection, run, self._acting.now(), f"action:{run.action}", text)
