"""`/metrics`, `/healthz` and `/readyz` for processes that serve nothing else (collector, alert worker, judge, trainer).

`/metrics`, and what `/readyz` finds, are for `limits.operations_networks`; whether the process lives is for everybody.
"""

from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import Any

from core import codec
from core.config import LimitsConfig
from core.web.client import client_address, networks, within
from core.web.metrics import Metrics
from core.web.readiness import Check, bare, readiness
from core.web.recorder import RequestRecorder
from core.web.small_server import Bounded

LIFE_SECONDS = 10.0


def serve(host: str, port: int, metrics: Metrics, checks: Mapping[str, Check], limits: LimitsConfig) -> HTTPServer:
    """Answer on a daemon thread until `shutdown()` of what is returned. Raises OSError when the port is taken."""
    recorder = RequestRecorder(metrics)
    operations, trusted = networks(limits.operations_networks), networks(limits.trusted_proxies)

    class Handler(BaseHTTPRequestHandler):
        server_version = "gatehouse"
        sys_version = ""
        timeout = 5

        def do_GET(self) -> None:
            """Answer one of the three paths."""
            path = self.path.partition("?")[0]
            hops = ",".join(self.headers.get_all("X-Forwarded-For", []))
            environ = {"REMOTE_ADDR": self.client_address[0], "HTTP_X_FORWARDED_FOR": hops}
            inside = within(client_address(environ, trusted), operations)
            if path == "/metrics" and inside:
                from core.web.exposition import exposition  # a start needs no writer of metrics, the first scrape does

                body, content_type = exposition(recorder.families(), self.headers.get("Accept", ""))
                self._send(200, content_type, body)
            elif path == "/metrics":
                self._problem(403, "Forbidden")
            elif path == "/healthz":
                self._send(200, "application/json", codec.encode({"status": "ok"}))
            elif path == "/readyz":
                status, found = readiness(checks)
                self._send(status, "application/json", codec.encode(found if inside else bare(status)))
            else:
                self._problem(404, "Not Found")

        def log_message(self, format: str, *args: Any) -> None:
            """Say nothing about each scrape."""

        def _problem(self, status: int, title: str) -> None:
            document = {"type": "about:blank", "title": title, "status": status}
            self._send(status, "application/problem+json", codec.encode(document))

        def _send(self, status: int, content_type: str, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Type", content_type)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    server = _Server((host, port), Handler)
    Thread(target=server.serve_forever, name="sidecar", daemon=True).start()
    return server


class _Server(Bounded, HTTPServer):
    life = LIFE_SECONDS
    request_queue_size = 64
