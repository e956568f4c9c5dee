"""Windows over ten-second slots by prefix sums: any window of any rule is one subtraction. Pure.

`blocked_judged` is what A1 judges (A11): in a slot in which a stricter profile than `normal` was in force for any
moment, what the normal profile would have blocked; in all others what was blocked.
"""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import numpy as np

from core.config import PolicyConfig
from core.events import time_buckets
from core.events.time_buckets import COUNTERS, Totals

_HEAD = 8 * len(COUNTERS)
_PAIR = np.dtype([("bucket", "<u2"), ("count", "<u4")])


class Span(NamedTuple):
    """[start, end), epoch seconds."""

    start: float
    end: float


class Windows:
    """Slots of one width that start in [first, after); absent ones are empty. `strict`: a stricter profile was on."""

    def __init__(
        self,
        packed: Iterable[tuple[float, bytes]],
        first: int,
        after: int,
        strict: Sequence[Span] = (),
        width: int = time_buckets.WIDTH,
    ) -> None:
        self.first, self.after, self.width = first, after, width
        size = max(0, (after - first) // width)
        kept = [(int(at - first) // width, data) for at, data in packed if first <= at < after]
        places = np.fromiter((place for place, _ in kept), np.int64, len(kept))
        counts = np.zeros((size, len(COUNTERS) + 1), np.int64)
        if kept:
            heads = np.frombuffer(b"".join([data[:_HEAD] for _, data in kept]), "<i8").reshape(-1, len(COUNTERS))
            np.add.at(counts[:, :-1], places, heads)
        counts[:, -1] = self._judged(counts, strict)
        self._counts = np.concatenate([np.zeros((1, counts.shape[1]), np.int64), counts.cumsum(axis=0)])
        self._tails = [(place, data[_HEAD:]) for place, (_, data) in zip(places.tolist(), kept, strict=True)]
        self._latency: np.ndarray | None = None

    def totals(self, end: int, length: int) -> tuple[Totals, int]:
        """The totals of the slots that start in [end - length, end), and `blocked_judged`."""
        low, high = self._index(end - length), self._index(end)
        counts = (self._counts[high] - self._counts[low]).tolist()
        latency = self._sums()[high] - self._sums()[low]
        return Totals(dict(zip(COUNTERS, counts, strict=False)), latency), counts[-1]

    def at(self, now: float, length: int) -> tuple[Totals, int]:
        """The window of that length at `now`, the running slot included."""
        return self.totals(time_buckets.floor(now, self.width) + self.width, length)

    def each(self, counter: str) -> np.ndarray:
        """One counter of every slot, in order."""
        found: np.ndarray = np.diff(self._counts[:, COUNTERS.index(counter)])
        return found

    def _index(self, at: float) -> int:
        return min(len(self._counts) - 1, max(0, int(at - self.first) // self.width))

    def _judged(self, counts: np.ndarray, strict: Sequence[Span]) -> np.ndarray:
        starts = self.first + self.width * np.arange(len(counts))
        on = np.zeros(len(counts), bool)
        for span in strict:
            on |= (starts + 2 * self.width > span.start) & (starts - self.width < span.end)
        blocked, normal = COUNTERS.index("blocked"), COUNTERS.index("blocked_normal")
        judged: np.ndarray = np.where(on, counts[:, normal], counts[:, blocked])
        return judged

    def _sums(self) -> np.ndarray:
        if self._latency is None:
            dense = np.zeros((len(self._counts), time_buckets.BUCKETS), np.int32)
            for place, tail in self._tails:
                pairs = np.frombuffer(tail, _PAIR)
                dense[place + 1, pairs["bucket"]] += pairs["count"]
            self._latency = dense.cumsum(axis=0, dtype=np.int32)
        return self._latency


def strict_spans(rows: Sequence[Any], policy: PolicyConfig, after: float) -> list[Span]:
    """When a stricter profile than `normal` was in force, until `after`; rows of (since, block_from), oldest first."""
    normal = policy.profiles["normal"]
    block_from = round(normal.fraud_threshold + normal.block_margin, 6)
    ends = [row[0].timestamp() for row in rows[1:]] + [after] * bool(rows)
    return [Span(row[0].timestamp(), end) for row, end in zip(rows, ends, strict=True) if row[1] < block_from - 1e-9]
