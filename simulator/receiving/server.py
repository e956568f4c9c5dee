"""All receivers that speak HTTP behind one port: each request meets its planned fault, or its receiver.

`GET /` shows what arrived; `GET /arrivals` is the same as JSON; `POST /act` is a person who acts in PagerDuty. These
three want the token of `access`.
"""

import socket
import threading
import time
from collections.abc import Sequence
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

from core import codec
from core.web.small_server import Bounded
from simulator.receiving import page
from simulator.receiving.access import TYPE, Gate
from simulator.receiving.contract import Receiver, Reply, Request
from simulator.receiving.inbox import Inbox
from simulator.receiving.plan import RETRY_AFTER_SECONDS, Plan

LARGEST = 2_000_000


class Desk:
    """What the handlers share. `gate` decides who may ask; `hang` is seconds that a time-out lasts.

    `retry_after` is what a 429 says.
    """

    def __init__(self, receivers: Sequence[Receiver], inbox: Inbox, plan: Plan, gate: Gate, hang: float = 20.0) -> None:
        self.receivers = {one.name: one for one in receivers}
        self.inbox, self.plan, self.gate, self.hang = inbox, plan, gate, hang
        self.retry_after = str(RETRY_AFTER_SECONDS)

    def receiver(self, path: str) -> Receiver | None:
        """Whose path it is."""
        return next((one for one in self.receivers.values() if one.serves(path)), None)


def serve(host: str, port: int, desk: Desk) -> HTTPServer:
    """Answer on a thread until `shutdown()`. Raises OSError when the port is taken."""
    server = _Server((host, port), type("Handler", (_Handler,), {"desk": desk}))
    threading.Thread(target=server.serve_forever, args=(0.05,), name="receivers", daemon=True).start()
    return server


class _Server(Bounded, HTTPServer):
    pass


class _Handler(BaseHTTPRequestHandler):
    desk: Desk
    protocol_version = "HTTP/1.1"
    timeout = 60

    def do_GET(self) -> None:
        """A page, or a receiver that takes GET."""
        path, _, query = self.path.partition("?")
        if refusal := self.desk.gate.refuse(self._headers()):
            self._send(refusal)
        elif path == "/healthz":
            self._send(Reply(200, b"ok\n", content_type=TYPE))
        elif path not in ("/", "/arrivals"):
            self._receive("GET", path)
        elif reply := self.desk.gate.admit(query, self._headers()):
            self._send(reply)
        elif path == "/":
            self._send(Reply(200, page.html(self.desk.inbox.arrivals(), self.desk.receivers), content_type=page.TYPE))
        else:
            found = [one._asdict() for one in self.desk.inbox.arrivals()]
            self._send(Reply(200, codec.encode(found)))

    def do_POST(self) -> None:
        """A message, or a person's act."""
        path = self.path.partition("?")[0]
        refusal = self.desk.gate.refuse(self._headers())
        if refusal is None and path == "/act":
            refusal = self.desk.gate.admit("", self._headers())
        if refusal is not None:
            self._read()
            self._send(refusal)
        elif path == "/act":
            self._act()
        else:
            self._receive("POST", path)

    def log_message(self, format: str, *args: Any) -> None:
        """Paths hold secrets, so none is printed."""

    def _headers(self) -> dict[str, str]:
        return {name.lower(): value for name, value in self.headers.items()}

    def _read(self) -> bytes:
        length = self.headers.get("Content-Length") or "0"
        if not length.isdecimal() or int(length) > LARGEST:
            self.close_connection = True
            return b""
        return self.rfile.read(int(length))

    def _receive(self, method: str, path: str) -> None:
        body = self._read()
        receiver = self.desk.receiver(path)
        if receiver is None:
            self._send(Reply(404, b"nobody is here", content_type="text/plain"))
            return
        fault = self.desk.plan.draw(receiver.name)
        request = Request(method, path, self._headers(), body)
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
            self._send(Reply(429, b"slow down", headers={"Retry-After": self.desk.retry_after}))
        elif fault == "500":
            self._send(Reply(500, b"internal error", content_type="text/plain"))
        elif fault == "odd_body":
            self._send(Reply(200, receiver.odd, content_type="text/html"))
        else:
            self._send(reply)

    def _act(self) -> None:
        body = self._read()
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
