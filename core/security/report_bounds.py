"""What follows from reports of others is bounded, by sender and hour (X8).

A sender may make so many blocks, locks and entries of the threat list in an hour (`limits.toml`, `reported_per_hour`);
what would go beyond is not done, and a security event says so, which the rule `reports` watches.
"""

from collections.abc import Sequence
from typing import Literal

from core.clock import to_datetime
from core.db.engine import Connection
from core.db.queries import query
from core.events import security
from core.events.security import Publish

Effect = Literal["block", "lock", "threat"]
HOUR = 3600.0
ACTION = "reports-over-limit"


def admit(connection: Connection, senders: Sequence[str], effect: Effect, value: str, now: float, most: int) -> bool:
    """Whether one of these senders has something left this hour; it is used up then, in the caller's transaction."""
    asked = sorted(set(senders))
    values = {"senders": asked, "kind": effect, "since": to_datetime(now - HOUR)}
    connection.execute(query("reported.lock"))
    used = {row.sender: row.n for row in connection.execute(query("reported.used"), values)}
    left = [sender for sender in asked if used.get(sender, 0) < most]
    for sender in left:
        row = {"at": to_datetime(now), "sender": sender, "kind": effect, "value": value[:200]}
        connection.execute(query("reported.use"), row)
    return bool(left)


def senders_of_failures(connection: Connection, account: str, since: float) -> list[str]:
    """Who reported failed second factors of an account since an instant."""
    values = {"account": account, "since": to_datetime(since)}
    return [row.reported_by for row in connection.execute(query("reported.of_failures"), values)]


def refuse(publish: Publish, senders: Sequence[str], effect: Effect, value: str, now: float, most: int) -> None:
    """Say that it was not done; once for each sender, effect and hour."""
    who = ", ".join(sorted(set(senders))) or "unknown"
    security.emit(
        publish,
        "high",
        f"Reports from {who} would cause more than {most} of one kind ({effect}) in an hour; {value} was skipped",
        action=ACTION,
        category="intrusion_detection",
        outcome="failure",
        actor=who,
        event_id=f"{ACTION}:{who}:{effect}:{int(now // HOUR)}",
        at=now,
    )


def sweep(connection: Connection, now: float) -> None:
    """Forget what no bound asks for any more."""
    connection.execute(query("reported.sweep"), {"before": to_datetime(now - 24 * HOUR)})
