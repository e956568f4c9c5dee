"""Blocks of addresses (R3): a row in PostgreSQL and a MEDIUM security event, made once whoever notices first.

A block that follows from traffic which others reported is for the platform to read: our own door does not honour it
(X8). Redis carries the running blocks to whoever must refuse requests; `mirror` rewrites them from the rows.
"""

from core.clock import to_datetime
from core.db import keys
from core.db.engine import Database
from core.db.queries import sql
from core.db.redis_client import Live
from core.events import security
from core.pipeline.publisher import EventPublisher


def block(
    database: Database,
    publisher: EventPublisher,
    ip: str,
    now: float,
    minutes: float,
    reason: str,
    reported: bool = False,
) -> bool:
    """Block an address unless it is blocked; says whether this call did. Raises DatabaseUnavailable."""
    values = {
        "ip": ip, "since": to_datetime(now), "until": to_datetime(now + minutes * 60), "reason": reason,
        "reported": reported,
    }  # fmt: skip
    with database.raw() as connection, connection.cursor() as cursor:
        cursor.execute(sql("collector.block"), values)
        if cursor.fetchone() is None:
            return False
    security.emit(
        publisher.publish,
        "medium",
        f"{ip} {'should be blocked' if reported else 'blocked'} for {minutes:g} minutes: {reason}",
        category="network",
        action="ip-block-advised" if reported else "ip-blocked",
        outcome="success",
        ip=ip,
        source="rate-limit",
        event_id=f"block:{ip}:{int(now)}{':reported' if reported else ''}",
        at=now,
    )
    return True


def announce(live: Live, ip: str, until: float) -> None:
    """Tell every worker at once; the next `mirror` confirms it from the row. Raises RedisUnavailable."""
    with live.reach() as client:
        client.zadd(keys.BLOCKED_IPS, {ip: until}, gt=True)


def mirror(database: Database, live: Live, now: float) -> None:
    """Put the running blocks in Redis and take the ended ones out. Raises DatabaseUnavailable and RedisUnavailable."""
    with database.raw() as connection, connection.cursor() as cursor:
        cursor.execute(sql("collector.running_blocks"), (now,))
        running = dict(cursor.fetchall())
    with live.reach() as client:
        pipeline = client.pipeline(transaction=True)
        pipeline.delete(keys.BLOCKED_IPS)
        if running:
            pipeline.zadd(keys.BLOCKED_IPS, running)
        pipeline.execute()
