"""Puts a real Redis into each state in which it answers and refuses, and back; for tests.

A state is a context manager over a server of its own; `broken` are the words that the refusal must begin with.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import redis

from stack.ports import LOOPBACK, find_free
from stack.redis import Redis
from tests.waiting import until

State = Callable[[Redis], "contextmanager[None]"]


def _set(server: Redis, **values: str) -> None:
    for name, value in values.items():
        assert server.run("config", "set", name.replace("_", "-"), value) == "OK", (name, value)


@contextmanager
def full(server: Redis) -> Iterator[None]:
    """OOM: maxmemory is reached and nothing may be evicted."""
    _set(server, maxmemory="1", maxmemory_policy="noeviction")
    yield
    _set(server, maxmemory="1gb")


@contextmanager
def read_only(server: Redis) -> Iterator[None]:
    """READONLY: demoted behind our back; its primary is another server, which holds the same."""
    with _primary(server):
        assert until(lambda: "master_link_status:up" in server.run("info", "replication"), 20)
        yield
        server.run("replicaof", "no", "one")


@contextmanager
def primary_down(server: Redis) -> Iterator[None]:
    """MASTERDOWN: a replica that may not serve stale data, and its primary is away."""
    _set(server, replica_serve_stale_data="no")
    server.run("replicaof", LOOPBACK, str(find_free()))
    yield
    server.run("replicaof", "no", "one")
    _set(server, replica_serve_stale_data="yes")


@contextmanager
def without_replicas(server: Redis) -> Iterator[None]:
    """NOREPLICAS: more good replicas are wanted than there are."""
    _set(server, min_replicas_to_write="1")
    yield
    _set(server, min_replicas_to_write="0")


@contextmanager
def without_permission(server: Redis) -> Iterator[None]:
    """NOPERM: our user may only read."""
    assert server.run("acl", "setuser", "default", "-@write", "-@scripting") == "OK"
    yield
    assert server.run("acl", "setuser", "default", "+@all") == "OK"


@contextmanager
def busy(server: Redis) -> Iterator[None]:
    """BUSY: a script runs for ever."""
    _set(server, lua_time_limit="10")
    ended = threading.Event()

    def spin() -> None:
        with redis.Redis(port=server.port, password=server.password, socket_timeout=120) as client:
            try:
                client.eval("while true do end", 0)
            except redis.ResponseError:
                ended.set()

    thread = threading.Thread(target=spin, daemon=True)
    thread.start()
    assert until(lambda: server.run("ping").startswith("BUSY"), 10)
    yield
    assert server.run("script", "kill") == "OK"
    assert ended.wait(10)
    thread.join()


@contextmanager
def failing_snapshots(server: Redis) -> Iterator[None]:
    """MISCONF: the last snapshot could not be written: a folder has its name, which stops root too."""
    _set(server, save="3600 1", dbfilename="gone.rdb")
    (server.data / "gone.rdb").mkdir(exist_ok=True)
    (server.data / "gone.rdb" / "in the way").touch()
    server.run("set", "gatehouse:test", "1")
    server.run("bgsave")
    assert until(lambda: "rdb_last_bgsave_status:err" in server.run("info", "persistence"), 20)
    yield
    _set(server, dbfilename="dump.rdb")
    server.run("bgsave")
    assert until(lambda: "rdb_last_bgsave_status:ok" in server.run("info", "persistence"), 20)
    _set(server, save="")


@contextmanager
def loading(server: Redis) -> Iterator[None]:
    """LOADING: it was restarted and reads its file for 15 seconds.

    It answers once every two megabytes: two keys, so that a busy machine must wake it twice for an answer.
    """
    _set(server, rdbcompression="no")
    with redis.Redis(port=server.port, password=server.password) as client:
        for number in range(120):
            client.set(f"filler:{number}", b"x" * 1_000_000)
    server.run("bgrewriteaof")
    written = ("aof_rewrite_in_progress:0", "aof_rewrite_scheduled:0")
    assert until(lambda: all(one in server.run("info", "persistence") for one in written), 30)
    server.kill()
    server.options |= {"key-load-delay": "125000"}
    with _not_awaited(server):
        assert until(lambda: server.run("ping").startswith("LOADING"), 20)
        yield
        server.run("config", "set", "key-load-delay", "0")
        assert until(lambda: server.run("ping") == "PONG", 60)
    server.options.pop("key-load-delay")


@contextmanager
def _not_awaited(server: Redis) -> Iterator[None]:
    """Start the server and go on before it has loaded."""
    waits, server._wait = server._wait, lambda: None  # type: ignore[method-assign]
    try:
        server.start()
        yield
    finally:
        server._wait = waits  # type: ignore[method-assign]


@contextmanager
def _primary(server: Redis) -> Iterator[None]:
    root = server.data.parent / "primary"
    primary = Redis(root, find_free(), server.password, Path(f"{root}.log"), program=server.program)
    primary.start()
    try:
        _set(server, masterauth=server.password)
        primary.run("config", "set", "masterauth", server.password)
        primary.run("replicaof", LOOPBACK, str(server.port))
        assert until(lambda: "master_link_status:up" in primary.run("info", "replication"), 20)
        primary.run("replicaof", "no", "one")
        server.run("replicaof", LOOPBACK, str(primary.port))
        yield
    finally:
        primary.stop()


STATES: dict[str, Callable[[Redis], object]] = {
    "OOM": full,
    "READONLY": read_only,
    "MASTERDOWN": primary_down,
    "NOREPLICAS": without_replicas,
    "NOPERM": without_permission,
    "BUSY": busy,
    "MISCONF": failing_snapshots,
    "LOADING": loading,
}
