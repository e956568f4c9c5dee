"""The threads that answer requests: a queue and a loop, without a future and its lock for each request."""

import threading
from collections import deque
from collections.abc import Callable
from queue import SimpleQueue

from core.web.connection import Connection


class RequestThreads:
    """`answer` is called with each connection in a thread, in the order in which they were put in, and says whether the
    connection goes on. Unless it `waits` for its next request by then, `done` is called with it where `call` calls its
    argument: in the main thread.

    Threads start with the first connections and end once `shutdown` was called and what waits is answered.
    """

    def __init__(
        self,
        count: int,
        answer: Callable[[Connection], object],
        waits: Callable[[Connection], bool],
        call: Callable[[Callable[[], None]], object],
        done: Callable[[Connection], None],
    ) -> None:
        self._count = count
        self._answer = answer
        self._waits = waits
        self._call = call
        self._done = done
        self._queue: SimpleQueue[Connection | None] = SimpleQueue()
        self._answered: deque[Connection] = deque()
        self._is_called = False  # the main thread will look at what is answered
        self._threads: list[threading.Thread] = []
        self._ended = False

    def put(self, conn: Connection) -> None:
        """Answer it; called by the main thread. Once the threads have ended nothing is done."""
        self._queue.put(conn)
        if len(self._threads) < self._count and not self._ended:
            self._threads.append(threading.Thread(target=self._run, name=f"request-{len(self._threads)}"))
            self._threads[-1].start()

    def waiting(self) -> int:
        """How many connections no thread has taken yet."""
        return self._queue.qsize()

    def shutdown(self, wait: bool = False) -> None:
        """Let the threads end, as gunicorn asks for it; nobody waits here, the process ends after them."""
        self._ended = True
        for _ in self._threads:
            self._queue.put(None)

    def _run(self) -> None:
        while (conn := self._queue.get()) is not None:
            try:
                conn.keeps = bool(self._answer(conn))
                if self._waits(conn):
                    continue
            except BaseException as error:  # whatever a thread meets ends neither it nor the main loop
                conn.failure = error
            self._answered.append(conn)
            if not self._is_called:
                self._is_called = True
                self._call(self._give_back)

    def _give_back(self) -> None:
        self._is_called = False  # before the look: whoever is done from now on calls again
        while self._answered:
            self._done(self._answered.popleft())
