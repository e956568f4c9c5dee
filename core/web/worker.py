"""gunicorn's threaded worker with a moment of patience: a thread that answered stays for its connection's next request.

The plain worker hands a kept-alive connection back to its main thread after every answer and gets it again through a
queue, which costs three thread switches a request. A client that asks again at once is served here without them.
At most half of the threads wait like that, and none while another connection is queued, so nobody else waits for it.
"""

import select
import threading
from typing import Any

from gunicorn.workers.gthread import ThreadWorker  # type: ignore[import-untyped]

PATIENCE_MS = 20


class PatientWorker(ThreadWorker):  # type: ignore[misc]
    """`worker_class = "core.web.worker.PatientWorker"`."""

    def init_process(self) -> None:
        """Set up in the worker's process."""
        self._places = threading.Semaphore(max(1, self.cfg.threads // 2))
        super().init_process()

    def handle(self, conn: Any) -> Any:
        """Serve a connection's request, and those that follow without a pause."""
        result = super().handle(conn)
        while result is True and self.alive and not conn.is_http2 and self._asks_again(conn):
            result = super().handle(conn)
        return result

    def _asks_again(self, conn: Any) -> bool:
        if not self.tpool._work_queue.empty() or not self._places.acquire(blocking=False):
            return False
        try:
            poll = select.poll()
            poll.register(conn.sock, select.POLLIN)
            return bool(poll.poll(PATIENCE_MS))
        finally:
            self._places.release()
