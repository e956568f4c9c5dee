"""The sender repeats with the same keys until it is taken, and gives up when told to."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from core.settings import load
from simulator.replayer import Item, Replay
from simulator.sender import GaveUp, Refused, Sender


class Peer:
    """An ingest endpoint that answers with the given statuses, then 202; it remembers bodies."""

    def __init__(self, statuses: list[int]) -> None:
        self.bodies: list[Any] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                outer.bodies.append(body)
                status = statuses.pop(0) if statuses else 202
                taken = {"accepted": len(body if isinstance(body, list) else body.get("events", [])), "rejected": []}
                answer = json.dumps(taken if status < 300 else {"detail": "no"}).encode()
                self.send_response(status)
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, format: str, *args: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_port}"


@pytest.fixture
def peer() -> Iterator[Peer]:
    found = Peer([503, 500])
    yield found
    found.server.shutdown()


def sender(url: str, patience: float, told: list[str]) -> Sender:
    return Sender(
        load({"GATEHOUSE_API_URL": url, "GATEHOUSE_SCORING_URL": url}), patience, told.append, lambda _: False
    )


def test_the_same_events_are_sent_until_they_are_taken(peer: Peer) -> None:
    told: list[str] = []
    assert sender(peer.url, 10, told).events([{"id": "a"}, {"id": "b"}]) == 2
    assert peer.bodies == [{"events": [{"id": "a"}, {"id": "b"}]}] * 3
    assert len(told) == 2
    assert "is back" in told[1]


def test_it_gives_up_when_its_patience_ends(peer: Peer) -> None:
    with pytest.raises(GaveUp, match="responded 503"):
        sender(peer.url, 0, []).events([{"id": "a"}])


def test_nobody_there_is_a_sentence() -> None:
    with pytest.raises(GaveUp, match="does not respond"):
        sender("http://127.0.0.1:9", 0, []).events([{"id": "a"}])


@pytest.mark.parametrize("status", [401, 403, 404, 413])
def test_who_is_turned_away_asks_once(status: int) -> None:
    peer = Peer([status] * 9)
    items = [Item(n, 1.0 + n, {"kind": "transaction"}, {"amount": 1.0, "features": {}}) for n in range(9)]
    replay = Replay(sender(peer.url, 10, []), 0.0, print, threading.Event())
    with pytest.raises(GaveUp, match=f"predict-batch responded {status}: no$"):
        replay.run(items, "d", "1")
    with pytest.raises(GaveUp, match=f"/events responded {status}: no$"):
        sender(peer.url, 10, []).events([{"id": "a"}, {"id": "b"}], batch=1)
    assert len(peer.bodies) == 2
    peer.server.shutdown()


@pytest.mark.parametrize("status", [400, 422])
def test_a_refusal_of_rows_is_about_rows(status: int) -> None:
    peer = Peer([status, status])
    with pytest.raises(Refused):
        sender(peer.url, 10, []).score_many([{"amount": 1.0}])
    assert sender(peer.url, 10, told := []).events([{"id": "a"}]) == 0
    assert len(told) == 1
    peer.server.shutdown()


def test_statuses_are_sent_until_they_are_taken_and_refusals_are_named() -> None:
    peer = Peer([503, 200, 400])
    told: list[str] = []
    rows = [{"timestamp": 0, "status": "approved", "count": 3}]
    found = sender(peer.url, 10, told)
    found.statuses([])
    found.statuses(rows)
    assert peer.bodies == [rows, rows]
    found.statuses(rows)
    assert (found.rejected, len(told)) == (1, 3)
    peer.server.shutdown()
