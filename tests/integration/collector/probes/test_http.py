"""The `http` check against a real listener, a dead port and a server that errs."""

from collector.probes.http import probe
from tests.integration.collector.probes.peer import answering, service, tools


def test_a_2xx_is_up_with_its_latency() -> None:
    with answering(200, b"{}") as url:
        found = probe(service("http"), tools(f"{url}/healthz"))
    assert found.up
    assert found.latency_ms is not None
    assert found.detail == "HTTP 200"


def test_an_error_is_down_and_named() -> None:
    with answering(503, b"") as url:
        assert not probe(service("http"), tools(f"{url}/healthz")).up


def test_nobody_there_is_down() -> None:
    found = probe(service("http"), tools("http://127.0.0.1:1/healthz"))
    assert not found.up
    assert "127.0.0.1:1" in found.detail
