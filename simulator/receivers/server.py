"""All receivers that speak HTTP behind one port: each request meets its planned fault, or its receiver.

`GET /` shows what arrived; `GET /arrivals` is the same as JSON; `POST /act` is a person who acts in PagerDuty.
"""

import socket
import threading
import time
from collections.abc import Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from core import codec
from simulator.receivers import page
from simulator.receivers.contract import Receiver, Reply, Request
from simulator.receivers.inbox import Inbox
from simulator.receivers.plan import RETRY_AFTER_SECONDS, Plan

LARGEST = 2_000_000


class Desk:
    """What the handlers share. `hang` is seconds that a time-out lasts."""

    def __init__(self, receivers: Sequence[Receiver], inbox: Inbox, plan: Plan, hang: float = 20.0) -> None:
        self.receivers = {one.name: one for one in receivers}
        self.inbox, self.plan, self.hang = inbox, plan, hang

    def receiver(self, path: str) -> Receiver | None:
        """Whose path it is."""
        return next((one for one in self.receivers.values() if one.serves(path)), None)


def serve(host: str, port: int, desk: Desk) -> ThreadingHTTPServer:
    """Answer on a thread until `shutdown()`. Raises OSError when the port is taken."""
    server = _Server((host, port), type("Handler", (_Handler,), {"desk": desk}))
    threading.Thread(target=server.serve_forever, args=(0.05,), name="receivers", daemon=True).start()
    return server


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A sender that goes away in the middle is what faults are about."""


class _Handler(BaseHTTPRequestHandler):
    desk: Desk
    protocol_version = "HTTP/1.1"
    timeout = 60

    def do_GET(self) -> None:
        """A page, or a receiver that takes GET."""
        path = self.path.partition("?")[0]
        if path == "/":
            self._send(Reply(200, page.html(self.desk.inbox.arrivals(), self.desk.receivers), content_type=page.TYPE))
        elif path == "/arrivals":
            found = [one._asdict() for one in self.desk.inbox.arrivals()]
            self._send(Reply(200, codec.encode(found)))
        else:
            self._receive("GET", path)

    def do_POST(self) -> None:
        """A message, or a person's act."""
        path = self.path.partition("?")[0]
        if path == "/act":
            self._act()
        else:
            self._receive("POST", path)

    def log_message(self, format: str, *args: Any) -> None:
        """Paths hold secrets, so none is printed."""

    def _receive(self, method: str, path: str) -> None:
        body = self.rfile.read(min(int(self.headers.get("Content-Length") or 0), LARGEST))
        receiver = self.desk.receiver(path)
        if receiver is None:
            self._send(Reply(404, b"nobody is here", content_type="text/plain"))
            return
        fault = self.desk.plan.draw(receiver.name)
        request = Request(method, path, {name.lower(): value for name, value in self.headers.items()}, body)
        reply = receiver.answer(request)
        taken = reply.taken and fault in ("", "late", "cut_late")
        if taken:
            receiver.commit(reply)
        answer = fault or str(reply.status)
        self.desk.inbox.add(receiver.name, reply.key, reply.event, taken, answer, fault, reply.text, reply.shown)
        if fault in ("cut", "cut_late"):
            self._cut()
        elif fault in ("timeout", "late"):
            time.sleep(self.desk.hang)
            self._cut()
        elif fault == "429":
            self._send(Reply(429, b"slow down", headers={"Retry-After": str(RETRY_AFTER_SECONDS)}))
        elif fault == "500":
            self._send(Reply(500, b"internal error", content_type="text/plain"))
        elif fault == "odd_body":
            self._send(Reply(200, receiver.odd, content_type="text/html"))
        else:
            self._send(reply)

    def _act(self) -> None:
        body = self.rfile.read(min(int(self.headers.get("Content-Length") or 0), LARGEST))
        try:
            asked = codec.decode(body)
            key, action = str(asked["key"]), str(asked["action"])
        except (ValueError, KeyError, TypeError):
            self._send(Reply(400, b'{"problem":"expected key and action"}'))
            return
        duty: Any = self.desk.receivers["pagerduty"]
        problem = duty.act(key, action)
        self._send(Reply(502 if problem else 200, codec.encode({"problem": problem})))

    def _cut(self) -> None:
        """End the connection without an answer."""
        self.close_connection = True
        try:
            self.connection.shutdown(socket.SHUT_RDWR)
        except OSError:
            return

    def _send(self, reply: Reply) -> None:
        self.send_response(reply.status)
        headers = {"Content-Type": reply.content_type, "Content-Length": str(len(reply.body)), **reply.headers}
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(reply.body)
