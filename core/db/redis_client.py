"""Redis, the live edge: one client a process, one error when it does not answer and one of its kind when it refuses.

`redis://` and `rediss://` name one server; `redis+cluster://` and `rediss+cluster://` any node of a Redis Cluster. What
must be in one slot of a cluster has a common tag in its keys (`core/db/keys.py`).
"""

import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from threading import Lock
from typing import Any

import redis
from redis.backoff import ConstantBackoff
from redis.cluster import ClusterNode
from redis.connection import parse_url
from redis.exceptions import ClusterError, InvalidResponse, RedisClusterException
from redis.exceptions import ResponseError as ResponseError  # for those who ask again after one
from redis.retry import Retry

from core import codec
from core.db import keys, redis_refusals
from core.db.redis_times import TimedCluster, TimedRedis, timed
from core.errors import RedisRefuses, RedisUnavailable

CLUSTER = "+cluster"
_PAUSE = 0.5
REFUSED_SECONDS = 3.0
_RETRY = Retry(ConstantBackoff(0.05), 1)  # of a cluster: the client's own ten tries make each request wait for seconds
_AWAY = (redis.ConnectionError, redis.TimeoutError, InvalidResponse)


class Live:
    """A pooled Redis client (bytes in, bytes out). Opens nothing until it is used.

    Work inside `with live.reach() as r:` raises RedisUnavailable when Redis does not answer; for half a second after
    that further work is refused at once, so that a dead Redis does not cost every request a time-out. Work that names
    its `part` of a cluster is refused by itself: the node of one part says nothing of the others. A server that
    answers and refuses (`RedisRefuses`) is asked again at once: what it still does, it does.
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
        self._client: Any = None if self.is_cluster else TimedRedis.from_url(self._url, **self._options)
        self._lock = Lock()
        self._away_until: dict[str, float] = {}
        self._away_as: dict[str, tuple[type[RedisUnavailable], str]] = {}
        self._refused = (float("-inf"), "")
        self._next_anew = 0.0
        self._spare: deque[Any] = deque()

    @property
    def refusal(self) -> str:
        """What Redis said when it refused something lately; empty when it did not.

        While it is not empty nothing that is read here is news: those who write it cannot.
        """
        at, said = self._refused
        return said if time.monotonic() - at < REFUSED_SECONDS else ""

    @property
    def redis(self) -> Any:
        """The client; a cluster's is made when it is first wanted, because it asks for the nodes at once."""
        if self._client is None:
            with self._lock:
                if self._client is None:
                    self._client = TimedCluster.from_url(self._url, retry=_RETRY, **self._options)
        return self._client

    def cluster_options(self) -> dict[str, Any]:
        """What another client of the same cluster is made with."""
        known: dict[str, Any] = parse_url(self._url)  # type: ignore[no-untyped-call]
        wanted: dict[str, Any] = {name: known[name] for name in ("username", "password") if name in known}
        secure: dict[str, Any] = {"ssl": True} if self._url.startswith("rediss") else {}
        nodes = [ClusterNode(one.host, one.port) for one in self.redis.get_nodes()]  # type: ignore[no-untyped-call]
        return {**self._options, **wanted, **secure, "retry": _RETRY, "startup_nodes": nodes}

    @contextmanager
    def reach(self, part: str = "") -> Iterator[Any]:
        """The client, guarded."""
        part = part if self.is_cluster else ""
        if time.monotonic() < self._away_until.get(part, 0.0):
            kind, why = self._away_as.get(part, (RedisUnavailable, "it did not answer a moment ago"))
            raise kind(why)
        try:
            yield self.redis
        except (*_AWAY, RedisClusterException, ClusterError) as error:
            kind, why = (RedisRefuses if redis_refusals.code(error) else RedisUnavailable), redis_refusals.reason(error)
            self._away_until[part], self._away_as[part] = time.monotonic() + _PAUSE, (kind, why)
            self._refused = (time.monotonic(), why)
            raise kind(why) from error
        except redis.ResponseError as error:
            if not (code := redis_refusals.code(error)):
                raise
            why = redis_refusals.reason(error)
            self._refused = (time.monotonic(), why)
            if code in redis_refusals.ELSEWHERE:
                self._connect_anew()
            raise RedisRefuses(why) from error

    def send(self, packed: bytes, name: str, answers: int = 1) -> Any:
        """The last answer of a single server to commands that are packed already (RESP): the short way of each request.

        redis-py's own way through its pool and its metrics costs more than the command itself. A kept connection that
        turns out to be dead is replaced once; the commands may then be carried out twice. Raises what any of them met.
        They are timed under `name`.
        """
        return timed(name, partial(self._send, packed, answers), commands=answers)

    def _send(self, packed: bytes, answers: int) -> Any:
        with self.reach() as client:
            while self._spare:
                try:
                    return self._exchange(self._spare.pop(), packed, answers)
                except (IndexError, redis.ConnectionError):
                    continue
            return self._exchange(client.connection_pool.get_connection(), packed, answers)

    def _exchange(self, connection: Any, packed: bytes, answers: int) -> Any:
        found: list[Any] = []
        errors: list[redis.ResponseError] = []
        try:
            connection.send_packed_command([packed], check_health=False)
            for _ in range(answers):
                try:
                    found.append(connection.read_response())
                except redis.ResponseError as error:
                    errors.append(error)
        except BaseException:
            connection.disconnect()
            self.redis.connection_pool.release(connection)
            raise
        self._spare.append(connection)
        if errors:
            raise errors[0]
        return found[-1]

    def _connect_anew(self) -> None:
        """Let the connections go, once a pause at most: the address may lead to the new primary by now."""
        if self.is_cluster or time.monotonic() < self._next_anew:
            return
        self._next_anew = time.monotonic() + _PAUSE
        while self._spare:
            connection = self._spare.pop()
            connection.disconnect()
            self.redis.connection_pool.release(connection)
        self.redis.connection_pool.disconnect(inuse_connections=False)

    def ping(self) -> None:
        """Return when Redis answers."""
        with self.reach() as client:
            client.ping()

    def check_writes(self) -> None:
        """Return when Redis takes entries in every shard of the stream. Raises RedisUnavailable, RedisRefuses."""
        for shard in range(self.shards):
            key = keys.write_probe(shard)
            with self.reach(key) as client:
                client.xadd(key, {"e": b""}, maxlen=1)

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

    def field(self, key: str, field: str) -> bytes | None:
        """The value of a field of a hash, or None; the short way for what every request asks."""
        if self.is_cluster:
            with self.reach() as client:
                found: bytes | None = client.hget(key, field)
                return found
        wanted = [part.encode() for part in (key, field)]
        packed = b"*3\r\n$4\r\nHGET\r\n" + b"".join(b"$%d\r\n%s\r\n" % (len(part), part) for part in wanted)
        value: bytes | None = self.send(packed, "HGET")
        return value

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

    def pool_use(self) -> tuple[int, int]:
        """How many connections are in use, and how many are open; of a cluster nothing is known."""
        pool = getattr(self._client, "connection_pool", None)
        if pool is None:
            return 0, 0
        spare = len(self._spare)
        in_use = len(pool._in_use_connections) - spare  # kept ones are taken out of the pool, and rest
        return max(0, in_use), max(0, in_use) + len(pool._available_connections) + spare

    def close(self) -> None:
        """Close every pooled connection."""
        while self._spare:
            self._spare.pop().disconnect()
        if self._client is not None:
            self._client.close()
