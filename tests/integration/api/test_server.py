"""Several workers behind one port: their metrics add up through restarts, and no request event is lost."""

import re
import time
from pathlib import Path

import urllib3

from core.db import keys
from core.db.redis_client import Live
from core.events import types as events
from tests.serving import served
from tests.waiting import until


def test_metrics_and_events_of_every_worker_count(
    database_url: str, live: Live, redis_url: str, tmp_path: Path
) -> None:
    with served(database_url, redis_url, tmp_path, workers=2) as (url, server):
        assert until(lambda: workers(url) == 2)  # whether or not they got a request yet
        for _ in range(40):
            urllib3.request("GET", f"{url}/docs", headers={"Connection": "close"})
        assert until(lambda: answered(url) == 40)
        victim = server.children()[0]
        time.sleep(2.5)  # a killed worker takes with it what it counted in the last two seconds
        victim.kill()
        assert until(lambda: victim.pid not in [child.pid for child in server.children()])
        assert until(lambda: workers(url) == 2)
        assert until(lambda: answered(url) == 40)
        urllib3.request("GET", f"{url}/docs", headers={"Connection": "close"})
    found = [event for _, fields in live.redis.xrange(keys.STREAM) for event in events.decode(fields[b"e"])]
    assert len([event for event in found if isinstance(event, events.Request) and event.path == "/docs"]) == 41


def answered(url: str) -> float:
    return value(url, r'gatehouse_http_requests_total\{endpoint="docs_docs.html",method="GET",status="200"\} (\S+)')


def workers(url: str) -> float:
    return value(url, r"(?m)^gatehouse_workers (\S+)")


def value(url: str, pattern: str) -> float:
    text = urllib3.request("GET", f"{url}/metrics", headers={"Connection": "close"}).data.decode()
    found = re.search(pattern, text)
    return float(found.group(1)) if found else 0.0
