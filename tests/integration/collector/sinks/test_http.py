"""The HTTP sink: the exact request, and which answers are worth another try."""

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest

from collector.sink import SinkAway, SinkRefused
from collector.sinks.http import Config, HttpSink
from tests.integration.collector.sinks.peer import ITEMS


class Siem(BaseHTTPRequestHandler):
    """Keeps requests, answers the status that the path names."""

    seen: list[tuple[str, dict[str, str], bytes]] = []

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.seen.append((self.path, dict(self.headers), body))
        self.send_response(int(self.path.rpartition("/")[2]))
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Nothing."""


@pytest.fixture
def url() -> Iterator[str]:
    Siem.seen = []
    server = HTTPServer(("127.0.0.1", 0), Siem)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/in"
    server.shutdown()
    server.server_close()


def test_the_exact_request(url: str, tmp_path: Path) -> None:
    secret = tmp_path / "token"
    secret.write_text("hush\n")
    HttpSink(Config(name="h", url=f"{url}/202", token_file=str(secret))).send(ITEMS)
    path, headers, body = Siem.seen[0]
    assert (path, headers["Content-Type"], headers["Authorization"]) == (
        "/in/202",
        "application/x-ndjson",
        "Bearer hush",
    )
    assert body == b"".join(item.text + b"\n" for item in ITEMS)


@pytest.mark.parametrize("status", [500, 503, 429, 408, 401, 403, 404])
def test_what_may_pass_is_tried_again(url: str, status: int) -> None:
    with pytest.raises(SinkAway):
        HttpSink(Config(name="h", url=f"{url}/{status}")).send(ITEMS)


@pytest.mark.parametrize("status", [400, 413, 422])
def test_what_will_not_be_taken_is_refused(url: str, status: int) -> None:
    with pytest.raises(SinkRefused):
        HttpSink(Config(name="h", url=f"{url}/{status}")).send(ITEMS)


def test_nobody_there(tmp_path: Path) -> None:
    with pytest.raises(SinkAway):
        HttpSink(Config(name="h", url="http://127.0.0.1:9/")).send(ITEMS)
    with pytest.raises(SinkAway):
        HttpSink(Config(name="h", url="http://127.0.0.1:9/", token_file=str(tmp_path / "none"))).send(ITEMS)
