"""What Redis says of itself: INFO, the slow log, latency events, statistics of commands. Values and keys are not shown.

Every part is asked for by itself: a managed server refuses some (`refused`), and an old one does not know others.
"""

import re
from collections.abc import Callable
from typing import Any, NamedTuple

from core.db.redis_client import Live, ResponseError

SLOW = 50  # entries of the slow log of a node
MOST_NODES = 32
_WORD = re.compile(r"[A-Za-z._-]{1,40}\Z")


class Node(NamedTuple):
    """One server: its name, INFO as redis-py parses it, and what was asked for by itself."""

    name: str
    info: dict[str, Any]
    commands: dict[str, Any]
    slow: list[tuple[float, float, str, int]]  # epoch seconds, seconds, command, number of arguments
    latency: list[tuple[str, float, float, float]]  # event, epoch seconds, seconds of the last and of the longest
    slow_limit: float | None
    latency_limit: float | None


class Reading(NamedTuple):
    """All servers, and what was refused."""

    nodes: list[Node]
    refused: list[str]


def read(live: Live, short: bool = False) -> Reading:
    """Everything, or INFO alone. Raises RedisUnavailable."""
    refused: dict[str, None] = {}
    with live.reach() as client:
        return Reading(
            [_node(client, name, where, refused, short) for name, where in _nodes(live, client)], list(refused)
        )


def figures(live: Live) -> dict[str, float]:
    """The main ones, summed over the servers of a cluster, for a course over time. Raises RedisUnavailable."""
    sums: dict[str, float] = {}
    for node in read(live, short=True).nodes:
        info = node.info
        hits, misses = float(info.get("keyspace_hits", 0)), float(info.get("keyspace_misses", 0))
        for name, value in {
            "memory": info.get("used_memory", 0), "clients": info.get("connected_clients", 0),
            "blocked_clients": info.get("blocked_clients", 0), "keys": keys_of(info)[0], "hits": hits, "misses": misses,
            "evicted": info.get("evicted_keys", 0), "commands_per_second": info.get("instantaneous_ops_per_sec", 0),
        }.items():  # fmt: skip
            sums[name] = sums.get(name, 0.0) + float(value)
    return sums


def keys_of(info: dict[str, Any]) -> tuple[int, int]:
    """Keys of all databases of a server, and those that expire."""
    spaces = [value for name, value in info.items() if re.fullmatch(r"db\d+", name) and isinstance(value, dict)]
    return sum(int(one.get("keys", 0)) for one in spaces), sum(int(one.get("expires", 0)) for one in spaces)


def _nodes(live: Live, client: Any) -> list[tuple[str, dict[str, Any]]]:
    """Each primary with what a command for it alone is called with."""
    if not live.is_cluster:
        return [("", {})]
    return [(str(node.name), {"target_nodes": node}) for node in client.get_primaries()][:MOST_NODES]


def _node(client: Any, name: str, where: dict[str, Any], refused: dict[str, None], short: bool) -> Node:
    def asked(what: str, ask: Callable[[], Any], otherwise: Any) -> Any:
        try:
            return ask()
        except ResponseError:
            refused[what] = None
            return otherwise

    info = asked("INFO", lambda: client.info(**where), {})
    if short:
        return Node(name, info, {}, [], [], None, None)
    commands = asked("INFO commandstats", lambda: client.info("commandstats", **where), {})
    slow = asked("SLOWLOG GET", lambda: client.execute_command("SLOWLOG", "GET", SLOW, **where), [])
    latency = asked("LATENCY LATEST", lambda: client.execute_command("LATENCY", "LATEST", **where), [])
    limits = asked("CONFIG GET", lambda: client.config_get("*l*-*-*er-than", **where), {})
    limits |= asked("CONFIG GET", lambda: client.config_get("latency-monitor-threshold", **where), {})
    slower, monitored = _number(limits.get("slowlog-log-slower-than")), _number(limits.get("latency-monitor-threshold"))
    return Node(
        name, info, commands, [_slow(one) for one in slow or []], [_latency(one) for one in latency or []],
        None if slower is None or slower < 0 else slower / 1e6, monitored / 1000 if monitored else None,
    )  # fmt: skip


def _slow(entry: Any) -> tuple[float, float, str, int]:
    """redis-py gives a dictionary, or what the server sent, by its version."""
    if isinstance(entry, dict):
        at, took, command = entry.get("start_time", 0), entry.get("duration", 0), entry.get("command", b"")
        words = command if isinstance(command, list) else bytes(command).split(b" ")
    else:
        at, took, words = entry[1], entry[2], entry[3]
    return float(at), float(took) / 1e6, command_of(words), max(0, len(words) - 1)


def command_of(words: Any) -> str:
    """The command of a call; an argument is shown of none."""
    found = [bytes(word).decode("ascii", "replace") if isinstance(word, bytes) else str(word) for word in words[:1]]
    return found[0].upper() if found and _WORD.match(found[0]) else "(other)"


def _latency(entry: Any) -> tuple[str, float, float, float]:
    event = entry[0].decode("ascii", "replace") if isinstance(entry[0], bytes) else str(entry[0])
    return event if _WORD.match(event) else "(other)", float(entry[1]), float(entry[2]) / 1000, float(entry[3]) / 1000


def _number(value: Any) -> float | None:
    try:
        return float(value)
    except (TypeError, ValueError):
        return None
