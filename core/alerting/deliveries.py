"""The worker's side of the outbox (A7, A8): a message is claimed, sent outside any transaction, its outcome recorded.

A claim counts the try, takes a token of the channel's bucket and ends by itself: the message of a worker that died is
claimed again. An outcome is written only under its own claim: a worker that was away for longer changes nothing.
All functions that take a connection raise DatabaseUnavailable.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import msgspec

from core import codec
from core.alerting.notification import Notice
from core.clock import to_datetime
from core.db.engine import Connection, Database
from core.db.queries import query


class Pace(NamedTuple):
    """A token bucket: `per_minute` tokens come in, `burst` fit."""

    per_minute: float
    burst: float


class Message(NamedTuple):
    """A claimed row of the outbox. `created_at` is epoch seconds; `attempts` counts this one."""

    id: int
    incident_id: str | None
    channel: str
    event: str
    notice: Notice
    created_at: float
    attempts: int
    claim: int
    fallback_of: int | None


def refill(pace: Pace, tokens: float, elapsed: float) -> float:
    """Tokens after `elapsed` seconds."""
    return min(pace.burst, tokens + max(0.0, elapsed) * pace.per_minute / 60.0)


def waiting(connection: Connection, now: float) -> frozenset[str]:
    """The channels that have a message that is due."""
    return frozenset(connection.execute(query("delivery.waiting"), {"now": to_datetime(now)}).scalars())


def claim(database: Database, channel: str, worker: str, pace: Pace, now: float, seconds: float) -> Message | None:
    """The channel's next message, for `seconds`; None when there is none, or no token, or the channel is paused."""
    return _claim(database, "delivery.claim", channel, worker, pace, now, seconds)


def claim_repeat(
    database: Database, channel: str, worker: str, pace: Pace, now: float, seconds: float
) -> Message | None:
    """The channel's next message that a forgetful receiver must get again."""
    return _claim(database, "delivery.claim_repeat", channel, worker, pace, now, seconds)


def overdue(connection: Connection, channel: str, age: float, now: float, grace: float) -> list[Message]:
    """Lock messages that were tried and are older than `age` seconds, or would be before the channel's pause ends.

    A message that was never tried waits for at least `grace` seconds, whatever its age.
    """
    values = {
        "channel": channel,
        "now": to_datetime(now),
        "oldest": to_datetime(now - age),
        "age": age,
        "soon": to_datetime(now + grace),
    }
    return [_message(row) for row in connection.execute(query("delivery.overdue"), values)]


def orphans(connection: Connection, known: Sequence[str], now: float) -> list[Message]:
    """Lock messages to channels that are not `known`."""
    values = {"known": list(known), "now": to_datetime(now)}
    return [_message(row) for row in connection.execute(query("delivery.orphans"), values)]


def sent(
    connection: Connection, message: Message, receipt: dict[str, Any], now: float, repeat_at: float | None = None
) -> bool:
    """The receiver has it; False when another worker's claim counts now."""
    values = {
        **_mine(message),
        "receipt": codec.encode(receipt).decode(),
        "now": to_datetime(now),
        "repeat_at": None if repeat_at is None else to_datetime(repeat_at),
    }
    if not connection.execute(query("delivery.sent"), values).rowcount:
        return False
    connection.execute(query("delivery.fared_well"), {"channel": message.channel, "now": to_datetime(now)})
    if message.event == "resolve":
        connection.execute(query("delivery.end_repeats"), message._asdict())
    return True


def repeated(connection: Connection, message: Message, repeat_at: float) -> None:
    """A message was sent again, or could not be; the next time."""
    connection.execute(query("delivery.repeated"), {**_mine(message), "repeat_at": to_datetime(repeat_at)})


def retry(connection: Connection, message: Message, error: str, due: float, now: float) -> bool:
    """Try again at `due`; False when another worker's claim counts now."""
    values = {**_mine(message), "due": to_datetime(due), "error": error}
    if not connection.execute(query("delivery.retry"), values).rowcount:
        return False
    _fared_ill(connection, message, error, now)
    return True


def finish(connection: Connection, message: Message, state: str, error: str, now: float) -> bool:
    """Give it up here: `dead`, or `cancelled` when it is not needed; False when another worker's claim counts now."""
    values = {**_mine(message), "state": state, "error": error, "now": to_datetime(now)}
    if not connection.execute(query("delivery.finish"), values).rowcount:
        return False
    if state == "dead":
        _fared_ill(connection, message, error, now)
    return True


def pause(connection: Connection, channel: str, until: float, reason: str = "") -> None:
    """Leave the whole channel alone until then."""
    values = {"channel": channel, "until": to_datetime(until), "reason": reason}
    connection.execute(query("delivery.pause"), values)


def bound_pauses(connection: Connection, latest: float) -> None:
    """End every pause by `latest`: rows of an older release, or of a longer setting, are bounded too."""
    connection.execute(query("delivery.bound_pauses"), {"latest": to_datetime(latest)})


def urgent(connection: Connection, channel: str, fallback: str, now: float, patience: float) -> list[Message]:
    """Lock critical and high alerts of a channel that is paused for longer than `patience`, if the fallback works.

    What came from another channel stays, since its fallback was tried.
    """
    values = {"channel": channel, "fallback": fallback, "now": to_datetime(now), "latest": to_datetime(now + patience)}
    return [_message(row) for row in connection.execute(query("delivery.urgent"), values)]


def timeline(
    connection: Connection, message: Message, text: str, details: dict[str, Any], now: float, actor: str = "system"
) -> None:
    """A line of kind `delivery` on the incident's timeline; nothing for a message without an incident."""
    if message.incident_id is None:
        return
    values = {
        "incident_id": message.incident_id,
        "at": to_datetime(now),
        "actor": actor,
        "text": text,
        "details": codec.encode(details).decode(),
    }
    connection.execute(query("delivery.timeline"), values)


def tried(connection: Connection, message: Message) -> list[str]:
    """The channels that this message went through, its own last."""
    return [str(row.channel) for row in connection.execute(query("delivery.chain"), {"id": message.id})]


def told(connection: Connection, message: Message, channel: str) -> bool:
    """Whether another row tells `channel` of the same event of the incident, or has."""
    if message.incident_id is None or message.event not in ("trigger", "acknowledge", "resolve"):
        return False
    values = {**message._asdict(), "channel": channel, "more": message.notice.more}
    return connection.execute(query("delivery.told"), values).first() is not None


def was_spared(connection: Connection, message: Message) -> bool:
    """Whether all that its channel was to be told of the incident before were escalations that were left out."""
    return bool(connection.execute(query("delivery.was_spared"), message._asdict()).scalar())


def stood_in(connection: Connection, message: Message) -> str:
    """The channel that was told of the incident in place of this message's, and not yet of this event; '' if none."""
    channel = connection.execute(query("delivery.stood_in"), message._asdict()).scalar()
    return "" if channel is None or told(connection, message, channel) else str(channel)


def fall_back(connection: Connection, message: Message, channel: str, now: float) -> None:
    """The same message to another channel, once."""
    copy(connection, message.id, channel, now)


def copy(connection: Connection, number: int, channel: str, now: float) -> None:
    """The message of that number to another channel, once."""
    connection.execute(query("delivery.fall_back"), {"id": number, "channel": channel, "now": to_datetime(now)})


def _claim(
    database: Database, name: str, channel: str, worker: str, pace: Pace, now: float, seconds: float
) -> Message | None:
    moment = to_datetime(now)
    with database.transaction() as connection:
        bucket = connection.execute(query("delivery.bucket"), {"channel": channel}).first()
        if bucket is None or (bucket.paused_until is not None and bucket.paused_until > moment):
            return None
        tokens = refill(pace, bucket.tokens, (moment - bucket.refilled_at).total_seconds())
        if tokens < 1:
            return None
        values = {"channel": channel, "worker": worker, "now": moment, "until": moment + timedelta(seconds=seconds)}
        row = connection.execute(query(name), values).first()
        if row is None:
            return None
        refilled: datetime = max(moment, bucket.refilled_at)
        connection.execute(query("delivery.spend"), {"channel": channel, "tokens": tokens - 1, "now": refilled})
        return _message(row)


def _message(row: Any) -> Message:
    fields = dict(row._mapping)
    notice = msgspec.json.decode(fields.pop("notice"), type=Notice)
    return Message(**{**fields, "notice": notice, "created_at": fields["created_at"].timestamp()})


def _mine(message: Message) -> dict[str, int]:
    return {"id": message.id, "claim": message.claim}


def _fared_ill(connection: Connection, message: Message, error: str, now: float) -> None:
    values = {"channel": message.channel, "now": to_datetime(now), "error": error}
    connection.execute(query("delivery.fared_ill"), values)
