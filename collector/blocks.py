"""Judges the traffic of the last minute, the platform's included: an IP over its limit is blocked for a while (R3).

Our own endpoints count and refuse by themselves (`core.web.admission`); both make their blocks with
`core.store.blocks`.
"""

from core.config import LimitsConfig
from core.store import blocks, threats
from core.store.db import Database
from core.store.live import Live
from core.store.outlet import Outlet
from core.store.queries import sql
from core.web.client import networks, within


class Blocks:
    """Makes and mirrors blocks. Raises RedisAway, DatabaseAway and StorageAway."""

    def __init__(self, database: Database, live: Live, outlet: Outlet, limits: LimitsConfig) -> None:
        self._database = database
        self._live = live
        self._outlet = outlet
        self._limits = limits
        self._allowed = networks(limits.allow_networks)

    def judge(self, now: float) -> int:
        """Block who went over the limit in the last minute; returns how many blocks were made."""
        with self._database.raw() as connection, connection.cursor() as cursor:
            cursor.execute(sql("collector.busy_ips"), (now - 60, now, self._limits.ip_per_minute))
            busy = [(ip, count) for ip, count in cursor.fetchall() if not within(ip, self._allowed)]
        made = 0
        for ip, count in busy:
            reason = f"{count} requests in one minute, limit {self._limits.ip_per_minute}"
            made += blocks.block(self._database, self._outlet, ip, now, self._limits.block_minutes, reason)
        self.mirror(now)
        return made

    def mirror(self, now: float) -> None:
        """Put the running blocks in Redis and take the ended ones out; the threat list too, when it has changed."""
        blocks.mirror(self._database, self._live, now)
        threats.mirror(self._database, self._live, now)
