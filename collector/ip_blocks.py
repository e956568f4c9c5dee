"""Judges the traffic of the last minute, the platform's included: an IP over its limit is blocked for a while (R3).

Our own endpoints count and refuse by themselves (`core.web.admission`); both make their blocks with
`core.security.ip_blocks`. What others report closes no door of ours: such a block is shown, is there for the platform
to read, and is bounded by sender and hour (X8).
"""

from core import clock
from core.config import LimitsConfig
from core.db.engine import Database
from core.db.queries import query, sql
from core.db.redis_client import Live
from core.pipeline.publisher import EventPublisher
from core.security import ip_blocks, report_bounds, threat_store
from core.web.client import networks, within


class Blocks:
    """Makes and mirrors blocks. Raises RedisUnavailable, DatabaseUnavailable and StorageUnavailable."""

    def __init__(self, database: Database, live: Live, publisher: EventPublisher, limits: LimitsConfig) -> None:
        self._database = database
        self._live = live
        self._publisher = publisher
        self._limits = limits
        self._allowed = networks(limits.allow_networks)

    def judge(self, now: float) -> int:
        """Block who went over the limit in the last minute; returns how many blocks were made."""
        with self._database.raw() as connection, connection.cursor() as cursor:
            cursor.execute(sql("collector.busy_ips"), (now - 60, now, self._limits.ip_per_minute))
            busy = [row for row in cursor.fetchall() if not within(row[0], self._allowed)]
        made = 0
        for ip, count, own, senders in busy:
            if own > self._limits.ip_per_minute:
                made += self._block(ip, own, now)
            elif self._admitted(ip, senders, now):
                made += self._block(ip, count, now, advised=True)
        self.mirror(now)
        return made

    def _block(self, ip: str, count: int, now: float, advised: bool = False) -> bool:
        reason = f"{count} requests in one minute, limit {self._limits.ip_per_minute}"
        reason += " (as the platform reports)" if advised else ""
        minutes = self._limits.block_minutes
        return ip_blocks.block(self._database, self._publisher, ip, now, minutes, reason, advised)

    def _admitted(self, ip: str, senders: list[str], now: float) -> bool:
        """Whether those who reported the traffic may cause one more block; an address that has one needs none."""
        most = self._limits.reported_per_hour
        with self._database.transaction() as connection:
            if connection.execute(query("collector.is_blocked"), {"ip": ip, "now": clock.to_datetime(now)}).first():
                return False
            if report_bounds.admit(connection, senders, "block", ip, now, most):
                return True
        report_bounds.refuse(self._publisher.publish, senders, "block", ip, now, most)
        return False

    def mirror(self, now: float) -> None:
        """Put the running blocks in Redis and take the ended ones out; the threat list too, when it has changed."""
        ip_blocks.mirror(self._database, self._live, now)
        threat_store.mirror(self._database, self._live, now)
