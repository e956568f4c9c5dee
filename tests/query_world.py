"""Queries of a platform as `queries` events, for tests of what is read of them."""

import random
from collections.abc import Iterable
from typing import NamedTuple

from core.db.engine import Database
from core.events.endpoint_series import bucket
from core.events.performance.queries import Kind, Queries, QueryRow
from core.events.types import Event
from core.pipeline.writer import Writer

ENDPOINTS = (("/pay", "POST"), ("/cart/{id}", "GET"), ("(background)", ""))
QUERIES: tuple[tuple[Kind, str, float], ...] = (
    ("database", "incidents.one", 0.02), ("database", "feed.fresh", 0.004), ("database", "(commit)", 0.002),
    ("redis", "GET", 0.0004), ("redis", "pipeline of HSET, XADD", 0.001), ("pool", "(wait for a connection)", 0.0001),
    ("own", "(own code)", 0.01), ("wait", "XREADGROUP", 0.9), ("held", "(connection in use)", 0.03),
)  # fmt: skip


class Call(NamedTuple):
    """One call."""

    at: float
    kind: Kind
    query: str
    route: str
    method: str
    ns: int
    rows: int
    failed: bool


def calls(many: int, start: float, end: float, seed: int = 1) -> list[Call]:
    """So many calls between two times."""
    rng = random.Random(seed)
    found = []
    for _ in range(many):
        kind, query, usual = rng.choice(QUERIES)
        route, method = rng.choice(ENDPOINTS)
        took = round(usual * rng.lognormvariate(0, 0.8) * 1e9)
        found.append(
            Call(rng.uniform(start, end), kind, query, route, method, took, rng.randrange(5), rng.random() < 0.03)
        )
    return found


def events(given: Iterable[Call], service: str = "shop", key: str = "q") -> list[Event]:
    """One event a minute."""
    minutes: dict[int, list[QueryRow]] = {}
    for one in given:
        seconds = one.ns / 1e9
        minutes.setdefault(int(one.at) // 60, []).append(
            QueryRow(
                kind=one.kind, query=one.query, route=one.route, method=one.method, hits=1, rows=one.rows,
                errors=int(one.failed), seconds_sum=seconds, seconds_min=seconds, seconds_max=seconds,
                buckets={bucket(seconds): 1},
            )
        )  # fmt: skip
    return [
        Queries(id=f"{key}-{minute}", timestamp=minute * 60.0, service=service, queries=rows)
        for minute, rows in minutes.items()
    ]


def store(db: Database, given: Iterable[Call], now: float, **names: str) -> None:
    """Store them."""
    Writer(db, 0.7).store(events(given, **names), now)
