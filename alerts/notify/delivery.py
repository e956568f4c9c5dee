"""Delivery of what the outbox holds: one lane a channel, so that one channel's trouble never holds up another.

A lane's step reads: give up what is too old; claim; leave out what is told already; send; record. Each stage is a file
of alerts/notify/stages. Any number of workers share the lanes, since a message, its bucket and its pause are rows.
"""

import secrets
import socket
import time
from dataclasses import dataclass, field
from threading import Event

from alerts import failpoint
from alerts.notify import cap_counts, channel_registry
from alerts.notify.channel import ChannelConfig, Kind
from alerts.notify.channel_health import Troubles
from alerts.notify.http_transport import Wire
from alerts.notify.stages import cap
from alerts.notify.stages.dedup import already_told
from alerts.notify.stages.deliver import Delivered, Outcome, RetryLater, attempt
from alerts.notify.stages.overtaken import overtaken
from alerts.notify.stages.record import DeliveryLog, RetryPolicy
from core import log
from core.alerting import channel_states, deliveries, incidents, webhooks
from core.alerting.channel_states import Published
from core.alerting.deliveries import Message, Pace
from core.alerting.incidents import Line
from core.db.engine import Connection, Database
from core.errors import DatabaseUnavailable
from core.settings import Settings
from core.stores import Stores
from core.tasks import Task
from core.web.metrics import Metrics

GRACE_SECONDS = 60.0
REPEAT_AGAIN_SECONDS = 15.0
SLEEP_SECONDS = 1.0
RECORD_AGAIN_SECONDS = 0.5
PUBLISH_SECONDS = 60.0


@dataclass(frozen=True)
class Lane:
    """One channel's way out. `step` reports whether it did work; raises DatabaseUnavailable. `woken`: something is
    due.
    """

    deliver: "Deliver"
    kind: Kind
    parameters: ChannelConfig
    woken: Event = field(default_factory=Event)

    @property
    def name(self) -> str:
        """The channel's name."""
        return self.parameters.name

    def wait(self, now: float) -> int:
        """Sleep until something is due, and drain; a worker's duty."""
        began = time.monotonic()
        if not self.woken.wait(SLEEP_SECONDS):
            return 0
        self.woken.clear()
        return self.drain(now + time.monotonic() - began)

    def drain(self, now: float) -> int:
        """Everything that is due and that the bucket allows; how many messages that was. `now`: when it began."""
        began, count = time.monotonic(), 0
        while self.step(now + time.monotonic() - began):
            count += 1
        return count

    def step(self, now: float) -> bool:
        """One message, or one that must be sent again."""
        everything = self.deliver
        self._give_up(now)
        self._cap(now)
        pace = UNHINDERED if self.lacks() else Pace(self.parameters.per_minute, self.parameters.burst)
        hold = everything.config.claim_seconds
        message = deliveries.claim(everything.database, self.name, everything.worker, pace, now, hold)
        if message is None:
            return self._repeat(pace, now)
        failpoint.reach("delivery.claimed", everything.armed)
        with everything.database.transaction() as connection:
            why = (
                "delivered through another channel"
                if already_told(connection, message)
                else overtaken(connection, message)
            )
            if why:
                result = everything.recorder.cancelled(connection, message, why, now)
                everything.count(self.parameters, message, result, now)
                return True
        began = time.monotonic()
        outcome = attempt(message.notice, self.kind, self.parameters, everything.wire)
        now += time.monotonic() - began
        failpoint.reach("delivery.sent", everything.armed)
        result = self._keep(message, outcome, now)
        failpoint.reach("delivery.recorded", everything.armed)
        everything.count(self.parameters, message, result, now)
        return True

    def _keep(self, message: Message, outcome: Outcome, now: float) -> str:
        """Record what came of a try; it waits while PostgreSQL is away for a moment, since sent again is said twice."""
        everything = self.deliver
        patience = time.monotonic() + everything.config.claim_seconds / 2
        while True:
            try:
                with everything.database.transaction() as connection:
                    result = self._record(connection, message, outcome, now)
                    failpoint.reach("delivery.recording", everything.armed)
                return result
            except DatabaseUnavailable:
                if time.monotonic() > patience:
                    raise
                time.sleep(RECORD_AGAIN_SECONDS)

    @property
    def terms(self) -> RetryPolicy:
        """What the recorder must know of the channel."""
        own = self.parameters
        repeat = getattr(own, "repeat_seconds", None) if getattr(self.kind, "REPEATS", False) else None
        return RetryPolicy(own.fallback, own.attempts, own.maximum_age_minutes * 60.0, repeat)

    def _record(self, connection: Connection, message: Message, outcome: Outcome, now: float) -> str:
        recorder, troubles = self.deliver.recorder, self.deliver.troubles
        if isinstance(outcome, Delivered):
            result = recorder.sent(connection, message, outcome.receipt, self.terms, now)
            if result == "sent":
                troubles.over(connection, self.name, now)
            return result
        if isinstance(outcome, RetryLater):
            result = recorder.failed(connection, message, outcome.reason, outcome.retry_after, self.terms, now)
        else:
            result = recorder.dead(connection, message, outcome.reason, self.terms, now)
        if result == "dead" and not self.lacks():
            troubles.open(connection, message, outcome.reason, self.terms.fallback, now)
        return result

    def _give_up(self, now: float) -> None:
        """Messages waitinged long enough for a channel that is paused or fails; urgent ones at once."""
        everything = self.deliver
        with everything.database.transaction() as connection:
            patience, fallback = everything.config.urgent_patience, self.terms.fallback
            for message in deliveries.urgent(connection, self.name, fallback, now, patience):
                result = everything.recorder.dead(connection, message, "the channel is paused", self.terms, now)
                everything.count(self.parameters, message, result, now)
            for message in deliveries.overdue(connection, self.name, self.terms.age, now, GRACE_SECONDS):
                reason = "the channel cannot deliver it in time"
                result = everything.recorder.dead(connection, message, reason, self.terms, now)
                everything.troubles.open(connection, message, reason, self.terms.fallback, now)
                everything.count(self.parameters, message, result, now)

    def _cap(self, now: float) -> None:
        """Messages beyond what the channel takes in an hour are left out, and people are told so."""
        per_hour = self.parameters.per_hour
        if not per_hour or self.lacks():
            return
        with self.deliver.database.transaction() as connection:
            sent = cap_counts.sent(connection, self.name, now)
            if not cap.is_reached(per_hour, sent):
                return
            why = f"skipped: {self.name} sent {per_hour} messages within an hour"
            found = cap_counts.leave_out(connection, self.name, cap.spent(per_hour, sent), why, now)
            if not found:
                return
            console, there, _ = next((one.link for one in found if one.link), "").partition("/alerts/")
            link = f"{console}/alerts?tab=history" if there else ""
            counts = cap_counts.counted(connection, self.name, cap.ends(now) - cap.HOUR)
            reached = cap.reached(self.name, per_hour, link, now)
            cap_counts.say(connection, self.name, reached, cap.left_out(self.name, counts, link, now), now)
            lines = [Line(one.incident_id, "delivery", why) for one in found if one.incident_id]
            incidents.note_all(connection, lines, now)

    def _repeat(self, pace: Pace, now: float) -> bool:
        repeat, everything = self.terms.repeat, self.deliver
        if repeat is None:
            return False
        hold = everything.config.claim_seconds
        message = deliveries.claim_repeat(everything.database, self.name, everything.worker, pace, now, hold)
        if message is None:
            return False
        outcome = attempt(message.notice, self.kind, self.parameters, everything.wire)
        taken = isinstance(outcome, Delivered)
        with everything.database.transaction() as connection:
            deliveries.repeated(connection, message, now + (repeat if taken else min(repeat, REPEAT_AGAIN_SECONDS)))
            if isinstance(outcome, RetryLater):
                everything.recorder.pause(connection, message, outcome.reason, outcome.retry_after, now)
        everything.count(self.parameters, message, "repeated" if taken else "repeat_failed", now)
        return True

    def lacks(self) -> list[str]:
        """What the channel lacks to work."""
        return self.kind.missing(self.parameters, self.deliver.wire)


class Deliver:
    """The lanes of all channels of channels.toml. Raises ConfigError naming file and field."""

    def __init__(self, settings: Settings, stores: Stores, metrics: Metrics, wire: Wire | None = None) -> None:
        self.config, found = channel_registry.load(settings)
        self.database: Database = stores.database
        self.worker = f"{socket.gethostname()}-{secrets.token_hex(4)}"
        self.wire = wire or Wire(settings.secret, callback=settings.public_api_url)
        self.armed = settings.failpoint
        self.lanes = [Lane(self, kind, parameters) for kind, parameters in found]
        self.recorder = DeliveryLog(self.config, frozenset(lane.name for lane in self.lanes))
        self.troubles = Troubles(stores.audit)
        self._results = metrics.counter(
            "alerts_deliveries_total",
            "Delivery attempts by result.",
            ["channel", "kind", "result"],
        )
        self._seconds = metrics.histogram(
            "alerts_delivery_seconds", "Time from queueing to acceptance by the receiver.", ["channel"], edges=EDGES
        )

    def publish(self, now: float) -> None:
        """Say which channels there are and what they lack; for the console. Raises DatabaseUnavailable."""
        said = [
            Published(one.name, one.kind.KIND, ", ".join(one.lacks()), one.parameters.fallback, one.parameters.burst)
            for one in self.lanes
        ]
        with self.database.transaction() as connection:
            channel_states.publish(connection, said, now)
            deliveries.bound_pauses(connection, now + self.config.longest_retry_after)
            webhooks.forget(connection, now)

    def step(self, now: float) -> int:
        """Every lane that has work, one after another; how many messages were handled. Workers run `tasks` instead."""
        due = self.due(now)
        return self.orphans(now, due) + sum(lane.drain(now) for lane in self.lanes if lane.name in due)

    def due(self, now: float) -> frozenset[str]:
        """The channels that have work; one question for all of them."""
        with self.database.transaction() as connection:
            return deliveries.waiting(connection, now)

    def look(self, now: float) -> None:
        """Wake the lanes that have work; a worker's duty."""
        due = self.due(now)
        self.orphans(now, due)
        for lane in self.lanes:
            if lane.name in due:
                lane.woken.set()

    def orphans(self, now: float, due: frozenset[str]) -> int:
        """Messages to channels that no configuration names any more go to the last resort."""
        if due <= self.recorder.known:
            return 0
        with self.database.transaction() as connection:
            found = deliveries.orphans(connection, sorted(self.recorder.known), now)
            for message in found:
                self.recorder.dead(connection, message, "this channel no longer exists", NOBODY, now)
        return len(found)

    def tasks(self) -> list[Task]:
        """The worker's duties: one that looks, and one a channel, so that a slow one delays no other."""
        lanes = [Task(f"deliver-{lane.name}", 0.0, lane.wait) for lane in self.lanes]
        publish = Task("channels", PUBLISH_SECONDS, self.publish)
        return [publish, Task("deliver", self.config.look_seconds, self.look), *lanes]

    def count(self, parameters: ChannelConfig, message: Message, result: str, now: float) -> None:
        """One try, in the metrics and the log."""
        kind = str(parameters.__struct_config__.tag)
        self._results.inc(parameters.name, kind, result)
        if result == "sent":
            self._seconds.observe(max(0.0, now - message.created_at), parameters.name)
        log.get("delivery").info(
            "a try",
            channel=parameters.name,
            incident_event=message.event,
            incident_id=message.incident_id,
            result=result,
        )


NOBODY = RetryPolicy("", 0, 0.0, None)
UNHINDERED = Pace(1e9, 1e9)  # a channel that cannot work at all hands its messages over at once
EDGES = (0.5, 1.0, 2.0, 5.0, 10.0, 30.0, 60.0, 120.0, 300.0, 900.0, 3600.0)
