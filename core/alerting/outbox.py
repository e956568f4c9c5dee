"""The outbox (A7): messages to send, written in the transaction of the change that they are about."""

import secrets
from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple

import msgspec

from core.alerting.notification import Notice
from core.audit.chain import Audit
from core.clock import to_datetime
from core.db.engine import Connection
from core.db.queries import query
from core.errors import BadInput

SEVERITIES = ("critical", "high", "medium", "low")
AFTER = {"notice": 4, "acknowledge": 5, "resolve": 6}  # a person waits for a test, and a canary measures: 2


class Intent(NamedTuple):
    """One message: `key` makes it unique, `channel` is a name of channels.toml; sent from `due` or `notice.at` on.

    `is_about` an incident that is a row; a canary, a test and a warning are about none.
    """

    key: str
    channel: str
    notice: Notice
    is_about: bool = True
    due: float | None = None


def key(notice: Notice, channel: str, suffix: str = "") -> str:
    """The key of the one message about this event of this incident to this channel."""
    return "/".join(filter(None, (notice.incident_id, notice.event, channel, suffix)))


def enqueue(connection: Connection, intents: Iterable[Intent]) -> int:
    """Write intents; a key that is there already stays as it is. Returns how many were new. Raises
    DatabaseUnavailable.
    """
    messages = [
        {
            "place": place,
            "key": intent.key,
            "incident_id": intent.notice.incident_id if intent.is_about and intent.notice.event != "test" else None,
            "channel": intent.channel,
            "event": intent.notice.event,
            "notice": intent.notice,
            "at": to_datetime(intent.notice.at),
            "due": to_datetime(intent.notice.at if intent.due is None else intent.due),
            "urgency": urgency(intent.notice),
        }
        for place, intent in enumerate(intents)
    ]
    if not messages:
        return 0
    values = {"messages": msgspec.json.encode(messages).decode()}
    return connection.execute(query("outbox.insert"), values).rowcount


def urgency(notice: Notice) -> int:
    """Which messages of a channel go first, the lowest: 0 to 3 triggers by severity, then notes, then resolves."""
    if notice.event in ("trigger", "escalate"):
        return SEVERITIES.index(notice.severity)
    return AFTER.get(notice.event, 2)


class Result(NamedTuple):
    """What became of a message: `state` is pending, sent, dead or cancelled; `receipt` what the receiver said."""

    id: int
    channel: str
    event: str
    state: str
    attempts: int
    last_error: str | None
    receipt: dict[str, Any] | None
    created_at: datetime
    due_at: datetime
    finished_at: datetime | None


def request_test(connection: Connection, audit: Audit, channel: str, actor: str, now: float) -> int:
    """Ask for a test message on a channel, audited; returns the number for `result`.

    Raises BadInput for a channel that the worker does not know, and DatabaseUnavailable.
    """
    if connection.execute(query("outbox.channel"), {"channel": channel}).first() is None:
        raise BadInput("channel", f"there is no channel {channel!r}")
    notice = Notice(
        incident_id=f"test-{secrets.token_hex(8)}",
        event="test",
        rule="test",
        series=channel,
        severity="low",
        title=f"test of the channel {channel}",
        summary=f"{actor} sent this test message. No action is needed.",
        began_at=now,
        at=now,
        status="resolved",
        actor=actor,
    )
    text = msgspec.json.encode(notice).decode()
    values = {"key": notice.incident_id, "channel": channel, "notice": text, "at": to_datetime(now)}
    values["urgency"] = urgency(notice)
    number = int(connection.execute(query("outbox.insert_test"), values).scalar_one())
    audit.append(connection, actor, "channel.test", f"channel:{channel}", None, {"message": number})
    return number


def result(connection: Connection, number: int) -> Result | None:
    """What became of a message so far; None when there is none of that number. Raises DatabaseUnavailable."""
    row = connection.execute(query("outbox.result"), {"id": number}).first()
    return None if row is None else Result(*row)
