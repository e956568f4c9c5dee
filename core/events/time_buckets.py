"""Slots: what happened in ten seconds or a minute, as integer counters and a latency histogram. Pure.

The histogram has edges at 50 * 2**(i/35) ms: bucket i holds edge(i-1) < latency <= edge(i). So 50 and 100 ms are edges
exactly, and the value given for a quantile is within (g-1)/(g+1) = 0.99 % of the true one with g = 2**(1/35)
(the relative-error sketch of Masson, Rim and Lee, "DDSketch", VLDB 2019, with these edges).

Packed form: ten little-endian int64 counters in the order of COUNTERS, then pairs of uint16 bucket (offset by 350) and
uint32 count.
"""

import math
import struct
from dataclasses import dataclass, field

import numpy as np

COUNTERS = (
    "transactions",
    "purchases",
    "revenue_cents",
    "predictions",
    "approved",
    "review",
    "blocked",
    "blocked_normal",
    "requests",
    "errors",
)
WIDTH = 10
MINUTE = 60
HOUR = 3600
_PER_OCTAVE = 35
_OFFSET = 350  # 10 octaves below 50 ms: 0.05 ms
BUCKETS = 1051  # 20 octaves above: 52,000 s
_COUNTS = struct.Struct(f"<{len(COUNTERS)}q")
_PAIR = np.dtype([("bucket", "<u2"), ("count", "<u4")])
_EDGES = 50.0 * 2.0 ** ((np.arange(BUCKETS) - _OFFSET) / _PER_OCTAVE)
_VALUES = (
    2.0 * _EDGES / (1.0 + 2.0 ** (1 / _PER_OCTAVE))
)  # harmonic middle of a bucket: equal relative error at both ends


def bucket(milliseconds: float) -> int:
    """Index of the bucket that holds a latency."""
    if milliseconds <= 0.05:
        return 0
    return min(BUCKETS - 1, math.ceil(_PER_OCTAVE * math.log2(milliseconds / 50.0) - 1e-12) + _OFFSET)


@dataclass(slots=True)
class Bucket:
    """Counters and sparse histogram of one slot while it is being filled."""

    counts: list[int] = field(default_factory=lambda: [0] * len(COUNTERS))
    latency: dict[int, int] = field(default_factory=dict)

    def add(self, other: "Bucket") -> None:
        """Add another slot to this one."""
        self.counts = [a + b for a, b in zip(self.counts, other.counts, strict=True)]
        for index, count in other.latency.items():
            self.latency[index] = self.latency.get(index, 0) + count

    def subtract(self, other: "Bucket") -> None:
        """Take another slot off this one; a count may be negative until it is added to what is stored."""
        counts, latency = [-n for n in other.counts], {index: -n for index, n in other.latency.items()}
        self.add(Bucket(counts, latency))

    def add_latency(self, milliseconds: float) -> None:
        """Count one latency."""
        index = bucket(milliseconds)
        self.latency[index] = self.latency.get(index, 0) + 1


@dataclass(frozen=True, slots=True)
class Totals:
    """Sums over many slots: counters by name, and the dense histogram."""

    counts: dict[str, int]
    latency: np.ndarray

    def quantile(self, q: float) -> float | None:
        """Latency in ms at quantile q (nearest rank), within 1 %; None when there is none."""
        total = int(self.latency.sum())
        if not total:
            return None
        rank = max(1, math.ceil(q * total))
        return float(_VALUES[int(np.searchsorted(np.cumsum(self.latency), rank))])

    def share_above(self, milliseconds: float) -> float | None:
        """Share of latencies above an edge, exact for 50 and 100 ms; None when there is none."""
        total = int(self.latency.sum())
        return float(self.latency[bucket(milliseconds) + 1 :].sum()) / total if total else None


def pack_latency(latency: dict[int, int]) -> bytes:
    """The sparse histogram as bytes."""
    pairs = np.array(sorted(latency.items()), dtype=np.int64).reshape(-1, 2)
    packed = np.empty(len(pairs), _PAIR)
    packed["bucket"], packed["count"] = pairs[:, 0], pairs[:, 1]
    return packed.tobytes()


def unpack_latency(data: bytes) -> dict[int, int]:
    """The sparse histogram from bytes."""
    pairs = np.frombuffer(data, _PAIR)
    return dict(zip(pairs["bucket"].tolist(), pairs["count"].tolist(), strict=True))


def pack(counts: list[int], latency: bytes) -> bytes:
    """A slot as bytes, from its counters and its packed histogram."""
    return _COUNTS.pack(*counts) + latency


def total(packed: list[bytes]) -> Totals:
    """The sum of packed slots."""
    head = _COUNTS.size
    counts = np.frombuffer(b"".join([p[:head] for p in packed]), "<i8").reshape(-1, len(COUNTERS)).sum(axis=0)
    pairs = np.frombuffer(b"".join([p[head:] for p in packed]), _PAIR)
    latency = np.bincount(pairs["bucket"], weights=pairs["count"], minlength=BUCKETS).astype(np.int64)
    return Totals(dict(zip(COUNTERS, counts.tolist(), strict=True)), latency)


def floor(seconds: float, width: int = WIDTH) -> int:
    """Start of the slot that holds an instant, epoch seconds."""
    return int(seconds // width) * width


def window(now: float, length: int) -> tuple[int, int]:
    """[from, to) of the window of `length` seconds at `now`: whole slots, the running one included."""
    end = floor(now) + WIDTH
    return end - length, end
