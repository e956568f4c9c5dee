"""One connection of a worker: what it waits for, until when, and how many an address may have.

Deadlines follow from when the wait began, from how much has come or gone since and from when it last did: a client that
keeps the least rate may take its time; one that drips may not, nor one that stops.
"""

import socket
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from threading import Lock
from typing import Any

from core.web.intake import Intake
from core.web.response_writer import ResponseWriter


@dataclass(frozen=True)
class Patience:
    """Seconds, and bytes a second: how long a worker waits for a client."""

    idle: float  # between two requests of a connection
    head: float  # from a head's first byte to its end, and for the first byte of a new connection
    body: float  # without a byte of it, beside what the least rate allows
    answer: float  # the same, for a client that reads its answer
    rate: float
    linger: float = 2.0  # for the client to read the last of an answer before the connection is closed


class Wait(Enum):
    """What a connection waits for; `WORK` is for a thread of ours, which has it."""

    NEW = "its first byte"
    HEAD = "the end of the head"
    BODY = "the end of the body"
    WORK = "the application"
    ANSWER = "the client to read its answer"
    IDLE = "the next request"
    LINGER = "the client to close"


def deadline(wait: Wait, since: float, now: float, moved: int, patience: Patience) -> float:
    """Until when a wait that began at `since` may last, `moved` bytes having come or gone, the last of them now."""
    if wait in (Wait.BODY, Wait.ANSWER):
        pause = patience.body if wait is Wait.BODY else patience.answer
        return min(since + moved / patience.rate, now) + pause
    return since + {Wait.IDLE: patience.idle, Wait.LINGER: patience.linger}.get(wait, patience.head)


class Connection:
    """As gunicorn's threaded worker wants one, and its own parser: the thread gets what is there whole already."""

    is_http2 = False
    initialized = data_ready = True

    def __init__(
        self, sock: socket.socket, client: Any, server: Any, intake: Callable[[int], Intake], room: Any
    ) -> None:
        self.socket = sock
        self.client = client
        self.server = server
        self.sock = ResponseWriter(sock, room)
        self.parser = self
        self.wait = Wait.WORK
        self.since = 0.0
        self.until = 0.0
        self.queued = 0.0  # since when its request waits for a thread, monotonic seconds; 0: it does not
        self.owner = ""  # the address it counts for
        self.events = 0  # for which the poller has it
        self.keeps = False
        self.failure: BaseException | None = None  # what its request ended with in place of an answer
        self.proxied = False  # it comes from a trusted proxy, and counts for the client of its request
        self._intakes = intake
        self.intake = intake(1)

    def init(self) -> None:
        """Gunicorn asks for it; everything is ready."""

    def __next__(self) -> Any:
        """The request that is there."""
        return self.intake.take_request()

    def finish_body(self, deadline: float) -> bool:
        """Whether the connection can take another request; what the application left of the body is dropped."""
        return self.intake.request is not None and not self.intake.request.should_close()

    def next_request(self) -> None:
        """Go on with what came behind the request."""
        done, self.intake = self.intake, self._intakes(self.intake.number + 1)
        done.close()
        if done.rest:
            self.intake.feed(done.rest)

    def move_to(self, wait: Wait, now: float, patience: Patience) -> None:
        """Wait for something else from now on."""
        if wait is not self.wait:
            self.wait, self.since = wait, now
            self.sock.sent = 0
        moved = self.intake.received if wait is Wait.BODY else self.sock.sent
        self.until = deadline(wait, self.since, now, moved, patience)

    def close(self) -> None:
        """Let everything go."""
        self.intake.close()
        self.sock.drop()
        self.socket.close()


class Tally:
    """Which connections count for which address, oldest first; exempt addresses may have any number."""

    def __init__(self, most: int, exempt: Callable[[str], bool]) -> None:
        self._most = most
        self._lock = Lock()  # threads take connections off
        self._exempt = exempt
        self._of: dict[str, dict[Connection, None]] = {}

    def add(self, connection: Connection, address: str) -> bool:
        """Count it; False, and not counted, when the address has as many as it may."""
        self.remove(connection)
        if not address or self._exempt(address):
            return True
        with self._lock:
            known = self._of.setdefault(address, {})
            if len(known) >= self._most:
                return False
            known[connection] = None
            connection.owner = address
        return True

    def remove(self, connection: Connection) -> None:
        """Count it no longer."""
        with self._lock:
            known = self._of.get(connection.owner)
            if known is not None:
                known.pop(connection, None)
                if not known:
                    del self._of[connection.owner]
            connection.owner = ""

    def replaceable(self, address: str) -> Connection | None:
        """The connection that goes when the address opens one more: its oldest idle one, else its oldest slow one."""
        with self._lock:
            known = list(self._of.get(address, ()))
        waiting = [one for one in known if one.wait in (Wait.NEW, Wait.HEAD, Wait.BODY, Wait.IDLE)]
        return min(waiting, key=lambda one: (one.wait is not Wait.IDLE, one.since), default=None)
