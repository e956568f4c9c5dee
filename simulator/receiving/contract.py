"""What an HTTP receiver is: it looks at a request, says whether it takes it, what it answers, what it would show.

A module of `simulator/receivers/` has `VARIABLES`, the names of those that it needs of what the worker gets, and
`receiver(variables)`, which makes one from them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Protocol

from core import codec


class Request(NamedTuple):
    """`path` has no query; header names are lower case."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True)
class Reply:
    """`taken` says whether it counts as received; `key`, `event`, `text` describe it to people and tests."""

    status: int
    body: bytes
    taken: bool = False
    key: str = ""
    event: str = ""
    text: str = ""
    shown: Any = None
    content_type: str = "application/json"
    headers: dict[str, str] = field(default_factory=dict)


class Receiver(Protocol):
    """One kind. `odd` is an answer with status 200 that is no acceptance."""

    name: str
    odd: bytes

    def serves(self, path: str) -> bool: ...
    def answer(self, request: Request) -> Reply: ...
    def commit(self, reply: Reply) -> None: ...


def json(status: int, value: Any, **more: Any) -> Reply:
    """A reply with a JSON body."""
    return Reply(status, codec.encode(value), **more)
