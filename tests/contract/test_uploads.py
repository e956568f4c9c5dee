"""Hostile files at real servers: each gets a sentence, others are served meanwhile, and no server grows."""

import threading
import time
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import psutil
import pytest
import urllib3

from core.db.engine import Database
from core.db.redis_client import Live
from tests.alerting import rule
from tests.contract.test_console_fuzz import PREFIX, VARIABLES, Person
from tests.hostile.children import gzip_bomb
from tests.serving import served

GROWTH = 32 * 1024 * 1024


@cache
def bombs() -> list[bytes]:
    """Made when they are wanted: a second of packing."""
    return [
        gzip_bomb(b"", b"a", 2_000_000),
        gzip_bomb(b"a" * 200_000 + b" \xe9\n", b"a", 0),
        gzip_bomb(b"", b",", 90_000_000),
        gzip_bomb(b"transaction_id,label\n", b"a,", 90_000_000),
        gzip_bomb(b"transaction_id,label\n", b"a,b\n", 90_000_000),
        b"transaction_id,label\n" + b"," * 1_500_000,
        b"\x1f\x8b" + b"\0" * 200,
        gzip_bomb(b"", b"\x1f\x8b", 90_000_000)[:20_000],
    ]


def labels(url: str, body: bytes) -> urllib3.BaseHTTPResponse:
    headers = {"Content-Type": "application/gzip"}
    address = f"{url}/api/v1/labels/file?source=chargeback"
    return urllib3.request("POST", address, body=body, headers=headers, timeout=120, retries=False)


@pytest.fixture
def api(database_url: str, redis_url: str, tmp_path: Path) -> Iterator[tuple[str, psutil.Process]]:
    with served(database_url, redis_url, tmp_path) as (url, server):
        yield url, server.children()[0]


@pytest.mark.timeout(600)
def test_bombs_at_the_api(api: tuple[str, psutil.Process]) -> None:
    url, worker = api
    assert labels(url, b"transaction_id,label\na,fraud\n").status == 200
    before = worker.memory_info().rss
    for number, bomb in enumerate(bombs()):
        answer = labels(url, bomb)
        document = answer.json()
        assert answer.status == 400, (number, document)
        assert answer.headers["Content-Type"] == "application/problem+json"
        assert document["detail"]
        assert document["field"]
        assert not worker.children(recursive=True)
    assert worker.memory_info().rss - before < GROWTH


@pytest.mark.timeout(600)
def test_others_are_served_while_a_file_is_read(api: tuple[str, psutil.Process]) -> None:
    url, _ = api
    rows = b"transaction_id,label\n" + b"".join(b"t%d,fraud\n" % number for number in range(60_000))
    done: list[int] = []
    reading = threading.Thread(target=lambda: done.append(labels(url, rows).status))
    reading.start()
    answered = 0
    while reading.is_alive():
        assert urllib3.request("GET", f"{url}/healthz", timeout=10, retries=False).status == 200
        answered += 1
        time.sleep(0.02)
    assert done == [200]
    assert answered > 10


@pytest.mark.timeout(600)
def test_more_files_than_readers_are_told_to_come_back(api: tuple[str, psutil.Process]) -> None:
    url, _ = api
    rows = b"transaction_id,label\n" + b"".join(b"t%d,fraud\n" % number for number in range(30_000))
    answers: list[urllib3.BaseHTTPResponse] = []
    sending = [threading.Thread(target=lambda: answers.append(labels(url, rows))) for _ in range(6)]
    for thread in sending:
        thread.start()
    for thread in sending:
        thread.join()
    assert {answer.status for answer in answers} == {200, 503}
    assert all("Retry-After" in answer.headers for answer in answers if answer.status == 503)


@pytest.mark.timeout(600)
def test_bombs_at_the_console(database_url: str, redis_url: str, db: Database, live: Live, tmp_path: Path) -> None:
    from console.app import create_app
    from core import settings as core_settings

    limit = {"metric": "fraud_rate", "window": "10m", "above": 3.0}
    rule(db, "A1", "Fraud rate", "high", {"kind": "window", "unit": "%", "for": "10m", "parameters": limit})
    known = {"REDIS_URL": redis_url, "DATABASE_URL": database_url, "GATEHOUSE_DATA": str(tmp_path / "own"), **VARIABLES}
    app, console = create_app(core_settings.load(known)), "monitoring_dashboard:app"
    with served(database_url, redis_url, tmp_path, app=console, variables=VARIABLES) as (
        url,
        server,
    ):
        worker, person = server.children()[0], Person(app, db, live, "operator")

        def send(path: str, content: bytes, **fields: str) -> urllib3.BaseHTTPResponse:
            form = {"csrf": person.csrf, **fields, "file": ("file.csv", content)}
            headers = {**person.headers, "Accept": "application/json"}
            return urllib3.request(
                "POST", f"{url}{PREFIX}{path}", fields=form, headers=headers, timeout=120, retries=False, redirect=False
            )

        assert send("transactions/labels", b"transaction_id,label\na,fraud\n", source="chargeback").status == 200
        assert send("alerts/backtests", b"timestamp,value\n1790000000,1\n1790000060,2\n", rule="A1").status == 200
        before = worker.memory_info().rss
        for bomb in bombs():
            answer = send("transactions/labels", bomb, source="chargeback")
            assert (answer.status, b"file.csv" in answer.data) == (400, True)
        start = b"timestamp,value\n"
        for content in (start + b"," * 4_000_000, start + b'"' + b"\n" * 4_000_000, b"\xff" * 1000):
            assert send("alerts/backtests", content, rule="A1").status == 400
        assert worker.memory_info().rss - before < GROWTH
    app.close()
