"""Redis, the live edge: one client a process, and one error when it does not answer."""

import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import redis

from core import codec
from core.errors import RedisAway
from core.store import keys

_PAUSE = 0.5


class Live:
    """A pooled Redis client (bytes in, bytes out). Opens nothing until it is used.

    Work inside `with live.reach() as r:` raises RedisAway when Redis does not answer; for half a second after
    that further work is refused at once, so that a dead Redis does not cost every request a time-out.
    """

    def __init__(self, url: str, timeout: float = 2.0) -> None:
        self.redis = redis.Redis.from_url(
            url,
            socket_timeout=timeout,
            socket_connect_timeout=min(timeout, 1.0),
            health_check_interval=15,
        )
        self._away_until = 0.0
        self._spare: deque[Any] = deque()

    @contextmanager
    def reach(self) -> Iterator[Any]:
        """The client, guarded."""
        if time.monotonic() < self._away_until:
            raise RedisAway("it did not answer a moment ago")
        try:
            yield self.redis
        except (redis.ConnectionError, redis.TimeoutError, redis.BusyLoadingError) as error:
            self._away_until = time.monotonic() + _PAUSE
            raise RedisAway(str(error)[:200]) from error
        except redis.ResponseError as error:
            if str(error).startswith(("OOM", "MISCONF", "READONLY", "LOADING")):
                raise RedisAway(str(error)[:200]) from error
            raise

    def send(self, packed: bytes) -> Any:
        """The answer to a command that is packed already (RESP): the short way for what every request does.

        redis-py's own way through its pool and its metrics costs more than the command itself. A kept connection that
        turns out to be dead is replaced once; the command may then be carried out twice.
        """
        with self.reach() as client:
            while self._spare:
                try:
                    return self._exchange(self._spare.pop(), packed)
                except (IndexError, redis.ConnectionError):
                    continue
            return self._exchange(client.connection_pool.get_connection(), packed)

    def _exchange(self, connection: Any, packed: bytes) -> Any:
        try:
            connection.send_packed_command([packed], check_health=False)
            answer = connection.read_response()
        except redis.ResponseError:
            self._spare.append(connection)
            raise
        except BaseException:
            connection.disconnect()
            self.redis.connection_pool.release(connection)
            raise
        self._spare.append(connection)
        return answer

    def ping(self) -> None:
        """Return when Redis answers."""
        with self.reach() as client:
            client.ping()

    def get_json(self, key: str) -> Any:
        """The JSON value of a string key, or None."""
        with self.reach() as client:
            value = client.get(key)
        return None if value is None else codec.decode(value)

    def set_json(self, key: str, value: Any, ttl: int | None = None) -> None:
        """Set a string key to JSON, with a time to live in seconds."""
        with self.reach() as client:
            client.set(key, codec.encode(value), ex=ttl)

    def slots(self, starts: list[int]) -> list[bytes | None]:
        """The packed slots that start at `starts` (epoch seconds), None where there is none."""
        if not starts:
            return []
        with self.reach() as client:
            return list(client.mget([keys.slot(start) for start in starts]))

    def blocked_ips(self, now: float) -> dict[str, float]:
        """Blocked IPs and the epoch second at which each block ends."""
        with self.reach() as client:
            rows = client.zrangebyscore(keys.BLOCKED_IPS, now, "+inf", withscores=True)
        return {ip.decode(): float(until) for ip, until in rows}

    def close(self) -> None:
        """Close every pooled connection."""
        while self._spare:
            self._spare.pop().disconnect()
        self.redis.close()
