"""The last stage: what became of a try, in one transaction: the row, the channel, the timeline, the fail-over.

Nothing counts as sent before the receiver has said so; nothing is given up without somebody else being told.
"""

import random
from dataclasses import dataclass
from typing import Annotated, Any, NamedTuple

import msgspec
from msgspec import Meta

from alerts.notify.channel import Receipt
from alerts.notify.message_format import one_line
from alerts.notify.retry_after import LONGEST
from core import log
from core.alerting import deliveries
from core.alerting.deliveries import Message
from core.alerting.notification import NoticeEvent
from core.config import Frozen, Positive
from core.db.engine import Connection

LONGEST_ERROR = 300
ALONE: tuple[NoticeEvent, ...] = ("test", "canary")  # about the channel itself: no other channel can stand in


class DeliveryConfig(Frozen, frozen=True):
    """`[delivery]` of channels.toml; seconds. `last_resort` takes what no other channel took.

    A receiver's `Retry-After` pauses its channel for at most `longest_retry_after`; critical and high alerts go to the
    fallback channel at once when the pause lasts for more than `urgent_patience`.
    """

    look_seconds: Positive = 0.5
    claim_seconds: Positive = 60.0
    first_pause: Positive = 1.0
    longest_pause: Positive = 60.0
    longest_retry_after: Annotated[float, Meta(gt=0, le=LONGEST)] = LONGEST
    urgent_patience: Annotated[float, Meta(gt=0, le=LONGEST)] = 30.0
    last_resort: str = "log"


class RetryPolicy(NamedTuple):
    """What a channel promises: its stand-in, tries, seconds of age, seconds between repeats (None: no repeats)."""

    fallback: str
    attempts: int
    age: float
    repeat: float | None


@dataclass(frozen=True)
class DeliveryLog:
    """Writes outcomes; every method takes part in the caller's transaction and raises DatabaseUnavailable.

    Each returns the word for the metrics: sent, retry, dead, cancelled, or lost when another worker's claim counts.
    """

    config: DeliveryConfig
    known: frozenset[str]

    def sent(self, connection: Connection, message: Message, receipt: Receipt, terms: RetryPolicy, now: float) -> str:
        """The receiver took it."""
        repeat_at = now + terms.repeat if terms.repeat and message.event == "trigger" else None
        if not deliveries.sent(connection, message, msgspec.to_builtins(receipt), now, repeat_at):
            return "lost"
        if message.event in ("acknowledge", "resolve") and (stand_in := deliveries.stood_in(connection, message)):
            deliveries.fall_back(connection, message, stand_in, now)
        told = {"receipt": msgspec.to_builtins(receipt)}
        self._tell(connection, message, "sent", f"{message.channel} accepted the {_words(message)}", told, now)
        return "sent"

    def failed(
        self,
        connection: Connection,
        message: Message,
        error: str,
        retry_after: float | None,
        terms: RetryPolicy,
        now: float,
    ) -> str:
        """The receiver did not take it, and may later. A wish of the receiver holds for the whole channel."""
        wished = self.pause(connection, message, error, retry_after, now)
        due = now + max(backoff(self.config, message.attempts), wished)
        if message.attempts >= terms.attempts or due - message.created_at > terms.age:
            return self.dead(connection, message, f"failed after {message.attempts} attempts: {error}", terms, now)
        if not deliveries.retry(connection, message, error[:LONGEST_ERROR], due, now):
            return "lost"
        told = {"error": error[:LONGEST_ERROR], "again_in_seconds": round(due - now, 1)}
        text = f"{message.channel} did not accept the {_words(message)}: {error}; next attempt in {due - now:.0f} s"
        self._tell(connection, message, "retry", text, told, now)
        return "retry"

    def pause(
        self, connection: Connection, message: Message, error: str, retry_after: float | None, now: float
    ) -> float:
        """Leave the channel alone for as long as its receiver asks, within the bound; the seconds."""
        if not retry_after:
            return 0.0
        seconds = min(retry_after, self.config.longest_retry_after)
        deliveries.pause(connection, message.channel, now + seconds, error[:LONGEST_ERROR])
        return seconds

    def dead(self, connection: Connection, message: Message, error: str, terms: RetryPolicy, now: float) -> str:
        """This channel will not deliver it; the stand-in gets it."""
        if not deliveries.finish(connection, message, "dead", error[:LONGEST_ERROR], now):
            return "lost"
        text = f"{message.channel} could not deliver the {_words(message)}: {error}"
        if message.event in ALONE:
            self._tell(connection, message, "dead", text, {"error": error[:LONGEST_ERROR]}, now)
            return "dead"
        stand_in = self._stand_in(connection, message, terms.fallback)
        told: dict[str, Any] = {"error": error[:LONGEST_ERROR], "fallback": stand_in}
        if not stand_in:
            log.get("delivery").error(
                "no channel left", incident_id=message.incident_id, message=message.id, channel=message.channel
            )
            self._tell(connection, message, "dead", f"{text}; no channel is left", told, now)
        elif deliveries.told(connection, message, stand_in):
            self._tell(connection, message, "dead", f"{text}; {stand_in} is notified anyway", told, now)
        else:
            deliveries.fall_back(connection, message, stand_in, now)
            self._tell(connection, message, "dead", f"{text}; {stand_in} is notified instead", told, now)
        return "dead"

    def cancelled(self, connection: Connection, message: Message, why: str, now: float) -> str:
        """Nobody needs it."""
        if not deliveries.finish(connection, message, "cancelled", why, now):
            return "lost"
        self._tell(connection, message, "cancelled", f"{_words(message)} to {message.channel} skipped: {why}", {}, now)
        return "cancelled"

    def _stand_in(self, connection: Connection, message: Message, fallback: str) -> str:
        """The next channel that was not tried for this message: the configured one, else the last resort, else ''."""
        tried = deliveries.tried(connection, message)
        candidates = (fallback, self.config.last_resort)
        return next((name for name in candidates if name in self.known and name not in tried), "")

    def _tell(
        self, connection: Connection, message: Message, result: str, text: str, details: dict[str, Any], now: float
    ) -> None:
        told = {"message": message.id, "channel": message.channel, "event": message.event, "attempt": message.attempts}
        deliveries.timeline(connection, message, one_line(text), {**told, "result": result, **details}, now)


def backoff(config: DeliveryConfig, attempts: int) -> float:
    """Seconds before the next try: full jitter below an exponential bound
    (https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/)."""
    return random.uniform(0.0, min(config.longest_pause, config.first_pause * 2.0 ** min(attempts - 1, 30)))


def _words(message: Message) -> str:
    return {"trigger": "alert", "resolve": "resolution", "acknowledge": "acknowledgement"}.get(
        message.event, message.event
    )
