"""Judges the traffic of the last minute: an IP over its limit is blocked for a while and said so (R3).

The block is a row in PostgreSQL and a security event, both under one key for each IP and block, so that several
collectors make one; Redis carries the running blocks for whoever must refuse requests.
"""

import ipaddress
from typing import Any

from core.clock import to_datetime
from core.config import LimitsConfig
from core.events import Security
from core.store import keys
from core.store.db import Database
from core.store.live import Live
from core.store.outlet import Outlet
from core.store.queries import sql


class Blocks:
    """Makes and mirrors blocks. Raises RedisAway, DatabaseAway and StorageAway."""

    def __init__(self, database: Database, live: Live, outlet: Outlet, limits: LimitsConfig) -> None:
        self._database = database
        self._live = live
        self._outlet = outlet
        self._limits = limits
        self._allowed = [ipaddress.ip_network(text) for text in limits.allow_networks]

    def judge(self, now: float) -> int:
        """Block who went over the limit in the last minute; returns how many blocks were made."""
        with self._database.raw() as connection, connection.cursor() as cursor:
            cursor.execute(sql("collector.busy_ips"), (now - 60, now, self._limits.ip_per_minute))
            busy = [(ip, count) for ip, count in cursor.fetchall() if not self._is_allowed(ip)]
        made = [self._block(ip, count, now) for ip, count in busy]
        self.mirror(now)
        return sum(made)

    def mirror(self, now: float) -> None:
        """Put the running blocks in Redis and take the ended ones out."""
        with self._database.raw() as connection, connection.cursor() as cursor:
            cursor.execute(sql("collector.running_blocks"), (now,))
            running = dict(cursor.fetchall())
        with self._live.reach() as client:
            pipeline = client.pipeline(transaction=True)
            pipeline.delete(keys.BLOCKED_IPS)
            if running:
                pipeline.zadd(keys.BLOCKED_IPS, running)
            pipeline.execute()

    def _block(self, ip: str, count: int, now: float) -> bool:
        until = now + self._limits.block_minutes * 60
        reason = f"{count} requests in one minute, limit {self._limits.ip_per_minute}"
        with self._database.raw() as connection, connection.cursor() as cursor:
            cursor.execute(sql("collector.block"), _named(ip, now, until, reason))
            if cursor.fetchone() is None:
                return False
        minutes = f"{self._limits.block_minutes:g}"
        self._outlet.publish(
            [
                Security(
                    id=f"block:{ip}:{int(now)}",
                    timestamp=now,
                    severity="medium",
                    category="network",
                    action="ip-blocked",
                    outcome="success",
                    ip=ip,
                    source="rate-limit",
                    text=f"{ip} blocked for {minutes} minutes: {reason}",
                )
            ]
        )
        return True

    def _is_allowed(self, ip: str) -> bool:
        address = ipaddress.ip_address(ip)
        return any(address in network for network in self._allowed)


def _named(ip: str, now: float, until: float, reason: str) -> dict[str, Any]:
    return {"ip": ip, "since": to_datetime(now), "until": to_datetime(until), "reason": reason}
