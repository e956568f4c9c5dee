"""The dead-man's switch is pinged only while evaluation is healthy."""

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest

from alerts.heartbeat import Heartbeat
from core.web.metrics import Metrics
from stack.ports import find_free


@pytest.fixture
def monitor() -> Iterator[tuple[str, list[str]]]:
    paths: list[str] = []

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            paths.append(self.path)
            self.send_response(200 if self.path.startswith("/ping") else 404)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None: ...

    server = HTTPServer(("127.0.0.1", 0), Answer)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}", paths
    server.shutdown()


def test_it_is_pinged_while_evaluation_is_healthy(monitor: tuple[str, list[str]]) -> None:
    url, paths = monitor
    assert Heartbeat(f"{url}/ping/abc?x=1", lambda now: True, Metrics()).step(1.0)
    assert paths == ["/ping/abc?x=1"]


def test_it_falls_silent_when_evaluation_does(monitor: tuple[str, list[str]]) -> None:
    url, paths = monitor
    assert not Heartbeat(f"{url}/ping", lambda now: False, Metrics()).step(1.0)
    assert not Heartbeat("", lambda now: True, Metrics()).step(1.0)
    assert paths == []


def test_a_monitor_that_does_not_take_it_is_no_crash_and_its_url_is_not_logged(
    monitor: tuple[str, list[str]], capsys: pytest.CaptureFixture[str]
) -> None:
    url, _ = monitor
    assert not Heartbeat(f"{url}/secret-path", lambda now: True, Metrics()).step(1.0)
    assert not Heartbeat(f"http://127.0.0.1:{find_free()}/secret-path", lambda now: True, Metrics()).step(1.0)
    captured = capsys.readouterr()
    assert "secret-path" not in captured.out + captured.err
