"""Who goes where an address has as many connections as it may."""

import threading
from typing import Any, cast

from core.web.connection import Connection, Tally, Wait
from core.web.seats import Seats
from tests.waiting import until


class Link:
    """What a tally knows of a connection."""

    owner = ""
    wait = Wait.IDLE
    since = 0.0


class Worker(Seats):
    """A worker whose addresses may have one connection each."""

    def __init__(self) -> None:
        self._tally = Tally(1, lambda _: False)
        self._arming = threading.Lock()
        self.dropped: list[Any] = []

    def _drop(self, conn: Connection) -> None:
        self._tally.remove(conn)
        self.dropped.append(conn)


def test_nobody_is_chosen_while_a_thread_lets_a_connection_wait_again() -> None:
    """Half of what that changes would show one that waits, and is not to be closed yet."""
    worker, first, second = Worker(), cast(Connection, Link()), cast(Connection, Link())
    assert worker._seat(first, "192.0.2.1")
    with worker._arming:
        other = threading.Thread(target=worker._seat, args=(second, "192.0.2.1"))
        other.start()
        other.join(0.2)
        assert other.is_alive()
        assert not worker.dropped
    assert until(lambda: not other.is_alive())
    assert (worker.dropped, second.owner) == ([first], "192.0.2.1")
