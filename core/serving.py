"""Which request this thread is answering, for whoever measures what is done on its behalf.

An application sets it when a request begins; work outside of a request, that of a worker or of a thread in the
background, belongs to none. A table by thread: setting a context variable takes ten times as long.
"""

import os
from threading import get_ident

import msgspec


class Serving(msgspec.Struct, gc=False):
    """A request under way: its service, method and route, and the seconds that its statements and commands took."""

    service: str
    method: str
    route: str
    spent: float = 0.0


by_thread: dict[int, Serving] = {}  # by the thread's ident; whoever sets one takes it out again
os.register_at_fork(after_in_child=by_thread.clear)


def current() -> Serving | None:
    """The request that this thread is answering."""
    return by_thread.get(get_ident())
