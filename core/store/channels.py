"""The channels as the alert worker loaded them, for readers that do not know its configuration, and how each fares."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection

from core.clock import to_datetime
from core.store.queries import query


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
    """Replace what is known about channels; how they fared stays. Raises DatabaseAway."""
    for one in sorted(channels):
        values = {**one._asdict(), "configured": not one.missing, "tokens": one.burst, "now": to_datetime(now)}
        connection.execute(query("delivery.publish"), values)
    connection.execute(query("delivery.unpublish"), {"known": [one.channel for one in channels]})


def states(connection: Connection, now: float) -> list[ChannelState]:
    """Every channel by name. Raises DatabaseAway."""
    return [ChannelState(*row) for row in connection.execute(query("delivery.states"), {"now": to_datetime(now)})]
