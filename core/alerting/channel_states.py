"""The channels as the alert worker loaded them, for readers that do not know its configuration, and how each fares."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from core.audit.chain import Audit
from core.clock import to_datetime
from core.db.engine import Connection
from core.db.queries import query
from core.errors import BadInput


class Published(NamedTuple):
    """What the worker says of a channel. `missing` names what it lacks, '' when it can work."""

    channel: str
    kind: str
    missing: str
    fallback: str
    burst: float


class ChannelState(NamedTuple):
    """How a channel fares. `waiting` messages are pending; `dead_today` were given up within the last day."""

    channel: str
    kind: str
    configured: bool
    missing: str
    fallback: str
    paused_until: datetime | None
    last_ok_at: datetime | None
    last_error_at: datetime | None
    last_error: str | None
    waiting: int
    dead_today: int


def publish(connection: Connection, channels: Sequence[Published], now: float) -> None:
    """Replace what is known about channels; how they fared stays. Raises DatabaseUnavailable."""
    for one in sorted(channels):
        values = {**one._asdict(), "configured": not one.missing, "tokens": one.burst, "now": to_datetime(now)}
        connection.execute(query("delivery.publish"), values)
    connection.execute(query("delivery.unpublish"), {"known": [one.channel for one in channels]})


def resume(connection: Connection, audit: Audit, channel: str, actor: str, now: float) -> None:
    """A person ends a channel's pause; messages that wait are tried at once. Raises BadInput when it is not paused."""
    values = {"channel": channel, "now": to_datetime(now)}
    row = connection.execute(query("delivery.resume"), values).one_or_none()
    if row is None:
        raise BadInput("channel", f"the channel {channel!r} is not paused")
    connection.execute(query("delivery.retry_now"), values)
    before = {"paused_until": row.paused_until, "reason": row.paused_reason}
    audit.append(connection, actor, "channel.resume", f"channel:{channel}", before, None)


def states(connection: Connection, now: float) -> list[ChannelState]:
    """Every channel by name. Raises DatabaseUnavailable."""
    return [ChannelState(*row) for row in connection.execute(query("delivery.states"), {"now": to_datetime(now)})]
