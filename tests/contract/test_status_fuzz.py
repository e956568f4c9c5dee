"""Hostile requests to the four paths of transaction statuses: no 5xx, no trace, and whatever was taken can be judged.

`GATEHOUSE_STATUS_FUZZ_CASES` says how many are sent (default 2,000; `GATEHOUSE_STATUS_FUZZ_CASES=10000` is the whole).
"""

import gzip
import json
import os
import random
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
import urllib3

from core.db import keys
from core.db.engine import Database
from core.db.queries import query
from core.db.redis_client import Live
from core.events import types as events
from core.pipeline.writer import Writer
from core.statuses import store
from core.statuses.detector.params import Params
from statuses.judge import Judge
from tests.contract.test_fuzz import TEXTS
from tests.contract.test_odd_values import ODD
from tests.hostile.values import JSON, VALUES
from tests.serving import served

CASES = int(os.environ.get("GATEHOUSE_STATUS_FUZZ_CASES", "2000"))
SEED, AT_ONCE, JUDGE_SECONDS = 14, 4, 20.0
PATHS = ("/api/transaction", "/api/transactions", "/api/stats", "/api/health")
FIELDS = ("timestamp", "status", "count", "auth_code", "source", "add", "dimensions", "gateway", "id", "kind", "rows")
NAMES = ("limit", "source", "status", "before", "hours", "x")
TYPES = ("application/json", "application/json; charset=utf-16", "text/plain", "", "application/x-www-form-urlencoded")
BIG = 200  # every so many bodies one with thousands of rows
Request = tuple[str, str, bytes | None, dict[str, str]]


@pytest.mark.timeout(1800)
def test_nothing_that_is_sent_to_the_four_paths_breaks_them(
    database_url: str, redis_url: str, db: Database, live: Live, tmp_path: Path
) -> None:
    """A trace in the log of the server fails it, too."""
    pool = urllib3.PoolManager(maxsize=AT_ONCE, retries=False, timeout=60)
    seen: Counter[int] = Counter()
    with served(database_url, redis_url, tmp_path) as (url, _), ThreadPoolExecutor(AT_ONCE) as threads:

        def send(number: int) -> tuple[int, str]:
            method, path, body, headers = made(random.Random(SEED * 10**6 + number), number)
            answer = pool.request(method, url + path, body=body, headers=headers)
            what = f"{answer.status} for case {number}, {method} {path[:200]} {(body or b'')[:300]!r}"
            wrong = answer.status >= 500 or b"Traceback" in answer.data
            return answer.status, f"{what}: {answer.data[:300]!r}" if wrong else ""

        for status, wrong in threads.map(send, range(CASES)):
            seen[status] += 1
            assert not wrong, wrong
    print(f"{CASES} requests: {dict(sorted(seen.items()))}")
    assert min(seen[200], seen[400]) > CASES / 20, "many are taken, many refused"
    assert not _store(db, live)
    print(f"{_judge(db)} sources judged")


def made(draw: random.Random, number: int) -> Request:
    """A request: two of three are bodies to the entrance, the others ask the reads, some with bodies."""
    headers = {"Content-Type": draw.choice(TYPES) if draw.random() < 0.1 else "application/json"}
    if draw.random() < 0.3:
        headers["Idempotency-Key"] = draw.choice(["k", "x" * 400, "a\tb", "", "ü", str(number)])
    body = _body(draw, number)
    if draw.random() < 0.05:
        headers["Content-Encoding"] = draw.choice(["gzip", "br", "identity, gzip", "x"])
        body = gzip.compress(body) if draw.random() < 0.5 else body
    if number % 3:
        return "POST", PATHS[0], body, headers
    asked = "&".join(f"{draw.choice(NAMES)}={_word(draw)}" for _ in range(draw.randint(0, 3)))
    path = f"{draw.choice(PATHS)}{draw.choice(['', '', '', '/', '/%00', '.json'])}?{asked}"
    method = draw.choice(["GET", "GET", "GET", "GET", "POST", "PUT", "DELETE", "HEAD", "OPTIONS"])
    return method, path, body if draw.random() < 0.3 else None, headers


def _word(draw: random.Random) -> str:
    usual = draw.choice(["5", "24", "shop", "denied", "2026-01-01T00:00:00Z", "1767261600"])
    return usual if draw.random() < 0.5 else quote(draw.choice(VALUES)[:3000], safe="")


def _body(draw: random.Random, number: int) -> bytes:
    """Rows with odd values in place of some; rows with bytes changed; odd documents; thousands of series."""
    if number % BIG == 1:
        rows = [{"status": f"s{n}-{draw.random()}", "count": n, "source": "many"} for n in range(3000)]
        return json.dumps(rows).encode()
    kind = draw.random()
    if kind < 0.03:
        return draw.choice(JSON)
    rows = b"[" + b",".join(_row(draw) for _ in range(draw.choice([1, 1, 1, 2, 5, 30]))) + b"]"
    whole = draw.choice([rows, rows, rows[1:-1], b'{"rows":' + rows + b"}"])
    if kind < 0.6:
        return whole
    text = bytearray(whole)
    for _ in range(draw.randint(1, 4)):
        at, length = draw.randrange(len(text) + 1), draw.choice([0, 1, 1, 5, 20])
        text[at : at + length] = draw.choice([draw.choice(TEXTS), bytes([draw.randrange(256)])])
    return bytes(text)


def _row(draw: random.Random) -> bytes:
    minute = int(time.time() // 60) - draw.randint(0, 20)
    row: dict[str, Any] = {
        "timestamp": minute * 60,
        "status": draw.choice(["approved", "denied", "failed"]),
        "count": draw.choice([0, 1, 7, 10**12, "3", 2.0]),
    }
    if draw.random() < 0.5:
        row |= {"auth_code": draw.choice([5, "00", "51"]), "source": draw.choice(["shop", "bar"]), "gateway": "b"}
    fields = {json.dumps(name).encode(): json.dumps(value).encode() for name, value in row.items()}
    for _ in range(draw.choice([0, 0, 1, 1, 2])):
        value = draw.choice(ODD) if draw.random() < 0.7 else json.dumps(draw.choice(VALUES).decode("latin-1")).encode()
        fields[json.dumps(draw.choice(FIELDS)).encode()] = value
    return b"{" + b",".join(name + b":" + value for name, value in fields.items()) + b"}"


def _store(db: Database, live: Live) -> list[str]:
    """What was taken goes to PostgreSQL; why some of it cannot."""
    writer, wrong = Writer(db, 0.7), []
    for _, fields in live.redis.xrange(keys.STREAM):
        try:
            writer.store(events.decode(fields[b"e"]), time.time())
        except Exception as error:
            wrong.append(f"{error!r} for {fields[b'e'][:300]!r}")
    return wrong


def _judge(db: Database) -> int:
    """The judge takes what came in for some seconds; how many sources there are. None may have a problem."""
    judge, until = Judge(db, Params(), "fuzz"), time.monotonic() + JUDGE_SECONDS
    while judge.step(time.time() + 60) and time.monotonic() < until:
        pass
    with db.transaction() as connection:
        known = store.sources(connection)
        left = {row[0] for row in connection.execute(query("status_feed.changed"))}
    assert {name: one.problem for name, one in known.items() if one.problem} == {}
    assert known
    assert not left - set(known), "every source was begun"
    return len(known)
