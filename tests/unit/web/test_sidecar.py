"""The three paths of a process that serves nothing else."""

import urllib3

from core.errors import RedisAway
from core.web.metrics import Metrics
from core.web.sidecar import serve


def test_metrics_health_and_readiness() -> None:
    def away() -> None:
        raise RedisAway

    metrics = Metrics()
    metrics.counter("stored_total", "Stored.").inc(by=3)
    server = serve("127.0.0.1", 0, metrics, {"redis": away})
    try:
        base = f"http://127.0.0.1:{server.server_address[1]}"
        found = {path: urllib3.request("GET", base + path) for path in ("/metrics", "/healthz", "/readyz", "/other")}
        assert [answer.status for answer in found.values()] == [200, 200, 503, 404]
        assert b"stored_total 3.0" in found["/metrics"].data
    finally:
        server.shutdown()
        server.server_close()
