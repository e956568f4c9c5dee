"""A server of `/api/v1/events` that answers as the test says, and remembers each event once, as Gatehouse does."""

import gzip
import json
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import Any

from tests.waiting import until

TOKEN = "gate_test"


class Collector:
    """`mood`: "well", or how it fails: 500, silent, garbage, html, busy, redirect, refuses, partly, deaf (its answers
    are lost).
    """

    def __init__(self) -> None:
        self.mood = "well"
        self.events: dict[str, dict[str, Any]] = {}
        self.keys: list[str] = []
        self.requests = 0
        self.wrong: list[str] = []
        self.over = Event()
        self.url = ""

    def hits(self, **wanted: Any) -> int:
        """The requests told of, of these fields; without those that were lost."""
        found = [event for event in self.requests_told() if event["route"] != "(lost)"]
        return sum(event["hits"] for event in found if all(event[name] == value for name, value in wanted.items()))

    def series(self) -> Counter[tuple[str, str, int, str]]:
        """Hits by route, method, status and error type."""
        found: Counter[tuple[str, str, int, str]] = Counter()
        for event in self.requests_told():
            found[event["route"], event["method"], event["status"], event["error_type"]] += event["hits"]
        return found

    def lost(self) -> int:
        """The loss that was told."""
        return sum(event["hits"] for event in self.requests_told() if event["route"] == "(lost)")

    def exceptions(self) -> list[dict[str, Any]]:
        """The reports of exceptions."""
        return [event for event in list(self.events.values()) if event["kind"] == "exception"]

    def raised(self) -> Counter[tuple[str, str, str]]:
        """Exceptions by route, method and type."""
        found: Counter[tuple[str, str, str]] = Counter()
        for event in self.exceptions():
            found[event["route"], event["method"], event["type"]] += event["count"]
        return found

    def requests_told(self) -> list[dict[str, Any]]:
        """The series of requests."""
        return [event for event in list(self.events.values()) if event["kind"] == "endpoint"]

    def wait_for(self, hits: int) -> None:
        """Until so many requests are told of."""
        until(lambda: self.hits() >= hits)
        assert self.hits() == hits, (self.wrong, self.series())


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    collector: Collector

    def do_POST(self) -> None:
        found = self.collector
        found.requests += 1
        body = self.rfile.read(int(self.headers["Content-Length"]))
        mood = found.mood
        if mood == "silent":
            found.over.wait(60)
            return
        if mood == "garbage":
            self.wfile.write(b"\x00\xff garbage \r\n\r\n" * 50)
            self.close_connection = True
            return
        if mood in ("500", "busy", "redirect", "html", "refuses"):
            status = {"500": 500, "busy": 429, "redirect": 302, "html": 200, "refuses": 400}[mood]
            headers = {"Retry-After": "99999999"} if mood == "busy" else {"Location": found.url + "/elsewhere"}
            self._answer(status, b"<html>what?</html>", headers if status in (429, 302) else {})
            return
        rejected = self._take(body)
        if mood == "deaf":  # taken, and the answer never arrives
            self.close_connection = True
            return
        self._answer(202, json.dumps({"accepted": 1, "rejected": rejected}).encode(), {})

    def do_GET(self) -> None:
        self.collector.wrong.append(f"GET {self.path} {self.headers.get('Authorization')}")
        self._answer(200, b"", {})

    def _take(self, body: bytes) -> list[dict[str, Any]]:
        found = self.collector
        if self.path != "/api/v1/events" or self.headers["Authorization"] != f"Bearer {TOKEN}":
            found.wrong.append(self.path)
        found.keys.append(self.headers["Idempotency-Key"])
        events = json.loads(gzip.decompress(body))["events"]
        if found.mood == "partly":
            events, first = events[1:], events[0]
            assert first["hits"]
        for event in events:
            found.events.setdefault(event["id"], event)
        return [{"index": 0, "field": "$.route", "reason": "no"}] if found.mood == "partly" else []

    def _answer(self, status: int, body: bytes, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        return


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_: Any) -> None:
        """A client that went away is nothing to print."""


@contextmanager
def collecting(port: int = 0) -> Iterator[Collector]:
    """One that listens."""
    collector = Collector()
    server = _Server(("127.0.0.1", port), type("Handler", (_Handler,), {"collector": collector}))
    collector.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield collector
    finally:
        collector.over.set()
        server.shutdown()
        server.server_close()
        thread.join()
