"""The emulated Smart Contract RPC: a JSON-RPC endpoint on loopback whose latency can be turned up for a while.

`POST /` answers `eth_blockNumber` and its like; `POST /control {"latency_ms": 850, "seconds": 300}` slows it, and
`{"latency_ms": null}` ends that. `{"statuses": [{"where": …, "times": …}], "seconds": 300}` changes the counts of the
live traffic (`simulator/status_changes.py`). It stands for a provider, so it is the only thing here that listens.
"""

import threading
import time
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any, ClassVar, Protocol

import numpy as np

from core import clock, codec
from core.errors import BadInput, HttpUnavailable
from core.http import HttpClient
from core.settings import Settings
from core.web.small_server import Bounded

USUAL_MS = 120.0
_BLOCK_SECONDS = 12
_MOST_BYTES = 65536


class Latency:
    """How long an answer takes now, in ms."""

    def __init__(self, seed: int) -> None:
        self._rng = np.random.default_rng(seed)
        self._slow: float | None = None
        self._until = 0.0
        self._lock = threading.Lock()

    def slow_down(self, latency_ms: float | None, seconds: float, now: float) -> None:
        """Take `latency_ms` for `seconds`; None ends it."""
        with self._lock:
            self._slow, self._until = latency_ms, now + seconds

    def draw(self, now: float) -> float:
        """The latency of one answer in ms."""
        with self._lock:
            middle = self._slow if self._slow is not None and now < self._until else USUAL_MS
            return float(middle * np.exp(self._rng.normal(0, 0.08)))


class Changes(Protocol):
    """Who takes changes of statuses."""

    def begin(self, given: Any, seconds: float, now: float) -> None:
        """Put them in force for `seconds`. Raises BadInput."""


def serve(host: str, port: int, seed: int, changes: Changes) -> HTTPServer:
    """Start answering on a thread. Raises OSError when the port is taken."""
    handler = type("Handler", (_Handler,), {"latency": Latency(seed), "changes": changes})
    server = _Server((host, port), handler)
    threading.Thread(target=server.serve_forever, name="rpc", daemon=True).start()
    return server


def control(settings: Settings, order: dict[str, Any]) -> None:
    """Give the emulated RPC of the live traffic an order. Raises HttpUnavailable."""
    answer = HttpClient(settings.rpc_url, timeout=3.0).post_json("/control", order)
    if answer.status != 200:
        raise HttpUnavailable(f"the emulated RPC responded {answer.status}")


class _Server(Bounded, HTTPServer):
    pass


class _Handler(BaseHTTPRequestHandler):
    latency: ClassVar[Latency]
    changes: ClassVar[Changes]
    protocol_version = "HTTP/1.1"
    timeout = 60

    def do_POST(self) -> None:
        """A JSON-RPC call, or the control."""
        length = self.headers.get("Content-Length", "0")
        try:
            body = codec.decode(self.rfile.read(min(int(length), _MOST_BYTES)))
        except ValueError:
            self._answer(400, {"jsonrpc": "2.0", "id": None, "error": {"code": -32700, "message": "Parse error"}})
            return
        if self.path == "/control":
            self._control(body)
            return
        time.sleep(self.latency.draw(clock.now()) / 1000)
        self._answer(200, _reply(body))

    def _control(self, body: Any) -> None:
        try:
            seconds, now = float(body.get("seconds", 0)), clock.now()
            if "statuses" in body:
                self.changes.begin(body["statuses"], seconds, now)
            else:
                latency = None if body.get("latency_ms") is None else float(body["latency_ms"])
                self.latency.slow_down(latency, seconds, now)
        except BadInput as error:
            self._answer(400, {"error": str(error)})
            return
        except (AttributeError, TypeError, ValueError):
            self._answer(400, {"error": 'expected {"latency_ms": number or null, "seconds": number}'})
            return
        self._answer(200, {"ok": True})

    def _answer(self, status: int, value: Any) -> None:
        data = codec.encode(value)
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, format: str, *args: Any) -> None:
        """Stay silent: a probe every few seconds is no news."""


def _reply(body: Any) -> dict[str, Any]:
    call = body if isinstance(body, dict) else {}
    block = hex(int(clock.now() // _BLOCK_SECONDS))
    known = {"eth_blockNumber": block, "net_version": "1337", "eth_chainId": "0x539", "web3_clientVersion": "emulated"}
    method = call.get("method")
    if method in known:
        return {"jsonrpc": "2.0", "id": call.get("id"), "result": known[method]}
    return {"jsonrpc": "2.0", "id": call.get("id"), "error": {"code": -32601, "message": "Method not found"}}
