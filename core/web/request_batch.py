"""Requests that were answered, as a recorder's listeners get them: what several of them add up is worked out once.

A request costs a share of a few calls of C functions over its group: those of one endpoint, method and status.
"""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from operator import itemgetter
from typing import NamedTuple, TypeVar

from core.events.endpoint_series import GROWTH, HIGHEST, LOWEST, METHODS, NANO, OTHER_METHOD, UNMATCHED

_Key = TypeVar("_Key")
_at, _seconds, _endpoint, _spent = itemgetter(0), itemgetter(1), itemgetter(2, 3, 4, 6), itemgetter(10)
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

    __slots__ = ("buckets", "hits", "least", "most", "total")

    def __init__(self) -> None:
        self.hits = self.total = self.most = 0
        self.least = 1 << 62
        self.buckets: dict[int, int] = {}

    def add(self, seconds: Sequence[float]) -> None:
        """Add some, sorted."""
        if not seconds:
            return
        nanos = [round(one * NANO) for one in seconds]
        self.hits += len(nanos)
        self.total += sum(nanos)
        self.least = min(self.least, nanos[0])
        self.most = max(self.most, nanos[-1])
        buckets = self.buckets
        for place, begin, end in runs(seconds, _EDGES):
            index = place + LOWEST
            buckets[index] = buckets.get(index, 0) + end - begin

    def merge(self, other: "Durations") -> None:
        """Add those of another."""
        self.hits += other.hits
        self.total += other.total
        self.least = min(self.least, other.least)
        self.most = max(self.most, other.most)
        for index, count in other.buckets.items():
            self.buckets[index] = self.buckets.get(index, 0) + count


class Endpoint(NamedTuple):
    """What a group of requests has in common: the endpoint, its route, the method as it was given, and the status."""

    endpoint: str
    method: str
    status: int
    path: str

    @property
    def route(self) -> str:
        """The route, where one matched."""
        return self.path if self.endpoint != "-" else UNMATCHED

    @property
    def known_method(self) -> str:
        """OpenTelemetry's http.request.method."""
        return self.method if self.method in METHODS else OTHER_METHOD


class Group:
    """The requests of an endpoint in one minute, shortest first."""

    __slots__ = ("durations", "minute", "of", "own", "requests", "seconds")

    def __init__(self, of: Endpoint, minute: int, requests: list[RequestRecord]) -> None:
        self.of = of
        self.minute = minute
        self.requests = sorted(requests, key=_seconds)
        self.seconds = [one[1] for one in self.requests]
        self.durations = self.own = Durations()
        self.durations.add(self.seconds)
        if any(map(_spent, requests)):
            self.own = Durations()
            self.own.add(sorted(max(0.0, one.seconds - one.spent) for one in requests))


class RequestBatch(list[RequestRecord]):
    """Requests in the order in which they ended."""

    @cached_property
    def groups(self) -> list[Group]:
        """By minute and endpoint; `own` of a group is how long its requests took beside their calls."""
        return [
            Group(Endpoint._make(key), minute, found)
            for minute, some in self._minutes().items() for key, found in _by(_endpoint, some).items()
        ]  # fmt: skip

    def _minutes(self) -> Mapping[int, Sequence[RequestRecord]]:
        if not self:
            return {}
        times = list(map(_at, self))
        first, last = int(min(times)) // 60, int(max(times)) // 60
        return {first: self} if first == last else _by(lambda one: int(one.at) // 60, self)


def groups(batch: Sequence[RequestRecord]) -> list[Group]:
    """Of a batch, or of any requests."""
    return batch.groups if isinstance(batch, RequestBatch) else RequestBatch(batch).groups


def runs(values: Sequence[float], edges: Sequence[float]) -> Iterator[tuple[int, int, int]]:
    """Where sorted values lie between ascending edges: index of the upper edge that a run does not pass (their number:
    none), and its begin and end."""
    begin, count = 0, len(values)
    while begin < count:
        place = bisect_left(edges, values[begin])
        end = bisect_right(values, edges[place], begin) if place < len(edges) else count
        yield place, begin, end
        begin = end


def _by(key: Callable[[RequestRecord], _Key], requests: Sequence[RequestRecord]) -> dict[_Key, list[RequestRecord]]:
    found: dict[_Key, list[RequestRecord]] = defaultdict(list)
    for name, one in zip(map(key, requests), requests, strict=True):
        found[name].append(one)
    return found
