"""Which request this thread is answering, for whoever measures what is done on its behalf.

An application sets it when a request begins; work outside of a request, that of a worker or of a thread in the
background, belongs to none.
"""

from contextvars import ContextVar


class Serving:
    """A request under way: its service, method and route, and the seconds that its statements and commands took."""

    __slots__ = ("method", "route", "service", "spent")

    def __init__(self, service: str, method: str, route: str) -> None:
        self.service = service
        self.method = method
        self.route = route
        self.spent = 0.0


current: ContextVar[Serving | None] = ContextVar("gatehouse_serving", default=None)
