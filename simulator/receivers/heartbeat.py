"""A dead-man's switch: somebody must call its path now and then; `silent_for` says how long nobody did."""

from collections.abc import Mapping
from urllib.parse import urlsplit

from core import clock
from simulator.receiving.contract import Reply, Request

VARIABLES = ("GATEHOUSE_HEARTBEAT_URL",)


def receiver(variables: Mapping[str, str]) -> "Heartbeat":
    """At the path of the check's URL."""
    return Heartbeat(urlsplit(variables["GATEHOUSE_HEARTBEAT_URL"]).path)


class Heartbeat:
    """`path` is the one that is known."""

    name = "heartbeat"
    odd = b"paused"

    def __init__(self, path: str) -> None:
        self._path = path
        self.last: float | None = None

    def serves(self, path: str) -> bool:
        """Every check's path."""
        return path.startswith("/heartbeat/")

    def answer(self, request: Request) -> Reply:
        """`OK`, or 404 for a check that nobody made."""
        if request.path != self._path:
            return Reply(404, b"not found", content_type="text/plain")
        return Reply(200, b"OK", True, self._path, "ping", "ping", None, "text/plain")

    def commit(self, reply: Reply) -> None:
        """Note the time."""
        self.last = clock.now()

    def silent_for(self) -> float | None:
        """Seconds since the last call; None before the first."""
        return None if self.last is None else clock.now() - self.last
