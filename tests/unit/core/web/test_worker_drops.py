"""How a worker lets connections go."""

import selectors
import socket
from collections.abc import Iterator
from functools import partial
from threading import Lock
from typing import Any

import pytest
from gunicorn.config import Config  # type: ignore[import-untyped]

from core.web.connection import Connection, Patience, Tally, Wait
from core.web.intake import Intake
from core.web.spool import Room
from core.web.worker import WholeWorker


@pytest.fixture
def worker() -> Iterator[Any]:
    """A worker that serves nobody yet."""
    made: Any = WholeWorker.__new__(WholeWorker)
    made.poller = selectors.DefaultSelector()
    made._waiting, made._arming, made.nr_conns = {}, Lock(), 0
    made._tally, made._patience = Tally(9, lambda _: False), Patience(9, 9, 9, 9, 9)
    yield made
    for conn in list(made._waiting):
        made._drop(conn)
    made.poller.close()


def connected(worker: Any) -> tuple[Connection, socket.socket]:
    """A connection that waits, and its client."""
    ours, client = socket.socketpair()
    ours.setblocking(False)
    room = Room(1 << 20)
    conn = Connection(ours, "", "", partial(Intake, Config(), "", room, lambda _: 1 << 20), room)
    worker.nr_conns += 1
    worker._listen(conn, Wait.NEW)
    return conn, client


def test_whoever_is_dropped_before_its_own_event_of_the_same_turn_is_counted_off_once(worker: Any) -> None:
    """Else a worker would hold ever more connections than it may, and stop before those it has are answered."""
    (gone, client), (stays, other) = connected(worker), connected(worker)
    client.sendall(b"x")
    events = worker.poller.select(0)
    worker._drop(gone)
    for key, _ in events:
        key.data(key.fileobj)
    assert (worker.nr_conns, list(worker._waiting), len(worker.poller.get_map())) == (1, [stays], 1)
    client.close()
    other.close()
