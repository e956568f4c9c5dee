"""Redis, the live edge: one client a process, and one error when it does not answer.

`redis://` and `rediss://` name one server; `redis+cluster://` and `rediss+cluster://` any node of a Redis Cluster. What
must be in one slot of a cluster has a common tag in its keys (`core/store/keys.py`).
"""

import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock
from typing import Any

import redis
from redis.cluster import ClusterNode, RedisCluster
from redis.connection import parse_url
from redis.exceptions import ClusterError, RedisClusterException

from core import codec
from core.errors import RedisAway
from core.store import keys

CLUSTER = "+cluster"
_PAUSE = 0.5
_AWAY = (redis.ConnectionError, redis.TimeoutError, redis.BusyLoadingError)


class Live:
    """A pooled Redis client (bytes in, bytes out). Opens nothing until it is used.

    Work inside `with live.reach() as r:` raises RedisAway when Redis does not answer; for half a second after
    that further work is refused at once, so that a dead Redis does not cost every request a time-out. Work that names
    its `part` of a cluster is refused by itself: the node of one part says nothing of the others.
    """

    def __init__(self, url: str, timeout: float = 2.0, shards: int = 1) -> None:
        self.shards = shards  # of the event stream
        self.is_cluster = CLUSTER in url.partition("://")[0]
        self._url = url.replace(CLUSTER, "", 1)
        self._options: dict[str, Any] = {
            "socket_timeout": timeout,
            "socket_connect_timeout": min(timeout, 1.0),
            "health_check_interval": 15,
        }
        self._client: Any = None if self.is_cluster else redis.Redis.from_url(self._url, **self._options)
        self._lock = Lock()
        self._away_until: dict[str, float] = {}
        self._spare: deque[Any] = deque()

    @property
    def redis(self) -> Any:
        """The client; a cluster's is made when it is first wanted, because it asks for the nodes at once."""
        if self._client is None:
            with self._lock:
                if self._client is None:
                    self._client = RedisCluster.from_url(self._url, **self._options)
        return self._client

    def cluster_options(self) -> dict[str, Any]:
        """What another client of the same cluster is made with."""
        known: dict[str, Any] = parse_url(self._url)  # type: ignore[no-untyped-call]
        wanted: dict[str, Any] = {name: known[name] for name in ("username", "password") if name in known}
        secure: dict[str, Any] = {"ssl": True} if self._url.startswith("rediss") else {}
        nodes = [ClusterNode(one.host, one.port) for one in self.redis.get_nodes()]  # type: ignore[no-untyped-call]
        return {**self._options, **wanted, **secure, "startup_nodes": nodes}

    @contextmanager
    def reach(self, part: str = "") -> Iterator[Any]:
        """The client, guarded."""
        part = part if self.is_cluster else ""
        if time.monotonic() < self._away_until.get(part, 0.0):
            raise RedisAway("it did not answer a moment ago")
        try:
            yield self.redis
        except (*_AWAY, RedisClusterException, ClusterError) as error:
            self._away_until[part] = time.monotonic() + _PAUSE
            raise RedisAway(str(error)[:200]) from error
        except redis.ResponseError as error:
            if str(error).startswith(("OOM", "MISCONF", "READONLY", "LOADING")):
                raise RedisAway(str(error)[:200]) from error
            raise

    def send(self, packed: bytes) -> Any:
        """The answer of a single server to a command that is packed already (RESP): the short way of every request.

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

    def run_id(self, key: str) -> bytes:
        """Which life of the server it is that holds a key: another after each of its restarts."""
        with self.reach(key) as client:
            where = {"target_nodes": client.get_node_from_key(key)} if self.is_cluster else {}
            return str(client.info("server", **where)["run_id"]).encode()

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
        if self._client is not None:
            self._client.close()
