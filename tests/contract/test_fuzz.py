"""Schema-driven fuzzing of the running API: whatever is sent: no 5xx, no stack trace, memory flat, nothing poisonous.

`GATEHOUSE_FUZZ_CASES` says how many requests are sent in all (default 800; 10,000 take some minutes).
"""

import json
import os
import random
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psutil
import pytest
import urllib3
from hypothesis import HealthCheck, Phase, given, settings

from core.db import keys
from core.db.engine import Database
from core.db.redis_client import Live
from core.events import types as events
from core.pipeline.writer import Writer
from tests.serving import served

if TYPE_CHECKING:
    from schemathesis.generation.modes import GenerationMode

CASES = int(os.environ.get("GATEHOUSE_FUZZ_CASES", "800"))
GROWTH_BYTES = 24 * 1024 * 1024
TEXTS = [
    b"'; DROP TABLE x; --",
    b"\\u0000",
    b"\x00",
    b"\xff\xfe",
    b"1e999",
    b"NaN",
    b"-1",
    b"[" * 5000,
    b'{"a":' * 2000,
    b"\\ud800",
    b"9" * 400,
    b"null",
    b"true",
    b'""',
    b"\xf0\x9f\x98\x80",
    b"../../etc/passwd",
    b"%00",
    b"2026-99-99",
]


@pytest.fixture
def running(database_url: str, redis_url: str, tmp_path: Path) -> Iterator[tuple[str, psutil.Process]]:
    """The API in gunicorn: its URL and its only worker's process."""
    with served(database_url, redis_url, tmp_path) as (url, server):
        yield url, server.children()[0]


@pytest.mark.timeout(3600)
def test_nothing_that_is_sent_breaks_it(running: tuple[str, psutil.Process], db: Database, live: Live) -> None:
    import schemathesis
    from schemathesis.generation.modes import GenerationMode

    url, worker = running
    schema = schemathesis.openapi.from_url(f"{url}/openapi.json")
    seen: Counter[int] = Counter()

    def check(status: int, body: bytes, what: str) -> None:
        seen[status] += 1
        assert status < 500, f"{status} for {what}: {body[:300]!r}"
        assert b"Traceback" not in body, what

    every = [result.ok() for result in schema.get_all_operations()]
    operations = [
        one for one in every if "/drills/" not in one.path
    ]  # a drill takes all connections: 503 is right then
    share = max(2, CASES // (3 * len(operations)))
    _mutations(url, share, check)  # warm-up: pools and caches fill
    before = worker.memory_info().rss
    for operation in operations:
        for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
            _drive(operation, mode, share, url, check)
    _mutations(url, max(share, CASES - seen.total()), check)
    grown = worker.memory_info().rss - before
    print(f"{sum(seen.values())} requests: {dict(sorted(seen.items()))}, memory grew {grown / 1e6:.1f} MB")
    assert grown < GROWTH_BYTES
    _store_all(db, live)


def _drive(operation: Any, mode: "GenerationMode", count: int, url: str, check: Any) -> None:
    strategy = operation.as_strategy(generation_mode=mode)

    @settings(
        max_examples=count,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=strategy)
    def run(case: Any) -> None:
        answer = case.call(base_url=url)
        check(answer.status_code, answer.content, f"{operation.label} {mode}")

    try:
        run()
    except Exception as error:
        if "Unsatisfiable" not in type(error).__name__:
            raise


def _mutations(url: str, count: int, check: Any) -> None:
    """Valid bodies with bytes changed, cut and replaced; hostile query strings and paths."""
    rng = random.Random(count)
    pool = urllib3.PoolManager(retries=False)
    good = json.dumps(
        [
            {"kind": "transaction", "transaction_id": "t", "type": "purchase", "amount": 5.0, "ip": "192.0.2.1"},
            {"kind": "prediction", "transaction_id": "t", "score": 0.5, "features": {"a": 1.0}, "model_version": 1},
            {"kind": "request", "ip": "192.0.2.1", "method": "GET", "path": "/", "status": 200, "duration_ms": 1.0},
            {"kind": "security", "severity": "high", "text": "x", "document": {"a": ["b"]}},
            {"@timestamp": "2026-01-01T00:00:00Z", "message": "m", "event": {"id": "1", "severity": 60}},
            {"kind": "label", "transaction_id": "t", "label": "fraud", "source": "analyst"},
            {"kind": "heartbeat", "service": "s"},
            {"kind": "status", "status": "denied", "auth_code": "51", "count": 3, "dimensions": {"gateway": "b"}},
        ]
    ).encode()
    rows = json.dumps(
        [
            {"timestamp": "2026-01-01 10:00:00", "status": "denied", "count": 3, "auth_code": "51", "gateway": "b"},
            {"timestamp": 1767261600, "auth_code": 5, "count": "4", "source": "shop", "add": True},
            {"status": "failed", "count": 5.0, "dimensions": {"issuer": "i", "country": "BR"}},
        ]
    ).encode()
    entrances = [("/api/v1/events", good), ("/api/transaction", rows)]
    for number in range(count // 2):
        entrance, sound = entrances[number % 2]
        body = bytearray(sound)
        for _ in range(rng.randint(1, 4)):
            at, length = rng.randrange(len(body)), rng.choice([0, 1, 1, 5, 20])
            body[at : at + length] = rng.choice([rng.choice(TEXTS), bytes([rng.randrange(256)])])
        headers = {"Content-Type": "application/json", "Idempotency-Key": rng.choice(["k", "x" * 400, "a\tb"])}
        answer = pool.request("POST", f"{url}{entrance}", body=bytes(body), headers=headers)
        check(answer.status, answer.data, repr(bytes(body)[:200]))
        text = urllib3.util.parse_url(url).url
        name = rng.choice(
            ["range", "from", "to", "parts", "since", "ip", "wallet", "limit", "before", "source", "hours", "x"]
        )
        value = "".join(f"%{byte:02x}" for byte in rng.choice(TEXTS)[:300])
        path = rng.choice(
            [
                "/api/monitoring/snapshot",
                "/api/monitoring/kpis",
                "/api/v1/transactions",
                "/api/transactions",
                "/api/stats",
                "/api/health",
                f"/api/v1/transactions/{value}",
                f"/api/monitoring/{value}",
            ]
        )
        answer = pool.request(rng.choice(["GET", "GET", "POST", "PUT"]), f"{text}{path}?{name}={value}")
        check(answer.status, answer.data, f"{path}?{name}={value}")


def _store_all(db: Database, live: Live) -> None:
    """Whatever was taken can be read back from the stream and stored: no event is poison."""
    writer = Writer(db, 0.7)
    for _, fields in live.redis.xrange(keys.STREAM):
        writer.store(events.decode(fields[b"e"]), time.time())
