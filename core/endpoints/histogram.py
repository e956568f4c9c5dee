"""Mergeable histograms of durations: any two add up to the one of all their values, and quantiles are within 1 %. Pure.

The buckets are those of `core.events.endpoint_series`, each 2 % wide; one value, 2 * 1.02^i / 2.02, stands for a
bucket with a relative error of at most 0.99 % (Masson, Rim and Lee, "DDSketch: a fast and fully-mergeable quantile
sketch with relative-error guarantees", VLDB 2019).

As bytes a histogram is pairs of a gap (from the bucket before, which for the first is one below the lowest) and a
count, ascending, and a 0, all as LEB128. Neither a gap nor a count is ever 0. So histograms one after another are their
sum, in PostgreSQL too; `compact` makes one of several. Two hundred buckets take some four hundred bytes.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.endpoints import varints
from core.events.endpoint_series import GROWTH, HIGHEST, LOWEST

Counts = NDArray[np.int64]
BUCKETS = HIGHEST - LOWEST + 1
EMPTY = b"\0"
UPPER: NDArray[np.float64] = GROWTH ** np.arange(LOWEST, HIGHEST + 1, dtype=np.float64)
VALUES: NDArray[np.float64] = 2.0 * UPPER / (1.0 + GROWTH)


def encode(buckets: Mapping[int, int]) -> bytes:
    """Bytes of a histogram by bucket; counts are not negative."""
    found = bytearray()
    before = LOWEST - 1
    for index in sorted(buckets):
        if count := buckets[index]:
            varints.put(found, index - before)
            varints.put(found, count)
            before = index
    found.append(0)
    return bytes(found)


def of_row(row: Counts) -> bytes:
    """Bytes of a histogram that is a row of `rows`."""
    places = np.flatnonzero(row)
    return encode(dict(zip((places + LOWEST).tolist(), row[places].tolist(), strict=True)))


def decode(data: bytes) -> dict[int, int]:
    """Counts by bucket of histograms one after another, together."""
    row = rows([data])[0]
    places = np.flatnonzero(row)
    return dict(zip((places + LOWEST).tolist(), row[places].tolist(), strict=True))


def compact(data: bytes) -> bytes:
    """One histogram of those that stand one after another."""
    return of_row(rows([data])[0])


def rows(parts: Sequence[bytes]) -> Counts:
    """A row of `BUCKETS` counts for each part: the sum of the histograms in it."""
    data = np.frombuffer(b"".join(parts), np.uint8)
    if not len(data):
        return np.zeros((len(parts), BUCKETS), np.int64)
    starts, values = varints.read(data)
    read = np.searchsorted(starts, np.cumsum([0, *map(len, parts)]))
    ends = np.flatnonzero(values == 0)
    pairs = np.delete(values, ends)
    gaps, counts = pairs[::2], pairs[1::2]
    after = (ends - np.arange(len(ends))) // 2  # of each histogram: how many pairs there are up to its end
    lengths = np.diff(after, prepend=0)
    reached = np.cumsum(gaps)
    before = np.concatenate([[0], reached])[after - lengths]
    owner = np.searchsorted(read, ends, side="right") - 1
    index = reached + np.repeat(owner * BUCKETS - before - 1, lengths)
    summed = np.bincount(index, weights=counts, minlength=len(parts) * BUCKETS)
    return summed.astype(np.int64).reshape(len(parts), BUCKETS)


def quantiles(counted: Counts, wanted: Sequence[float], least: Any = 0.0, most: Any = np.inf) -> NDArray[np.float64]:
    """Seconds at each quantile (nearest rank) for each row of counts, NaN where a row is empty.

    `least` and `most`, in seconds, are the exact minimum and maximum of each row: no quantile lies beyond.
    """
    reached = np.cumsum(counted, axis=1)
    total = reached[:, -1]
    found = np.full((len(counted), len(wanted)), np.nan)
    for place, q in enumerate(wanted):
        rank = np.maximum(1, np.ceil(q * total - 1e-9))
        at = np.argmax(reached >= rank[:, None], axis=1)
        found[:, place] = np.clip(VALUES[at], least, most)
    found[total == 0] = np.nan
    return found
