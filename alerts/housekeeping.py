"""What follows an evaluation while this worker is the leader: escalation, warnings of silences, the canary, retention.

Each chore is a transaction of its own that begins by locking the lease, like the evaluation, so that it is done once.
"""

from collections.abc import Callable

from alerts import durations, housekeeping_queries
from alerts.digest import schedule
from alerts.durations import seconds
from alerts.evaluate import alert_states
from alerts.evaluate.faults import Faults
from alerts.evaluate.ruleset import Rules
from alerts.notify.stages.mute import muted
from core import log
from core.alerting import backtests, incidents, outbox, proposals, silences
from core.alerting import silence_store as stored_silences
from core.alerting.incidents import IsAcknowledged, IsResolved, NoIncident
from core.alerting.notification import Notice
from core.alerting.outbox import Intent
from core.clock import to_datetime
from core.db import leases
from core.db.engine import Connection
from core.db.jobs import queue
from core.db.leases import Lease, LeaseLost
from core.endpoints import storage_jobs
from core.errors import BadInput
from core.stores import Stores

RETENTION_SECONDS = 3600.0
JUDGING_SECONDS = 60.0
JUDGING_DAYS = 730
DAY = 86400.0
BACKTEST_DAYS = 90
MOST_HELD = 20_000
SLACK = 0.5  # seconds that a tick may come early


class Housekeeping:
    """`step(lease, now)` does what is due. Raises DatabaseUnavailable and LeaseLost; what was done stays done."""

    def __init__(self, stores: Stores, rules: Rules, faults: Faults | None = None) -> None:
        self._stores, self._rules, self._faults = stores, rules, faults
        self._next_retention = self._next_judging = 0.0
        self._held: set[tuple[str, str]] = set()  # (incident, why) of escalations that are known to wait

    def step(self, lease: Lease, now: float, is_judged: bool = True) -> None:
        """All chores; one that fails is an incident and does not keep the others from being done.

        Without anything evaluated (not `is_judged`) there is no canary: it says that alerting works.
        """
        self._alone("escalation", lease, now, self._escalate)
        self._alone("warnings of silences", lease, now, self._warn)
        if is_judged:
            self._alone("canary", lease, now, self._canary)
        if now >= self._next_judging:
            self._next_judging = now + JUDGING_SECONDS
            self._alone("hours of judging", lease, now, self._note_judging)
        if now >= self._next_retention:
            self._next_retention = now + RETENTION_SECONDS
            self._alone("retention", lease, now, self._forget)

    def _alone(self, name: str, lease: Lease, now: float, chore: Callable[[Connection, float], bool]) -> None:
        """The chore; what fails of it stays its own. Raises LeaseLost, and DatabaseUnavailable when PostgreSQL is
        away.
        """
        try:
            self._each(lease, lambda connection: chore(connection, now))
        except LeaseLost:
            raise
        except Exception as error:
            self._stores.database.ping()
            log.get("chores").exception("a housekeeping task failed", chore=name)
            if self._faults is not None:
                with self._stores.database.transaction() as connection:
                    leases.hold(connection, lease)
                    reason = f"{error.__class__.__name__}: {error}; it is retried at each evaluation"
                    self._faults.open(connection, f"chore {name}", reason, now)
        else:
            if self._faults is not None and f"chore {name}" in self._faults.known():
                with self._stores.database.transaction() as connection:
                    leases.hold(connection, lease)
                    self._faults.over(connection, f"chore {name}", now)

    def _each(self, lease: Lease, chore: Callable[[Connection], bool]) -> None:
        """The chore, again and again until it finds nothing more to do."""
        more = True
        while more:
            with self._stores.database.transaction() as connection:
                leases.hold(connection, lease)
                more = chore(connection)

    def _escalate(self, connection: Connection, now: float) -> bool:
        """One incident that nobody acknowledged in time goes to the rule's further channels, unless something mutes.

        A group goes with the first of it that nothing mutes.
        """
        rules, quiet = self._rules.by_id(), stored_silences.in_force(connection, now)
        held: set[str] = set()
        for found in housekeeping_queries.unacknowledged(connection):
            rule = rules.get(found.rule)
            if rule is None or not rule.config.escalate:
                continue
            after = seconds(rule.config.escalate_after)
            if found.waiting_since.timestamp() + after > now:
                continue
            windows = self._rules.windows
            why = muted(quiet, rule.config.quiet, windows, found.rule, found.series, found.severity, now)
            if why:
                if (together := found.group_id or found.id) not in held:
                    self._hold(connection, found.id, why, now)
                held.add(together)
                continue
            reason = f"not acknowledged within {durations.text(after)}"
            try:
                incidents.escalate(
                    connection,
                    self._stores.audit,
                    found.id,
                    incidents.SYSTEM,
                    now,
                    rule.config.escalate,
                    reason,
                    only_open=True,
                )
            except (NoIncident, IsResolved, IsAcknowledged):
                continue  # A person was faster.
            log.get("escalate").info("escalated", incident=found.id, channels=rule.config.escalate)
            return True
        return False

    def _hold(self, connection: Connection, incident: str, why: str, now: float) -> None:
        """Say once on the timeline that an escalation waits."""
        if (incident, why) in self._held:
            return
        if len(self._held) >= MOST_HELD:
            self._held.clear()
        incidents.note_once(connection, incident, now, "muted", incidents.SYSTEM, f"escalation waits: {why}")
        self._held.add((incident, why))

    def _warn(self, connection: Connection, now: float) -> bool:
        """One silence that ends soon while something that it mutes is open: say so."""
        early = seconds(self._rules.settings.silence_warning)
        silence = housekeeping_queries.ending_silence(connection, now, now + early)
        if silence is None:
            return False
        text = f"the silence of {silence.owner} ({silence.reason}) ends at {silence.ends_at:%H:%M} UTC"
        muted = [
            one
            for one in incidents.unresolved(connection)
            if silences.covers(silence, one.rule, one.series, one.severity, now)
        ]
        for one in muted:
            incidents.note(connection, one.id, now, "muted", incidents.SYSTEM, f"{text}; notifications resume then")
        if muted:
            titles = ", ".join(one.title for one in muted[:5]) + (" …" if len(muted) > 5 else "")
            self._notify(connection, silence.id, f"{text}. Still open: {titles}", muted[0].severity, now)
        return True

    def _notify(self, connection: Connection, silence: int, text: str, severity: str, now: float) -> None:
        notice = Notice(
            incident_id=f"silence-{silence}",
            event="notice",
            rule="silence",
            series="",
            severity=severity,  # type: ignore[arg-type]
            title="Silence ending",
            summary=text,
            began_at=now,
            at=now,
            status="open",
        )
        names = self._rules.settings.notices
        outbox.enqueue(connection, [Intent(outbox.key(notice, name), name, notice, False) for name in names])

    def _canary(self, connection: Connection, now: float) -> bool:
        """A synthetic message, when it is time for one."""
        every, channel = seconds(self._rules.settings.canary.every), self._rules.settings.canary.channel
        last = housekeeping_queries.last_canary(connection)
        if not channel or (last is not None and 0 <= now - last < every - SLACK):
            return False
        notice = Notice(
            incident_id=f"canary-{now:.0f}",
            event="canary",
            rule="canary",
            series="",
            severity="low",
            title="Canary",
            summary="Synthetic message that checks notification delivery.",
            began_at=now,
            at=now,
            status="open",
        )
        try:
            outbox.enqueue(connection, [Intent(outbox.key(notice, channel), channel, notice, False)])
        except BadInput as error:
            log.get("canary").error("the canary could not be sent", reason=str(error))
        return False

    def _note_judging(self, connection: Connection, now: float) -> bool:
        """In how many minutes of each hour rules were judged."""
        alert_states.note_judging(connection, now - self._rules.settings.ticks_days * DAY)
        return False

    def _forget(self, connection: Connection, now: float) -> bool:
        """Retention of recorded evaluations and of synthetic messages."""
        before = now - self._rules.settings.ticks_days * DAY
        alert_states.drop_ticks(connection, before)
        alert_states.drop_judging(connection, now - JUDGING_DAYS * DAY)
        housekeeping_queries.drop_synthetic(connection, to_datetime(before))
        backtests.drop(connection, now - BACKTEST_DAYS * DAY)
        proposals.drop(connection, now - BACKTEST_DAYS * DAY)
        for kind in (storage_jobs.ARCHIVE, storage_jobs.PURGE, schedule.KIND):
            queue.drop(connection, kind, now - BACKTEST_DAYS * DAY)
        return False
