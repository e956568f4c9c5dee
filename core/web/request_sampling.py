"""Of which of our own requests a row of their own is kept, and how the others still count.

What is left out is counted by ten seconds: how many, how long they took, and how many of an address that asked often.
So totals, limits and response times stay right at every level; paths, users, sizes and rare addresses are thinned.
"""

import secrets
from collections import defaultdict
from collections.abc import Iterator

from core.errors import BadInput
from core.events import time_buckets
from core.events.addresses import address
from core.events.endpoint_series import bucket
from core.events.types import RequestCounts
from core.performance_config import SamplingConfig
from core.web.request_batch import RequestRecord

ERROR = 400  # every answer from this status on is kept
OFTEN = 3  # requests of an address in ten seconds, from which it is named
MOST_ADDRESSES = 2_000  # of ten seconds; requests of further ones have no address
MOST_NAMED = 200
MOST_ENDPOINTS = 2_000
WIDE = 5  # buckets that count together: durations within 10 %
LATE = 1.0  # seconds after their end that ten seconds are over


class Sampling:
    """`keeps` says whether a request has a row of its own: each n-th of its endpoint, so that shares are exact."""

    def __init__(self, config: SamplingConfig) -> None:
        self._config = config
        self.keeps_all = config == SamplingConfig()  # the usual level, which costs nothing
        self._shares: dict[tuple[str, str], float] = {}
        self._due: dict[tuple[str, str], float] = {}

    def keeps(self, seen: RequestRecord) -> bool:
        """Whether it is kept."""
        if self.keeps_all or seen.status >= ERROR:
            return True
        key = seen.method, seen.path
        share = self._shares.get(key)
        if share is None:
            share = self._config.share(*key)
            if len(self._shares) < MOST_ENDPOINTS:
                self._shares[key] = share
        if share in (0.0, 1.0):
            return share == 1.0
        due = self._due.get(key, 0.5) + share
        is_kept = due >= 1.0 - 1e-9
        if key in self._shares:
            self._due[key] = due - 1.0 if is_kept else due
        return is_kept


class _Slot:
    """Requests of ten seconds: by how long they took (number, seconds together), and by address."""

    def __init__(self) -> None:
        self.number = 0
        self.times: dict[int, tuple[int, float]] = {}
        self.addresses: dict[tuple[str, bool], int] = defaultdict(int)


class LeftOut:
    """Counts requests without a row of their own."""

    def __init__(self, service: str) -> None:
        self._service = service
        self._slots: dict[int, _Slot] = {}

    def add(self, seen: RequestRecord) -> None:
        """Count one."""
        slot = self._slots.setdefault(time_buckets.floor(seen.at), _Slot())
        slot.number += 1
        size = bucket(seen.seconds) // WIDE
        number, seconds = slot.times.get(size, (0, 0.0))
        slot.times[size] = number + 1, seconds + seen.seconds
        key = seen.address, bool(seen.user)
        if key in slot.addresses or len(slot.addresses) < MOST_ADDRESSES:
            slot.addresses[key] += 1

    def over(self, now: float) -> list[RequestCounts]:
        """The events of the ten seconds that are over by now."""
        ended = [start for start in self._slots if start + time_buckets.WIDTH + LATE <= now]
        return [event for start in sorted(ended) for event in self._events(start, self._slots.pop(start))]

    def _events(self, start: int, slot: _Slot) -> Iterator[RequestCounts]:
        often = sorted((-number, key) for key, number in slot.addresses.items() if number >= OFTEN)[:MOST_NAMED]
        left = slot.number
        for number, (peer, signed_in) in often:
            try:
                ip = address(peer)
            except BadInput:
                continue
            left += number  # which is negative
            yield self._event(start, ip=ip, signed_in=signed_in, hits=-number)
        for timed, seconds in slot.times.values():
            yield self._event(start, hits=left, timed=timed, duration_ms=1000 * seconds / timed)
            left = 0

    def _event(
        self, start: int, hits: int, ip: str = "", signed_in: bool = False, timed: int = 0, duration_ms: float = 0.0
    ) -> RequestCounts:
        return RequestCounts(
            id=secrets.token_hex(12), timestamp=float(start), service=self._service, ip=ip, signed_in=signed_in,
            hits=hits, timed=timed, duration_ms=duration_ms,
        )  # fmt: skip
