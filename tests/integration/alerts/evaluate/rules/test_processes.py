"""Our processes: what answers 200 is well, everything else is trouble with its reason."""

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest

from alerts.evaluate.rule import Reading
from alerts.evaluate.rules import processes
from alerts.evaluate.rules.processes import Parameters, filled, read, trouble
from core import settings
from stack.ports import find_free

LIMITS = Parameters(above=0.5, targets={"api": "{api_url}/healthz"}, fallback="Grafana")


@pytest.fixture
def port() -> Iterator[int]:
    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200 if self.path == "/healthz" else 503)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None: ...

    server = HTTPServer(("127.0.0.1", 0), Answer)
    Thread(target=server.serve_forever, daemon=True).start()
    yield server.server_port
    server.shutdown()


def test_what_answers_is_well_and_the_rest_has_a_reason(port: int) -> None:
    assert trouble(f"http://127.0.0.1:{port}/healthz", 2.0) == ""
    assert trouble(f"http://127.0.0.1:{port}/other", 2.0) == "it responds with 503"
    assert trouble(f"http://127.0.0.1:{find_free()}/healthz", 2.0) == "no answer"


def test_a_silent_process_is_bad() -> None:
    assert processes.judge(Reading("api", 1.0, 1), LIMITS).state == "bad"
    assert processes.judge(Reading("api", 0.0, 1), LIMITS).state == "good"


def test_one_that_is_still_starting_is_missing_data() -> None:
    assert processes.judge(read("api", "no answer", True, "Grafana"), LIMITS).state == "no_data"
    assert processes.judge(read("api", "no answer", False, "Grafana"), LIMITS).state == "bad"
    assert processes.judge(read("api", "", True, "Grafana"), LIMITS).state == "good"


def test_targets_are_filled_from_the_settings() -> None:
    known = settings.load({"GATEHOUSE_API_URL": "http://api:5000", "GATEHOUSE_CONSOLE_PORT": "9"})
    assert filled("{api_url}/healthz", known) == "http://api:5000/healthz"
    assert filled("{console_url}/healthz", known) == "http://127.0.0.1:9/healthz"
