"""A server in a process of its own that takes whatever clients send, and OpenTelemetry's SDK sending to it."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import TracerProvider

SINK_URL = "BENCH_SINK_URL"  # environment variable by which a process of the benchmark knows of it
_SINK = """
from http.server import BaseHTTPRequestHandler, HTTPServer
class Sink(BaseHTTPRequestHandler):
    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        body = b'{"accepted":1,"rejected":[]}' if "events" in self.path else b""
        self.send_response(202 if body else 200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
    def log_message(self, *_): pass
server = HTTPServer(("127.0.0.1", 0), Sink)
print(server.server_address[1], flush=True)
server.serve_forever()
"""


@contextmanager
def sink() -> Iterator[str]:
    """Its address while it runs."""
    process = subprocess.Popen([sys.executable, "-c", _SINK], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        yield f"http://127.0.0.1:{process.stdout.readline().strip()}"
    finally:
        process.terminate()
        process.wait()


def exporting_provider() -> "tuple[TracerProvider, Callable[[], int]]":
    """A provider whose spans a batch exporter sends to the sink twice a second, as ours are sent; and how many spans
    the sink has taken.
    """
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExportResult

    taken = 0
    exporter = OTLPSpanExporter(os.environ[SINK_URL] + "/v1/traces")
    export = exporter.export

    def counted(spans: Any) -> Any:
        nonlocal taken
        found = export(spans)
        taken += len(spans) if found is SpanExportResult.SUCCESS else 0
        return found

    exporter.export = counted  # type: ignore[method-assign]
    provider = TracerProvider()
    provider.add_span_processor(BatchSpanProcessor(exporter, schedule_delay_millis=500))
    return provider, lambda: taken
