"""Requests of many endpoints as several processes tell of them, and the same as raw rows in PostgreSQL to ask SQL."""

import random
import threading
from collections.abc import Sequence
from typing import Any, NamedTuple

from core.db.engine import Database, execute_values
from core.events.types import Event
from core.pipeline.writer import Writer
from core.web.endpoint_recorder import EndpointRecorder
from core.web.metrics import Metrics
from core.web.request_batch import RequestRecord

ENDPOINTS = (
    ("/cart/<id>", "GET", 0.02),
    ("/cart/<id>", "POST", 0.05),
    ("/pay", "POST", 0.4),
    ("/health", "GET", 0.0004),
)
SERVICE = "shop"


class Hit(NamedTuple):
    """One request."""

    at: float
    route: str
    method: str
    status: int
    version: str
    seconds: float


def hits(number: int, start: float, end: float, seed: int = 1) -> list[Hit]:
    """So many requests between two times (epoch seconds); a new version after two thirds of them."""
    dice = random.Random(seed)
    found = []
    for _ in range(number):
        at = dice.uniform(start, end)
        route, method, middle = dice.choice(ENDPOINTS)
        status = dice.choices((200, 404, 500, 503), (90, 5, 4, 1))[0]
        version = "v2" if at > start + (end - start) * 2 / 3 else "v1"
        found.append(Hit(at, route, method, status, version, dice.lognormvariate(0, 0.8) * middle))
    return found


def events(given: Sequence[Hit]) -> list[Event]:
    """What one process says of them, at once."""
    told: list[Event] = []
    for version in sorted({one.version for one in given}):
        recorder = EndpointRecorder(SERVICE, version, told.extend, Metrics())
        recorder([
            RequestRecord(one.at, one.seconds, "view", one.method, one.status, "192.0.2.1", one.route, 1, None)
            for one in given
            if one.version == version
        ])  # fmt: skip
        recorder.flush()
    return told


def store(url: str, given: Sequence[Hit], writers: int, now: float, twice: bool = True) -> None:
    """By so many processes and writers at once, each with a part of the requests, in several batches; all of it twice
    unless said otherwise: what is sent again counts once.
    """
    failed: list[BaseException] = []

    def work(part: Sequence[Hit]) -> None:
        database = Database(url)
        try:
            writer = Writer(database, normal_block_from=0.7)
            size = max(1, len(part) // 5)
            batches = [events(part[at : at + size]) for at in range(0, len(part), size)]
            for batch in batches:
                writer.store(batch, now)
            for batch in reversed(batches) if twice else ():
                writer.store(batch, now)
        except BaseException as error:
            failed.append(error)
        finally:
            database.close()

    threads = [threading.Thread(target=work, args=(given[number::writers],)) for number in range(writers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failed:
        raise failed[0]


def keep_raw(database: Database, given: Sequence[Hit]) -> None:
    """The requests as rows, durations in nanoseconds."""
    with database.raw() as connection, connection.cursor() as cursor:
        cursor.execute(
            "CREATE TABLE IF NOT EXISTS raw_hits"
            " (at float8, route text, method text, status int, version text, ns bigint)"
        )
        rows = [(*one[:-1], round(one.seconds * 1e9)) for one in given]
        execute_values(cursor, "INSERT INTO raw_hits VALUES %s", rows, page_size=1000)


def asked(database: Database, statement: str, *values: Any) -> list[Any]:
    """The rows of a query."""
    with database.raw() as connection, connection.cursor() as cursor:
        cursor.execute(statement, values)
        found: list[Any] = cursor.fetchall()
        return found


def truth(database: Database, first: int, after: int, where: str = "true") -> dict[tuple[str, str], list[Any]]:
    """By route and method, from raw rows of minutes [first, after): hits, errors, seconds in all, least, most, and the
    quantiles 0.5, 0.95 and 0.99.
    """
    rows = asked(
        database,
        "SELECT route, method, count(*), count(*) FILTER (WHERE status >= 500), sum(ns) / 1e9, min(ns) / 1e9,"
        " max(ns) / 1e9, percentile_disc(ARRAY[0.5, 0.95, 0.99]) WITHIN GROUP (ORDER BY ns) FROM raw_hits"
        f" WHERE at >= %s AND at < %s AND {where} GROUP BY 1, 2",
        first * 60,
        after * 60,
    )
    return {
        (route, method): [hits, errors, float(total), float(least), float(most), *(one / 1e9 for one in quantiles)]
        for route, method, hits, errors, total, least, most, quantiles in rows
    }
