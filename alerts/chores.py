"""What follows an evaluation while this worker has the duty: escalation, warnings of silences, the canary, retention.

Each chore is a transaction of its own that begins by locking the lease, like the evaluation, so that it is done once.
"""

from collections.abc import Callable

from alerts.ruleset import Rules
from core import durations, log, silences
from core.clock import to_datetime
from core.durations import seconds
from core.errors import BadInput
from core.notice import Notice
from core.store import alert_states, backtests, chores, incidents, leases, outbox
from core.store.assembly import Stores
from core.store.db import Connection
from core.store.incidents import IsResolved, NoIncident
from core.store.leases import Lease
from core.store.outbox import Intent

RETENTION_SECONDS = 3600.0
DAY = 86400.0
BACKTEST_DAYS = 90
SLACK = 0.5  # seconds that a tick may come early


class Chores:
    """`step(lease, now)` does what is due. Raises DatabaseAway and LeaseLost; what was done stays done."""

    def __init__(self, stores: Stores, rules: Rules) -> None:
        self._stores, self._rules = stores, rules
        self._next_retention = 0.0

    def step(self, lease: Lease, now: float) -> None:
        """All chores."""
        self._each(lease, lambda connection: self._escalate(connection, now))
        self._each(lease, lambda connection: self._warn(connection, now))
        self._each(lease, lambda connection: self._canary(connection, now))
        if now >= self._next_retention:
            self._each(lease, lambda connection: self._forget(connection, now))
            self._next_retention = now + RETENTION_SECONDS

    def _each(self, lease: Lease, chore: Callable[[Connection], bool]) -> None:
        """The chore, again and again until it finds nothing more to do."""
        more = True
        while more:
            with self._stores.database.transaction() as connection:
                leases.hold(connection, lease)
                more = chore(connection)

    def _escalate(self, connection: Connection, now: float) -> bool:
        """One incident that nobody acknowledged in time goes to the rule's further channels."""
        rules = self._rules.by_id()
        for found in chores.unacknowledged(connection):
            rule = rules.get(found.rule)
            if rule is None or not rule.config.escalate:
                continue
            after = seconds(rule.config.escalate_after)
            if found.notified_at.timestamp() + after > now:
                continue
            reason = f"nobody acknowledged it for {durations.text(after)}"
            try:
                incidents.escalate(
                    connection, self._stores.audit, found.id, incidents.SYSTEM, now, rule.config.escalate, reason
                )
            except (NoIncident, IsResolved):
                continue  # A person was faster.
            log.get("escalate").info("escalated", incident=found.id, channels=rule.config.escalate)
            return True
        return False

    def _warn(self, connection: Connection, now: float) -> bool:
        """One silence that ends soon while something that it mutes is open: say so."""
        early = seconds(self._rules.settings.silence_warning)
        silence = chores.ending_silence(connection, now, now + early)
        if silence is None:
            return False
        text = f"the silence of {silence.owner} ({silence.reason}) ends at {silence.ends_at:%H:%M} UTC"
        muted = [
            one
            for one in incidents.unresolved(connection)
            if silences.covers(silence, one.rule, one.series, one.severity, now)
        ]
        for one in muted:
            incidents.note(connection, one.id, now, "muted", incidents.SYSTEM, f"{text}; people are told then")
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
            title="A silence ends",
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
        last = chores.last_canary(connection)
        if not channel or (last is not None and 0 <= now - last < every - SLACK):
            return False
        notice = Notice(
            incident_id=f"canary-{now:.0f}",
            event="canary",
            rule="canary",
            series="",
            severity="low",
            title="Canary",
            summary="A synthetic message that proves the way out.",
            began_at=now,
            at=now,
            status="open",
        )
        try:
            outbox.enqueue(connection, [Intent(outbox.key(notice, channel), channel, notice, False)])
        except BadInput as error:
            log.get("canary").error("no canary could be sent", reason=str(error))
        return False

    def _forget(self, connection: Connection, now: float) -> bool:
        """Retention of recorded evaluations and of synthetic messages."""
        before = now - self._rules.settings.ticks_days * DAY
        alert_states.drop_ticks(connection, before)
        chores.drop_synthetic(connection, to_datetime(before))
        backtests.drop(connection, now - BACKTEST_DAYS * DAY)
        return False
