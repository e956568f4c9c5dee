"""`/metrics`, `/healthz` and `/readyz` for processes that serve nothing else (collector, alert worker)."""

from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

from core import codec
from core.web.exposition import exposition
from core.web.health import Check, readiness
from core.web.metrics import Metrics
from core.web.recorder import Recorder


def serve(host: str, port: int, metrics: Metrics, checks: dict[str, Check]) -> ThreadingHTTPServer:
    """Answer on a daemon thread until `shutdown()` of what is returned. Raises OSError when the port is taken."""
    recorder = Recorder(metrics)

    class Handler(BaseHTTPRequestHandler):
        server_version = "gatehouse"
        sys_version = ""
        timeout = 5

        def do_GET(self) -> None:
            """Answer one of the three paths."""
            path = self.path.partition("?")[0]
            if path == "/metrics":
                body, content_type = exposition(recorder.families(), self.headers.get("Accept", ""))
                self._send(200, content_type, body)
            elif path == "/healthz":
                self._send(200, "application/json", codec.encode({"status": "ok"}))
            elif path == "/readyz":
                status, found = readiness(checks)
                self._send(status, "application/json", codec.encode(found))
            else:
                document = {"type": "about:blank", "title": "Not Found", "status": 404}
                self._send(404, "application/problem+json", codec.encode(document))

        def log_message(self, format: str, *args: Any) -> None:
            """Say nothing about each scrape."""

        def _send(self, status: int, content_type: str, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Type", content_type)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    server = ThreadingHTTPServer((host, port), Handler)
    server.daemon_threads = True
    Thread(target=server.serve_forever, name="sidecar", daemon=True).start()
    return server
