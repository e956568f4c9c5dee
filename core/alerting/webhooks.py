"""What receivers tell us afterwards: each of their events taken once, their names for our incidents, their receipts.

Everything happens in the caller's transaction and raises DatabaseUnavailable.
"""

from typing import Literal, NamedTuple

from core import codec
from core.alerting import deliveries
from core.clock import to_datetime
from core.db.engine import Connection
from core.db.queries import query

KEEP_SECONDS = 8 * 86400.0  # longer than an event may be old when it comes
LAST_RESORT = "log"
# How far a message has come; a report that says less than one before it came late.
ORDER = ("accepted", "scheduled", "queued", "sending", "sent", "delivered", "read", "undelivered", "failed", "canceled")
LOST = ("undelivered", "failed", "canceled")


class Reported(NamedTuple):
    """The row of the outbox that a receiver reports on, and what it said of it before."""

    id: int
    incident_id: str | None
    channel: str
    event: str
    status: str | None


def take(connection: Connection, source: str, event_id: str, now: float) -> bool:
    """True the first time; the note is committed with what the event changes."""
    values = {"source": source, "id": event_id, "now": to_datetime(now)}
    return connection.execute(query("delivery.take_event"), values).first() is not None


def forget(connection: Connection, now: float) -> None:
    """Forget events so old that they would be refused for their age."""
    connection.execute(query("delivery.forget_events"), {"before": to_datetime(now - KEEP_SECONDS)})


def link(connection: Connection, source: str, external_id: str, incident_id: str, url: str) -> bool:
    """Note what a receiver calls an incident; False when it is none of ours."""
    values = {"source": source, "external_id": external_id, "incident_id": incident_id, "url": url}
    return connection.execute(query("delivery.link"), values).rowcount > 0


def is_newest(
    connection: Connection, source: str, external_id: str, what: Literal["state", "assigned"], at: float
) -> bool:
    """Note when a change happened at the receiver; False when a later one of its kind came before it."""
    values = {"source": source, "external_id": external_id, "at": to_datetime(at)}
    return connection.execute(query(f"delivery.newest_{what}"), values).rowcount > 0


def linked(connection: Connection, source: str, external_id: str) -> str | None:
    """Our incident that a receiver means, if it is one."""
    values = {"source": source, "external_id": external_id}
    found = connection.execute(query("delivery.linked"), values).scalar()
    return None if found is None else str(found)


def report(connection: Connection, receipt_id: str, status: str, detail: str, now: float) -> str:
    """A receiver says how far a message that it took has come. One that it lost goes to the channel's stand-in.

    Returns a word: unknown, known (said before, or overtaken), noted or lost.
    """
    row = connection.execute(query("delivery.receipt"), {"receipt_id": receipt_id}).first()
    if row is None:
        return "unknown"
    message = Reported(*row)
    if _rank(status) <= _rank(message.status or ""):
        return "known"
    more = {"status": status, **({"detail": detail} if detail else {})}
    values = {"id": message.id, "more": codec.encode(more).decode()}
    connection.execute(query("delivery.complete_receipt"), values)
    is_lost = status in LOST
    if is_lost or status == "delivered":
        _tell(connection, message, status, detail, now)
    if is_lost and message.event not in ("test", "canary"):
        _stand_in(connection, message, now)
    return "lost" if is_lost else "noted"


def _tell(connection: Connection, message: Reported, status: str, detail: str, now: float) -> None:
    if message.incident_id is None:
        return
    text = f"{message.channel}: the {message.event} message was {status}" + (f" ({detail})" if detail else "")
    told = {"message": message.id, "channel": message.channel, "event": message.event, "result": status}
    values = {
        "incident_id": message.incident_id,
        "at": to_datetime(now),
        "actor": message.channel,
        "text": text,
        "details": codec.encode(told).decode(),
    }
    connection.execute(query("delivery.timeline"), values)


def _stand_in(connection: Connection, message: Reported, now: float) -> None:
    tried = set(connection.execute(query("delivery.chain"), {"id": message.id}).scalars())
    fallback = connection.execute(query("delivery.fallback"), {"channel": message.channel}).scalar()
    stand_in = next((name for name in (fallback, LAST_RESORT) if name and name not in tried), None)
    if stand_in is not None:
        deliveries.copy(connection, message.id, stand_in, now)


def _rank(status: str) -> int:
    return ORDER.index(status) if status in ORDER else -1
