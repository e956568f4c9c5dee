"""Counts requests against the limits a minute (R3) over all workers, with the `limits` library on Redis.

Per address a moving window of sixty seconds. A request of an address that has used less than half of its limit is let
in at once and counted by the next `flush` (twice a second), at most DEFER of them; all others are counted before they
are let in. So the limit is exact to DEFER requests for each process beyond the first, within half a second, and a
request of a quiet address waits for nothing. The whole is counted in leases of LEASE requests that a process takes
ahead. While Redis is away every process counts by itself against a quarter of each limit (25 a minute for an address by
default): stricter, never none.
"""

import time
from threading import Lock

from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage, RedisClusterStorage, RedisStorage
from limits.strategies import MovingWindowRateLimiter

from core.db import keys
from core.db.redis_client import Live
from core.errors import RedisUnavailable

LEASE = 10
DEFER = 5
LOCAL_SHARE = 4
HEALTHY_SECONDS = 1.5


class Limiter:
    """`global_per_minute` and `ip_per_minute` are requests. Opens nothing until it is used."""

    def __init__(self, live: Live | None, global_per_minute: int, ip_per_minute: int) -> None:
        self._live = live
        self._ip = RateLimitItemPerMinute(ip_per_minute, namespace="minute")
        self._whole = RateLimitItemPerMinute(global_per_minute, namespace="minute")
        self._ip_here = RateLimitItemPerMinute(max(1, ip_per_minute // LOCAL_SHARE), namespace="ip")
        self._whole_here = RateLimitItemPerMinute(max(1, global_per_minute // LOCAL_SHARE), namespace="whole")
        self._half = ip_per_minute // 2
        self._defer = min(DEFER, ip_per_minute // 20)
        self._lease = min(LEASE, global_per_minute)
        self._left = 0
        self._left_until = 0.0
        self._deferred: dict[str, int] = {}
        self._near: set[str] = set()
        self._healthy_until = 0.0
        self._lock = Lock()
        self._shared: MovingWindowRateLimiter | None = None
        self._local: MovingWindowRateLimiter | None = None

    def count(self, address: str) -> str:
        """Count one request; empty when it is within the limits, else which it is over: `ip`, `local` or `global`."""
        if self._live is not None:
            try:
                return self._count_shared(self._live, address)
            except RedisUnavailable:
                self._healthy_until = 0.0
        return self._count_here(address)

    def flush(self) -> list[str]:
        """Count what was let in uncounted; the addresses that are over by it. Raises RedisUnavailable: it is kept
        then.
        """
        if self._live is None:
            return []
        over: list[str] = []
        near: set[str] = set()
        with self._live.reach() as client:
            shared = self._on(self._live)
            client.ping()
            for address in {*self._deferred, *self._near}:
                with self._lock:
                    number = self._deferred.pop(address, 0)
                if number and not shared.hit(self._ip, address, cost=number):
                    over.append(address)
                if shared.get_window_stats(self._ip, address).remaining <= self._half:
                    near.add(address)
        self._near = near
        self._healthy_until = time.monotonic() + HEALTHY_SECONDS
        return over

    def _count_shared(self, live: Live, address: str) -> str:
        with self._lock:
            waiting = self._deferred.get(address, 0)
            healthy = time.monotonic() < self._healthy_until
            if healthy and waiting < self._defer and address not in self._near:
                self._deferred[address] = waiting + 1
                defers = True
            else:
                self._deferred.pop(address, None)
                self._near.add(address)
                defers = False
        with live.reach():
            shared = self._on(live)
            if not defers and not shared.hit(self._ip, address, cost=waiting + 1):
                return "ip"
            return "" if self._take(shared) else "global"

    def _on(self, live: Live) -> MovingWindowRateLimiter:
        if self._shared is None:
            self._shared = MovingWindowRateLimiter(_storage(live))
        return self._shared

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


def _storage(live: Live) -> RedisStorage:
    """The library's storage: over our own pool, or over a client of its own on the nodes of a cluster."""
    if live.is_cluster:
        return RedisClusterStorage("redis+cluster://", key_prefix=keys.LIMITS, **live.cluster_options())
    return RedisStorage("redis://", connection_pool=live.redis.connection_pool, key_prefix=keys.LIMITS)
