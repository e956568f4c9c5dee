"""How much a channel took in the last hour, and what is left out beyond its cap (A14). Raises DatabaseUnavailable."""

from collections.abc import Sequence
from typing import NamedTuple

import msgspec

from core.alerting import outbox
from core.alerting.notification import Notice
from core.alerting.outbox import Intent
from core.clock import to_datetime
from core.db.engine import Connection
from core.db.queries import query

HOUR = 3600.0


class LeftOut(NamedTuple):
    """A message that is not sent."""

    id: int
    incident_id: str | None
    link: str


def sent(connection: Connection, channel: str, now: float) -> dict[str, int]:
    """Messages of each rule that the channel took in the last hour, ends and tests not counted."""
    rows = connection.execute(query("caps.sent"), {"channel": channel, "since": to_datetime(now - HOUR)})
    return {str(rule): int(count) for rule, count in rows}


def leave_out(connection: Connection, channel: str, spent: Sequence[str], why: str, now: float) -> list[LeftOut]:
    """Cancel what is due on a channel, except critical triggers of rules that are not `spent`."""
    connection.execute(query("delivery.bucket"), {"channel": channel}).first()  # one worker at a time
    values = {"channel": channel, "spent": list(spent), "why": why, "now": to_datetime(now)}
    return [LeftOut(*row) for row in connection.execute(query("caps.leave_out"), values)]


def counted(connection: Connection, channel: str, since: float) -> dict[str, int]:
    """Messages of each rule that were left out on a channel from an instant on."""
    rows = connection.execute(query("caps.counted"), {"channel": channel, "since": to_datetime(since)})
    return {str(rule): int(count) for rule, count in rows}


def say(connection: Connection, channel: str, reached: Notice, left_out: Notice, now: float) -> None:
    """Tell the channel once in an hour that its cap is reached, and at its end how many messages were left out."""
    first, last = outbox.key(reached, channel), outbox.key(reached, channel, "end")
    outbox.enqueue(connection, [Intent(first, channel, reached, False)])
    outbox.enqueue(connection, [Intent(last, channel, left_out, False, left_out.at)])
    values = {"key": last, "notice": msgspec.json.encode(left_out).decode()}
    connection.execute(query("caps.count_on"), values)
