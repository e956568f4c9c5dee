"""The socket as gunicorn writes to it: it takes an answer at once, and the client reads it at its own pace.

A thread is never kept by a client that does not read: what the kernel does not take waits in a spool, and the
worker's main thread sends it when the client is ready.
"""

import socket

from core.web.spool import Room, Spool

TOGETHER = 64 * 1024  # head and body of most answers leave in one piece
PIECE = 256 * 1024


class ResponseWriter:
    """Wraps a non-blocking socket. Used by one thread at a time."""

    def __init__(self, sock: socket.socket, room: Room) -> None:
        self.socket = sock
        self.sent = 0
        self._room = room
        self._parts: list[bytes] = []
        self._size = 0
        self._spool: Spool | None = None

    def sendall(self, data: bytes) -> None:
        """Take the bytes. Raises OSError when the client is gone, Full when too much waits."""
        self._parts.append(bytes(data))
        self._size += len(data)
        if self._size > TOGETHER:
            self.push()

    def push(self) -> bool:
        """Send what the kernel takes now; whether everything has left. Raises OSError."""
        if self._parts:
            data = memoryview(b"".join(self._parts))
            self._parts.clear()
            self._size = 0
            if self._spool is None:
                data = data[self._send(data) :]
            if data:
                self._spool = self._spool or Spool(self._room)
                self._spool.write(data)
        while self._spool is not None:
            piece = self._spool.read(PIECE)
            taken = self._send(piece)
            if taken < len(piece):
                self._spool.unread(len(piece) - taken)
                return False
            if not self._spool.left:
                self.drop()
        return True

    def drop(self) -> None:
        """Forget what waits."""
        self._parts.clear()
        self._size = 0
        if self._spool is not None:
            self._spool.close()
            self._spool = None

    def shutdown(self, _: int) -> None:
        """Raises OSError: what was sent leaves first, and the main thread closes."""
        raise OSError("the main thread closes this connection")

    def close(self) -> None:
        """Left to the main thread."""

    def setblocking(self, _: bool) -> None:
        """Gunicorn asks for it; this never blocks."""

    def gettimeout(self) -> float:
        """Non-blocking, as gunicorn reads it."""
        return 0.0

    def _send(self, data: bytes | memoryview) -> int:
        sent, view = 0, memoryview(data)
        while sent < len(view):
            try:
                sent += self.socket.send(view[sent:])
            except BlockingIOError:
                break
        self.sent += sent
        return sent
