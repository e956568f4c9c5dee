"""pool-exhausted asks for drills and reads meanwhile, ends by itself, and says so where the API knows no drills."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from core.errors import HttpUnavailable
from core.settings import Settings, load
from simulator.scenarios import pool_exhausted
from tests.unit.simulator.scenarios.play import pieces
from tests.waiting import until


class Api(BaseHTTPRequestHandler):
    """Notes what it is asked for."""

    asked: list[str] = []
    status = 200

    def do_GET(self) -> None:  # the standard library's name
        self.do_POST()

    def do_POST(self) -> None:
        Api.asked.append(self.path)
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.send_response(Api.status)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, format: str, *args: object) -> None:  # the standard library's name
        """Say nothing."""


@pytest.fixture
def known() -> Iterator[Settings]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Api)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    Api.asked, Api.status = [], 200
    yield load({"GATEHOUSE_API_URL": f"http://127.0.0.1:{server.server_port}"})
    server.shutdown()


def test_it_asks_for_a_drill_and_reads_meanwhile(known: Settings) -> None:
    pool_exhausted.begin(known, 60)
    until(lambda: set(pool_exhausted.READS) <= set(Api.asked))
    pool_exhausted.finish(known)
    assert Api.asked[0] == pool_exhausted.DRILL
    assert all(not piece.events and not piece.transactions for piece in pieces("pool-exhausted"))


def test_an_api_that_knows_no_drills_is_said(known: Settings) -> None:
    Api.status = 404
    with pytest.raises(HttpUnavailable, match="development only"):
        pool_exhausted.begin(known, 60)
    assert Api.asked == [pool_exhausted.DRILL]
