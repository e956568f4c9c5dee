"""The three paths of a process that serves nothing else."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack

import msgspec
import pytest
import urllib3

from core import settings
from core.errors import RedisUnavailable
from core.web.metrics import Metrics
from core.web.sidecar import _Server, serve
from core.web.small_server import MOST
from tests.waiting import until

LIMITS = settings.load({}).config.limits


def test_metrics_health_and_readiness() -> None:
    def away() -> None:
        raise RedisUnavailable

    metrics = Metrics()
    metrics.counter("stored_total", "Stored.").inc(by=3)
    server = serve("127.0.0.1", 0, metrics, {"redis": away}, LIMITS)
    try:
        base = f"http://127.0.0.1:{server.server_address[1]}"
        found = {path: urllib3.request("GET", base + path) for path in ("/metrics", "/healthz", "/readyz", "/other")}
        assert [answer.status for answer in found.values()] == [200, 200, 503, 404]
        assert b"stored_total 3.0" in found["/metrics"].data
    finally:
        server.shutdown()
        server.server_close()


@pytest.fixture
def url() -> Iterator[str]:
    """Where one listens that asks for `X-Forwarded-For`."""
    limits = msgspec.structs.replace(LIMITS, trusted_proxies=["127.0.0.0/8"], operations_networks=["10.0.0.0/8"])

    def fine() -> None:
        """Nothing is wrong."""

    server = serve("127.0.0.1", 0, Metrics(), {"redis": fine}, limits)
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize(("client", "status", "found"), [("10.1.2.3", 200, "redis"), ("192.0.2.7", 403, "status")])
def test_metrics_and_details_are_for_the_operations_networks(url: str, client: str, status: int, found: str) -> None:
    headers = {"X-Forwarded-For": client}
    assert urllib3.request("GET", f"{url}/metrics", headers=headers).status == status
    assert urllib3.request("GET", f"{url}/readyz", headers=headers).json() == {found: "ok"}
    assert urllib3.request("GET", f"{url}/healthz", headers=headers).json() == {"status": "ok"}


def test_slow_clients_take_a_bounded_number_of_threads_and_nobody_else_waits(url: str) -> None:
    port = int(url.rpartition(":")[2])
    before = threading.active_count()
    with ExitStack() as stack:
        for number in range(300):
            link = stack.enter_context(socket.create_connection(("127.0.0.1", port)))
            link.sendall((b"", b"GET /healthz HTTP/1.1\r\nHost:")[number % 2])
        assert until(lambda: threading.active_count() <= before + MOST + 8)
        assert urllib3.request("GET", f"{url}/healthz", retries=3).status == 200


def test_who_drips_is_ended(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_Server, "life", 1.0)
    with socket.create_connection(("127.0.0.1", int(url.rpartition(":")[2]))) as link:

        def drip() -> bool:
            time.sleep(0.1)
            try:
                link.sendall(b"x")
            except OSError:
                return True
            return False

        assert until(drip)
