"""Items to send, and a third party that takes them over a socket."""

import socket
import ssl
import threading

from collector.sink import Item

ITEMS = [Item(f"e{n}", "high", 1_700_000_000.0 + n, b'{"n":%d}' % n) for n in range(5)]


class Listener:
    """Accepts TCP or TLS connections, one after another, and keeps what arrives."""

    def __init__(self, context: ssl.SSLContext | None = None) -> None:
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        self.context = context
        self.received = b""
        self.links: list[socket.socket] = []
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.thread.start()

    def _run(self) -> None:
        while True:
            try:
                link, _ = self.socket.accept()
                if self.context:
                    link = self.context.wrap_socket(link, server_side=True)
                self.links.append(link)
                while data := link.recv(65536):
                    self.received += data
            except OSError:
                if self.socket.fileno() < 0:
                    return

    def drop(self) -> None:
        """Close the connections that are open."""
        for link in self.links:
            link.shutdown(socket.SHUT_RDWR)
            link.close()
        self.links = []

    def close(self) -> None:
        """Listen no more."""
        self.socket.close()
