"""Whole numbers as LEB128: seven bits a byte, the lowest first; a set high bit says that more follow. Pure."""

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.int64]


def put(into: bytearray, value: int) -> None:
    """Append a number that is not negative."""
    while value > 127:
        into.append(value & 127 | 128)
        value >>= 7
    into.append(value)


def read(data: NDArray[np.uint8]) -> tuple[Numbers, Numbers]:
    """Where each number begins, and what it is; of one byte or more."""
    starts = np.concatenate([[0], np.flatnonzero(data[:-1] < 128) + 1])
    lowest = data[starts]
    values = (lowest & 127).astype(np.int64)
    longer = np.flatnonzero(lowest > 127)
    shift = 7
    while len(longer):
        part = data[starts[longer] + shift // 7]
        values[longer] |= (part & 127).astype(np.int64) << shift
        longer = longer[part > 127]
        shift += 7
    return starts, values
