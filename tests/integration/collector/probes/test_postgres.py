"""The `postgres` check against a real server and a dead port."""

from collector.probes.postgres import probe
from core.db.engine import Database
from tests.integration.collector.probes.peer import service, tools


def test_a_server_that_answers_is_up(db: Database) -> None:
    found = probe(service("postgres"), tools(database=db))
    assert found.up
    assert found.latency_ms is not None


def test_nobody_there_is_down() -> None:
    found = probe(service("postgres"), tools())
    assert not found.up
    assert "postgres cannot be reached" in found.detail
