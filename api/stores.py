"""`GET /api/v1/stores/postgres` and `/api/v1/stores/redis`: what the servers say of themselves, now and over a range.

Read live and kept for a few seconds, so that a page that many look at asks once.
"""

from typing import Annotated

from flask import Response
from msgspec import Meta, Struct

from api import endpoint_spans, stream_state
from api.context import ProcessCache
from api.endpoint_overview import Length
from api.window import minutes
from core import clock, codec
from core.db import redis_state, server_state
from core.db.engine import Database
from core.db.queries import query
from core.db.redis_client import Live
from core.db.redis_state import Node
from core.endpoints import stores as found
from core.endpoints.overview import LENGTHS, USUAL
from core.endpoints.stores import POSTGRES_ROUTE, REDIS_ROUTE, PostgresState, RedisState, Samples
from core.errors import DatabaseUnavailable, RedisUnavailable
from core.web.app import App
from core.web.body import arguments
from core.web.openapi import documented

BINS = 120  # at most
FRESH = 4.0  # seconds an answer is good for
MOST_COMMANDS = 200


class StateQuery(Struct, rename={"start": "from", "end": "to"}, forbid_unknown_fields=True):
    """Arguments: the range of the samples."""

    range: Annotated[Length, Meta(description="A rolling range that ends now.")] = USUAL
    start: Annotated[str, Meta(description="Start of an absolute range, with `to`.", max_length=64)] = ""
    end: Annotated[str, Meta(description="End of an absolute range, with `from`.", max_length=64)] = ""


def install(app: App, database: Database, live: Live, memory: ProcessCache, longest_days: int) -> None:
    """Add the routes."""

    def asked() -> tuple[tuple[int, int], str, float]:
        wanted, now = arguments(StateQuery), clock.now()
        span = minutes(wanted.start, wanted.end, LENGTHS[wanted.range], now, longest_days)
        return span, wanted.range if not wanted.start else f"{span}", now

    @app.get(POSTGRES_ROUTE)
    @documented(
        "Get sizes, activity and locks of PostgreSQL", tag="endpoints", scope="read", query=StateQuery,
        answers={200: PostgresState}, problems=(503,),
    )  # fmt: skip
    def postgres_state() -> Response:
        span, label, now = asked()
        body = memory.remember((POSTGRES_ROUTE, label), FRESH, lambda: codec.encode(postgres(database, span, now)))
        return Response(body, headers={"Cache-Control": "no-store"}, content_type="application/json")

    @app.get(REDIS_ROUTE)
    @documented(
        "Get memory, commands, slow log and streams of Redis", tag="endpoints", scope="read", query=StateQuery,
        answers={200: RedisState},
    )  # fmt: skip
    def state_of_redis() -> Response:
        span, label, now = asked()
        body = memory.remember((REDIS_ROUTE, label), FRESH, lambda: codec.encode(redis(database, live, span, now)))
        return Response(body, headers={"Cache-Control": "no-store"}, content_type="application/json")


def postgres(database: Database, span: tuple[int, int], now: float) -> PostgresState:
    """PostgreSQL now, and the samples of a range. Raises DatabaseUnavailable."""
    read = server_state.read(database)
    version, size, most, hit, deadlocks, *_ = read.overall
    return PostgresState(
        now=now, version=str(version).split()[0], bytes=size, connections=read.connections, max_connections=most,
        longest_transaction=read.longest, cache_hit=hit, deadlocks=deadlocks,
        tables=[
            found.TableSize(
                name=row[0], partitions=row[1], bytes=row[2], index_bytes=row[3], rows=row[4], dead_rows=row[5],
                bloat=row[6], vacuumed=row[7], analyzed=row[8],
            )
            for row in read.tables
        ],
        tables_note=read.tables_note,
        sessions=[
            found.Session(
                pid=row[0], state=row[1], seconds=max(0.0, row[2] or 0.0), transaction_seconds=row[3], wait=row[4],
                query=row[5], statement=row[6], blocked_by=row[7],
            )
            for row in read.sessions
        ],
        statements=[
            found.ServerStatement(
                query=row[0], statement=row[1], calls=row[2], rows=row[3], seconds=row[4], mean=row[5], most=row[6]
            )
            for row in read.statements.rows
        ],
        statements_note=read.statements.note, samples=samples(database, "postgres", span),
    )  # fmt: skip


def redis(database: Database, live: Live, span: tuple[int, int], now: float) -> RedisState:
    """Redis now, or why not, and the samples of a range as far as PostgreSQL is there to ask."""
    try:
        known = samples(database, "redis", span)
    except DatabaseUnavailable:
        known = Samples(first=span[0], after=span[1], step=1)
    try:
        read, streams = redis_state.read(live), stream_state.states(live)
    except RedisUnavailable as error:
        return RedisState(now=now, away=str(error)[:200], is_cluster=live.is_cluster, samples=known)
    limits = [(node.slow_limit, node.latency_limit) for node in read.nodes]
    return RedisState(
        now=now, away="", is_cluster=live.is_cluster, nodes=[_node(node) for node in read.nodes],
        commands=_commands(read.nodes),
        slow=sorted(
            (
                found.SlowCommand(at=at, seconds=took, command=command, arguments=many, node=node.name)
                for node in read.nodes for at, took, command, many in node.slow
            ),
            key=lambda one: -one.at,
        )[:100],
        slow_limit=next((slow for slow, _ in limits if slow is not None), None),
        latency=[
            found.LatencyEvent(event=event, at=at, last=last, most=most, node=node.name)
            for node in read.nodes for event, at, last, most in node.latency
        ],
        latency_limit=next((limit for _, limit in limits if limit), None), streams=streams,
        notes=[f"The server does not allow {command}." for command in read.refused], samples=known,
    )  # fmt: skip


def samples(database: Database, store: str, span: tuple[int, int]) -> Samples:
    """What the collector noted of a store. Raises DatabaseUnavailable."""
    step = endpoint_spans.step_for(span[1] - span[0], BINS)
    first, after = endpoint_spans.widened(*span, step)
    figures: dict[str, list[float | None]] = {}
    with database.transaction() as connection:
        values = {"store": store, "start": first * 60, "end": after * 60, "step": step}
        for at, name, value in connection.execute(query("server.samples"), values):
            figures.setdefault(name, [None] * ((after - first) // step))[(at - first) // step] = value
    return Samples(first=first, after=after, step=step, figures=figures)


def _node(node: Node) -> found.RedisNode:
    info = node.info
    hits, misses = _whole(info, "keyspace_hits"), _whole(info, "keyspace_misses")
    keys, expiring = redis_state.keys_of(info)
    appends = "append-only file" if _whole(info, "aof_enabled") else ""
    return found.RedisNode(
        name=node.name, version=str(info.get("redis_version", ""))[:40], uptime=_real(info, "uptime_in_seconds"),
        memory=_whole(info, "used_memory"), memory_peak=_whole(info, "used_memory_peak"),
        memory_limit=_whole(info, "maxmemory"), fragmentation=_real(info, "mem_fragmentation_ratio") or None,
        clients=_whole(info, "connected_clients"), blocked_clients=_whole(info, "blocked_clients"), keys=keys,
        expiring=expiring, hit_rate=hits / (hits + misses) if hits + misses else None,
        evicted=_whole(info, "evicted_keys"), expired=_whole(info, "expired_keys"),
        rejected=_whole(info, "rejected_connections"), commands_per_second=_real(info, "instantaneous_ops_per_sec"),
        persistence=appends or ("snapshots" if _whole(info, "rdb_last_save_time") else "none"),
    )  # fmt: skip


def _commands(nodes: list[Node]) -> list[found.CommandStat]:
    """Statistics of commands, summed over the servers, those with the most time first."""
    sums: dict[str, list[float]] = {}
    for node in nodes:
        for name, known in node.commands.items():
            if isinstance(known, dict):
                one = sums.setdefault(name.removeprefix("cmdstat_").upper()[:60], [0.0] * 4)
                for place, field in enumerate(("calls", "usec", "failed_calls", "rejected_calls")):
                    one[place] += float(known.get(field, 0))
    made = [
        found.CommandStat(
            command=name, calls=int(calls), seconds=usec / 1e6, mean=usec / 1e6 / calls if calls else 0.0,
            failed=int(failed), rejected=int(rejected),
        )
        for name, (calls, usec, failed, rejected) in sums.items()
    ]  # fmt: skip
    return sorted(made, key=lambda one: -one.seconds)[:MOST_COMMANDS]


def _whole(info: dict[str, object], name: str) -> int:
    return int(_real(info, name))


def _real(info: dict[str, object], name: str) -> float:
    value = info.get(name, 0)
    return float(value) if isinstance(value, (int, float)) else 0.0
