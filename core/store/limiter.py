"""Counts requests against the limits a minute (R3), exactly over all workers, with the `limits` library on Redis.

Per address a moving window: never more than the limit in any sixty seconds. The whole is counted in leases of
LEASE requests that a process takes ahead, so it is exact to LEASE for each process. While Redis is away every process
counts by itself against a quarter of each limit (25 a minute for an address by default): stricter, never none.
"""

import time
from threading import Lock

from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage, RedisStorage
from limits.strategies import MovingWindowRateLimiter

from core.errors import RedisAway
from core.store import keys
from core.store.live import Live

LEASE = 10
LOCAL_SHARE = 4


class Limiter:
    """`global_per_minute` and `ip_per_minute` are requests. Opens nothing until it is used."""

    def __init__(self, live: Live | None, global_per_minute: int, ip_per_minute: int) -> None:
        self._live = live
        self._ip = RateLimitItemPerMinute(ip_per_minute, namespace="minute")
        self._whole = RateLimitItemPerMinute(global_per_minute, namespace="minute")
        self._ip_here = RateLimitItemPerMinute(max(1, ip_per_minute // LOCAL_SHARE), namespace="ip")
        self._whole_here = RateLimitItemPerMinute(max(1, global_per_minute // LOCAL_SHARE), namespace="whole")
        self._lease = min(LEASE, global_per_minute)
        self._left = 0
        self._left_until = 0.0
        self._lock = Lock()
        self._shared: MovingWindowRateLimiter | None = None
        self._local: MovingWindowRateLimiter | None = None

    def count(self, address: str) -> str:
        """Count one request; empty when it is within the limits, else which it is over: `ip`, `local` or `global`."""
        if self._live is not None:
            try:
                return self._count_shared(self._live, address)
            except RedisAway:
                pass
        return self._count_here(address)

    def _count_shared(self, live: Live, address: str) -> str:
        with live.reach() as client:
            if self._shared is None:
                storage = RedisStorage("redis://", connection_pool=client.connection_pool, key_prefix=keys.LIMITS)
                self._shared = MovingWindowRateLimiter(storage)
            if not self._shared.hit(self._ip, address):
                return "ip"
            if not self._take(self._shared):
                return "global"
        return ""

    def _take(self, shared: MovingWindowRateLimiter) -> bool:
        """One of the leased requests; a new lease when they are used up or old."""
        with self._lock:
            now = time.monotonic()
            if self._left <= 0 or now > self._left_until:
                if not shared.hit(self._whole, "all", cost=self._lease):
                    return False
                self._left, self._left_until = self._lease, now + 60
            self._left -= 1
            return True

    def _count_here(self, address: str) -> str:
        with self._lock:
            if self._local is None:
                self._local = MovingWindowRateLimiter(MemoryStorage())
        if not self._local.hit(self._ip_here, address):
            return "local"
        return "" if self._local.hit(self._whole_here, "all") else "global"
