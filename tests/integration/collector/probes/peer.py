"""A small HTTP peer and the arguments that every probe takes."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer

from collector.probe_result import Tools
from core.config import ServiceConfig
from core.db.engine import Database
from core.db.redis_client import Live

NOW = 1_790_000_000.0


@contextmanager
def answering(status: int, body: bytes) -> Iterator[str]:
    """The URL of a server that answers everything alike."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_POST = do_GET

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


def service(kind: str, baseline_ms: float = 50.0, slow_factor: float = 4.0) -> ServiceConfig:
    """A service to check."""
    return ServiceConfig("x", "X", kind, baseline_ms, slow_factor, "do something")


def tools(target: str = "", database: Database | None = None, live: Live | None = None) -> Tools:
    """Tools whose stores are dead unless given."""
    dead = Database("postgresql://x@127.0.0.1:1/x")
    return Tools(database or dead, live or Live("redis://127.0.0.1:1"), target, 1.0, NOW)
