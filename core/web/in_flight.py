"""The requests that a process is answering right now, by thread: what the watcher reads while they run.

A request puts one tuple into a dictionary when it begins and takes it out when it ends. Whatever is wanted of it is
read by whoever wants it, from the request's own environment.
"""

from typing import Any

from core.events.endpoint_series import METHODS, OTHER_METHOD
from core.serving import Serving

CORRELATION = "gatehouse.correlation"  # environ key of the correlation id
Entry = tuple[int, float, dict[str, Any], Serving]  # thread, start by perf_counter, environ, what it serves


class InFlight:
    """One request under way. It lives as long as its entry: keep neither it nor a frame beyond a sampler's call.

    `thread` is the ident that `sys._current_frames` has it under, `start` is a time of `time.perf_counter`, `route` is
    `(unmatched)` where no route matched.
    """

    __slots__ = ("entry", "environ", "route", "serving", "start", "thread")

    def __init__(self, entry: Entry) -> None:
        self.entry = entry
        self.thread, self.start, self.environ, self.serving = entry
        self.route = self.serving.route

    @property
    def method(self) -> str:
        """OpenTelemetry's http.request.method."""
        method = str(self.environ.get("REQUEST_METHOD", ""))
        return method if method in METHODS else OTHER_METHOD

    @property
    def correlation(self) -> str | None:
        """The correlation id, once the request has one."""
        found = self.environ.get(CORRELATION)
        return None if found is None else str(found)
