"""The outbox (A7): messages to send, written in the transaction of the change that they are about."""

from collections.abc import Iterable
from typing import NamedTuple

import msgspec
from sqlalchemy import Connection

from core.clock import to_datetime
from core.notice import Notice
from core.store.queries import query


class Intent(NamedTuple):
    """One message: `key` makes it unique, `channel` is a name of channels.toml; sent from `notice.at` on."""

    key: str
    channel: str
    notice: Notice


def key(notice: Notice, channel: str, suffix: str = "") -> str:
    """The key of the one message about this event of this incident to this channel."""
    return "/".join(filter(None, (notice.incident_id, notice.event, channel, suffix)))


def enqueue(connection: Connection, intents: Iterable[Intent]) -> int:
    """Write intents; a key that is there already stays as it is. Returns how many were new. Raises DatabaseAway."""
    new = 0
    for intent in intents:
        notice = intent.notice
        values = {
            "key": intent.key,
            "incident_id": notice.incident_id if notice.event != "test" else None,
            "channel": intent.channel,
            "event": notice.event,
            "notice": msgspec.json.encode(notice).decode(),
            "at": to_datetime(notice.at),
        }
        new += connection.execute(query("outbox.insert"), values).rowcount
    return new
