"""What our small servers have in common: a thread a connection, so a bound on both, and an end to each connection.

Where all places are taken the connection that has been open longest makes room, so that nobody who is slow, or many,
keeps the next one out.
"""

import socket
import time
from socketserver import ThreadingMixIn
from threading import Lock
from typing import Any

MOST = 64


class Bounded(ThreadingMixIn):
    """Mix into a server of `socketserver` before its class. `life` is how many seconds a connection may last."""

    daemon_threads = True
    life = 600.0

    def __init__(self, *arguments: Any, **options: Any) -> None:
        self._open: dict[socket.socket, float] = {}
        self._places = Lock()
        super().__init__(*arguments, **options)

    def process_request(self, request: Any, client_address: Any) -> None:
        """Start a thread for a connection."""
        with self._places:
            if len(self._open) >= MOST:
                _end(next(iter(self._open)))
                self._open.pop(next(iter(self._open)))
            self._open[request] = time.monotonic() + self.life
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        """A connection is over."""
        with self._places:
            self._open.pop(request, None)
        super().shutdown_request(request)  # type: ignore[misc]

    def service_actions(self) -> None:
        """End what has lasted too long; the server's loop calls it twice a second."""
        super().service_actions()  # type: ignore[misc]
        now = time.monotonic()
        with self._places:
            over = [request for request, until in self._open.items() if until < now]
        for request in over:
            _end(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that goes away in the middle is no news."""


def _end(request: socket.socket) -> None:
    """Wake the connection's thread; it closes."""
    try:
        request.shutdown(socket.SHUT_RDWR)
    except OSError:
        return
