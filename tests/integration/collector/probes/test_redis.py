"""The `redis` check against a real server and a dead port."""

from collector.probes.redis import probe
from core.db.redis_client import Live
from tests.integration.collector.probes.peer import service, tools


def test_a_server_that_answers_is_up(live: Live) -> None:
    assert probe(service("redis"), tools(live=live)).up


def test_nobody_there_is_down() -> None:
    found = probe(service("redis"), tools())
    assert not found.up
    assert "redis cannot be reached" in found.detail
