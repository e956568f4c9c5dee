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
            _put(found, index - before)
            _put(found, count)
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
    ends = data < 128
    starts = np.flatnonzero(np.concatenate([[True], ends[:-1]]))
    place = np.arange(len(data)) - np.repeat(starts, np.diff(np.append(starts, len(data))))
    values = np.add.reduceat((data & 127).astype(np.int64) << (7 * place), starts)
    read = np.concatenate([[0], np.cumsum(ends)])[np.concatenate([[0], np.cumsum([len(part) for part in parts])])]
    owner = np.repeat(np.arange(len(parts)), np.diff(read))
    is_end = values == 0
    sketch, kept = np.cumsum(is_end)[~is_end][::2], values[~is_end]
    gaps, counts, owner = kept[::2], kept[1::2], owner[~is_end][::2]
    first = np.flatnonzero(np.diff(sketch, prepend=-1))
    reached = np.cumsum(gaps)
    before = np.repeat(reached[first] - gaps[first], np.diff(np.append(first, len(gaps))))
    index = owner * BUCKETS + reached - before - 1
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


def _put(into: bytearray, value: int) -> None:
    while value > 127:
        into.append(value & 127 | 128)
        value >>= 7
    into.append(value)
