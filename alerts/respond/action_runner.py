"""Carries actions out and takes them back (A10): claims due runs, keeps to the bounds, records every step.

What changes only our own tables happens in the transaction that records it, here. What reaches outside is begun, done
and recorded in three steps, in `alerts/respond/external_action_runner.py`. Either way the kill switch is held and the
bounds are judged in the transaction that begins, so two workers never apply twice, and a crash at any point leaves a
run to be taken up again. The kill switch stops what is new; what is in force is still reverted: that brings back what
people chose.
"""

from collections.abc import Callable
from datetime import timedelta

from alerts.respond import action_claims, bounds
from alerts.respond.action import Action, ActionContext, ActionResult, Actions, Declined, Incident, Permanent
from core import clock, log
from core.alerting import action_runs, kill_switch
from core.alerting.action_runs import Run
from core.clock import to_datetime
from core.db.engine import Connection
from core.errors import BadInput, ConfigError, DatabaseUnavailable, GatehouseError
from core.settings import Settings
from core.stores import Stores

Reached = Callable[[str], None]
_log = log.get("actions")


class Acting:
    """One worker's hands. `now` is a clock (epoch seconds); `reached` hears of each step (tests crash there)."""

    def __init__(
        self,
        stores: Stores,
        settings: Settings,
        actions: Actions,
        told: Callable[[str, str], None] = lambda _, __: None,
        now: Callable[[], float] = clock.now,
        reached: Reached = lambda _: None,
    ) -> None:
        self.stores = stores
        self.settings = settings
        self.actions = actions
        self.told = told
        self.now = now
        self.reached = reached

    def step(self, _: float = 0.0) -> bool:
        """Do one run of those that touch only our own tables; whether there was one. Raises DatabaseUnavailable."""
        return any(self._do(run) for run in self.waiting(reaching=False))

    def waiting(self, reaching: bool) -> list[Run]:
        """Runs that want work, of actions that reach outside or of all others."""
        outside = [name for name, action in self.actions.by_name.items() if action.outside]
        with self.stores.database.transaction() as connection:
            return action_claims.waiting(connection, outside, reaching, self.now())

    def _do(self, seen: Run) -> bool:
        action = self.actions.by_name.get(seen.action)
        if action is None:
            return self._unknown(seen)
        try:
            with self.stores.database.transaction() as connection:
                run = self.take(connection, seen)
                if run is None:
                    return False
                if run.state == "applied":
                    if self.stays(connection, action, run):
                        return True
                    outcome = self._revert(connection, action, run)
                elif self.exceeds_bounds(connection, action, run):
                    return True
                else:
                    outcome = self._apply(connection, action, run)
                self.reached("done")
        except DatabaseUnavailable:
            raise
        except Exception as error:
            self.failed(action, seen, error)
            return True
        self.reached("committed")
        self.notify_subscribers(outcome)
        return True

    def _apply(self, connection: Connection, action: Action, run: Run) -> ActionResult:
        outcome = action.apply(self.context(connection, action, run, inside=True), run)
        self.record_applied(connection, action, run, outcome)
        return outcome

    def _revert(self, connection: Connection, action: Action, run: Run) -> ActionResult:
        outcome = action.undo(self.context(connection, action, run, inside=True), run)
        self.record_reverted(connection, run, outcome)
        return outcome

    def take(self, connection: Connection, seen: Run) -> Run | None:
        """The run for this transaction, if it still wants what it was seen to want."""
        run = action_claims.lock(connection, seen.id)
        return run if run is not None and action_claims.wants_work(run, self.now()) else None

    def exceeds_bounds(self, connection: Connection, action: Action, run: Run) -> bool:
        """Whether something forbids to apply it now; then that is recorded."""
        now = self.now()
        incident = action_claims.incident(connection, run)
        if incident["status"] == "resolved" and action.undoes and run.decided_by is None:
            self.end(connection, run, "expired", "the incident ended first")
            return True
        action_claims.judge_alone(connection, run.action)
        switch = kill_switch.held(connection)
        if not switch.is_on:
            by = f"{switch.actor} at {switch.at:%Y-%m-%d %H:%M} UTC"
            self.end(connection, run, "refused", f"actions are switched off by {by}: {switch.reason}")
            return True
        limits = action.config.bounds
        verdict = bounds.judge(limits, action_claims.begun(connection, run, now - bounds.reach(limits)), now)
        if not verdict.allowed:
            self.end(connection, run, "refused", verdict.reason)
            return True
        return False

    def stays(self, connection: Connection, action: Action, run: Run) -> bool:
        """Whether it is too early to undo it, though its incident has ended; a person is not made to wait."""
        if run.applied_at is None or run.reverted_by is not None:
            return False
        now = self.now()
        until = bounds.kept_until(action.config.bounds, run.applied_at.timestamp(), now)
        if until is None:
            return False
        message = f"the incident has ended; it stays until {to_datetime(until):%H:%M:%S} UTC"
        action_claims.again(connection, run, now, timedelta(seconds=until - now), message, counted=False)
        action_runs.note(connection, run, now, f"action:{run.action}", f"{run.action}: {message}", state="applied")
        return True

    def context(self, connection: Connection, action: Action, run: Run, inside: bool) -> ActionContext:
        """What the action works with; it gets the transaction only when it changes our own tables."""
        return ActionContext(
            stores=self.stores,
            settings=self.settings,
            incident=Incident(**action_claims.incident(connection, run)),
            parameters=action.parameters,
            now=self.now(),
            actor=f"action:{run.action}",
            others=tuple(action_claims.in_force(connection, run)),
            connection=connection if inside else None,
        )

    def record_applied(self, connection: Connection, action: Action, run: Run, outcome: ActionResult) -> bool:
        """Put on record that it is done; False when the run is another worker's by now."""
        now = self.now()
        until = bounds.revert_at(action.config.bounds, now)
        mine = action_claims.applied(
            connection, run, now, outcome.message, outcome.before, outcome.after, outcome.changed, until
        )
        if mine:
            for found in outcome.artefacts:
                action_claims.keep_artefact(connection, run.id, *found)
            self._write(connection, run, "action.apply", "applied", outcome)
        return mine

    def record_reverted(self, connection: Connection, run: Run, outcome: ActionResult) -> bool:
        """Put on record that it is undone; False when the run is another worker's by now."""
        mine = action_claims.reverted(connection, run, self.now(), outcome.message, f"action:{run.action}")
        if mine:
            self._write(connection, run, "action.undo", "reverted", outcome)
        return mine

    def end(self, connection: Connection, run: Run, state: action_claims.End, message: str) -> None:
        """Put on record that it came to nothing, and why."""
        if action_claims.ended(connection, run, state, self.now(), message):
            self._write(connection, run, f"action.{state}", state, ActionResult(message))

    def failed(self, action: Action, seen: Run, error: Exception) -> None:
        """Record what went wrong after the transaction was rolled back, and when it is tried again, if at all."""
        with self.stores.database.transaction() as connection:
            run = action_claims.lock(connection, seen.id)
            if run is None or run.claim != seen.claim or run.state != seen.state:
                return
            if isinstance(error, Declined) and run.state != "applied":
                self.end(connection, run, "refused", str(error))
                return
            message = sentence(error)
            _log.warning("an action failed", action=run.action, run=run.id, detail=message, exc_info=_bug(error))
            hopeless = (
                isinstance(error, (Permanent, BadInput, ConfigError)) or run.attempts + 1 >= action.config.attempts
            )
            if run.state == "due" and hopeless:
                self.end(connection, run, "failed", message)
                return
            self.again(connection, run, message, run.attempts + 1, counted=True)

    def again(self, connection: Connection, run: Run, message: str, attempt: int, counted: bool) -> None:
        """Try again later. The first failure is told on the timeline, or nobody would know why it takes so long."""
        delay = timedelta(seconds=bounds.backoff(attempt))
        if action_claims.again(connection, run, self.now(), delay, message, counted):
            self.told(run.action, "retried")
            if attempt == 1:
                action_runs.note(connection, run, self.now(), f"action:{run.action}", f"{run.action}: {message}")

    def notify_subscribers(self, outcome: ActionResult) -> None:
        """What follows the commit."""
        if outcome.then is None:
            return
        try:
            outcome.then()
        except GatehouseError as error:
            _log.warning("subscribers were not notified immediately", detail=str(error))

    def _unknown(self, seen: Run) -> bool:
        """The configuration has no such action any more."""
        with self.stores.database.transaction() as connection:
            run = self.take(connection, seen)
            if run is None:
                return False
            message = f"actions.toml has no action {run.action!r}"
            if run.state == "due":
                self.end(connection, run, "refused", message)
            else:
                self.again(connection, run, f"{message}; it cannot be reverted", run.attempts + 1, counted=True)
        return True

    def _write(self, connection: Connection, run: Run, word: str, state: str, outcome: ActionResult) -> None:
        actor = f"action:{run.action}"
        self.told(run.action, state)
        text = f"{run.action} {state}: {outcome.message}"
        action_runs.note(connection, run, self.now(), actor, text, state=state, after=outcome.after)
        self.stores.audit.append(
            connection,
            actor,
            word,
            f"action-run:{run.id}",
            outcome.before,
            {"state": state, "incident": run.incident_id, "message": outcome.message, **(outcome.after or {})},
            correlation_id=str(action_claims.incident(connection, run)["correlation_id"]),
        )


def sentence(error: Exception) -> str:
    """What people read of an error; one that is a bug is named by its kind only."""
    return (
        str(error)
        if isinstance(error, GatehouseError)
        else f"unexpected error ({error.__class__.__name__}), see the log"
    )


def _bug(error: Exception) -> Exception | None:
    return None if isinstance(error, GatehouseError) else error
