"""The worker with a moment of patience: a thread that answered stays for its connection's next request.

The main thread takes each request and wakes a thread for it: two switches a request. A client that asks again at once,
with a whole request, is served without them. At most half of the threads wait like that, for PATIENCE_MS, and
none while another connection is queued.
"""

import select
import threading
from typing import Any

from core.web.connection import Connection
from core.web.worker import PIECE, WholeWorker

PATIENCE_MS = 20


class PatientWorker(WholeWorker):
    """`worker_class = "core.web.patient.PatientWorker"`."""

    def init_process(self) -> None:
        """Set up in the worker's process."""
        self._places = threading.Semaphore(max(1, self.cfg.threads // 2))
        super().init_process()

    def handle(self, conn: Connection) -> Any:
        """Serve a connection's request, and those that follow without a pause."""
        result = super().handle(conn)
        while result is True and self.alive and self._asks_again(conn):
            result = super().handle(conn)
        return result

    def _asks_again(self, conn: Connection) -> bool:
        if conn.intake.begun or self.tpool.waiting() or not self._places.acquire(blocking=False):
            return False
        try:
            poll = select.poll()
            poll.register(conn.socket, select.POLLIN)
            if not conn.sock.push() or not poll.poll(PATIENCE_MS):
                return False
            conn.intake.feed(conn.socket.recv(PIECE))
        except OSError:
            return False
        finally:
            self._places.release()
        return conn.intake.whole
