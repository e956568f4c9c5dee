"""Requests that were answered, as a recorder's listeners get them: what several of them add up is worked out once.

A request costs a share of a few calls of C functions over its group: those of one endpoint, method and status.
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import repeat
from operator import itemgetter
from typing import NamedTuple, TypeVar

from core.events.endpoint_series import GROWTH, HIGHEST, LOWEST, METHODS, NANO, OTHER_METHOD, UNMATCHED

FEW = 3  # durations that are added one by one
_Key = TypeVar("_Key")
_at, _endpoint, _spent = itemgetter(0), itemgetter(2, 3, 4, 6), itemgetter(10)
_EDGES = [GROWTH**index for index in range(LOWEST, HIGHEST)]  # of the buckets of `endpoint_series`; the last has none


class RequestRecord(NamedTuple):
    """One answered request: epoch seconds, seconds taken, endpoint, method, status, client, route, size, user,
    correlation id, and how many of the seconds its statements and commands took."""

    at: float
    seconds: float
    endpoint: str
    method: str
    status: int
    address: str
    path: str
    size: int
    user: str | None
    correlation: str | None = None
    spent: float = 0.0


class Durations:
    """Durations of one series, added up; whole nanoseconds."""

    __slots__ = ("_places", "hits", "least", "most", "total")

    def __init__(self) -> None:
        self.hits = self.total = self.most = 0
        self.least = 1 << 62
        self._places: dict[int, int] = {}

    @property
    def buckets(self) -> dict[int, int]:
        """How many are in each bucket of `endpoint_series`."""
        return {place + LOWEST: count for place, count in self._places.items()}

    def add(self, seconds: Sequence[float]) -> None:
        """Add some."""
        if len(seconds) <= FEW:
            for one in seconds:
                self.add_one(one)
            return
        nanos = [round(one * NANO) for one in seconds]
        self.hits += len(nanos)
        self.total += sum(nanos)
        self.least = min(self.least, min(nanos))
        self.most = max(self.most, max(nanos))
        known = self._places
        for place in places(seconds, _EDGES):
            known[place] = known.get(place, 0) + 1

    def add_one(self, seconds: float) -> None:
        """Add one."""
        lasted = round(seconds * NANO)
        self.hits += 1
        self.total += lasted
        if lasted < self.least:
            self.least = lasted
        if lasted > self.most:
            self.most = lasted
        place = bisect_left(_EDGES, seconds)
        self._places[place] = self._places.get(place, 0) + 1

    def merge(self, other: "Durations") -> None:
        """Add those of another."""
        self.hits += other.hits
        self.total += other.total
        if other.least < self.least:
            self.least = other.least
        if other.most > self.most:
            self.most = other.most
        known = self._places
        for place, count in other._places.items():
            known[place] = known.get(place, 0) + count


class Group:
    """The requests of one minute that have endpoint, method, status and route in common.

    `own` is how long they took beside their statements and commands. `known_method` is OpenTelemetry's
    http.request.method.
    """

    __slots__ = (
        "durations", "endpoint", "known_method", "method", "minute", "own", "requests", "route", "seconds", "status"
    )  # fmt: skip

    def __init__(self, minute: int, requests: list[RequestRecord]) -> None:
        _, _, self.endpoint, self.method, self.status, _, path, _, _, _, _ = requests[0]
        self.route = path if self.endpoint != "-" else UNMATCHED
        self.known_method = self.method if self.method in METHODS else OTHER_METHOD
        self.minute = minute
        self.requests = requests
        self.seconds = [one[1] for one in requests]
        self.durations = self.own = Durations()
        self.durations.add(self.seconds)
        if any(map(_spent, requests)):
            self.own = Durations()
            self.own.add([max(0.0, one[1] - one[10]) for one in requests])


class RequestBatch(list[RequestRecord]):
    """Requests in the order in which they ended."""

    @cached_property
    def groups(self) -> list[Group]:
        """By minute, endpoint, method, status and route."""
        return [
            Group(minute, found) for minute, some in self._minutes().items() for found in _by(_endpoint, some).values()
        ]

    def _minutes(self) -> Mapping[int, Sequence[RequestRecord]]:
        if not self:
            return {}
        times = list(map(_at, self))
        first, last = int(min(times)) // 60, int(max(times)) // 60
        return {first: self} if first == last else _by(lambda one: int(one.at) // 60, self)


def groups(batch: Sequence[RequestRecord]) -> list[Group]:
    """Of a batch, or of any requests."""
    return batch.groups if isinstance(batch, RequestBatch) else RequestBatch(batch).groups


def places(values: Sequence[float], edges: Sequence[float]) -> Iterator[int]:
    """Where each value lies between ascending edges: the index of the first that it does not pass."""
    return map(bisect_left, repeat(edges), values)


def _by(key: Callable[[RequestRecord], _Key], requests: Sequence[RequestRecord]) -> dict[_Key, list[RequestRecord]]:
    found: dict[_Key, list[RequestRecord]] = defaultdict(list)
    for name, one in zip(map(key, requests), requests, strict=True):
        found[name].append(one)
    return found
