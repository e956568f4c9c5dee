"""Samples by stack as bytes: pairs of a stack's number and its samples, as LEB128, in any order. Pure.

Pairs one after another are their sum, in PostgreSQL too; `encode` of what `decode` finds makes one of several. Stack 0
is what is beyond a limit. A pair is three to five bytes, as stacks that are seen often have low numbers.
"""

from collections.abc import Mapping

import numpy as np

from core.endpoints import varints

OTHER = 0


def encode(samples: Mapping[int, int], most: int = 0) -> bytes:
    """Bytes of samples by stack, those seen most first; beyond `most` stacks (0: any number) they count as OTHER."""
    listed = sorted(samples.items(), key=lambda one: (-one[1], one[0]))
    if most and len(listed) > most:
        kept = dict(listed[:most])
        kept[OTHER] = kept.get(OTHER, 0) + sum(count for _, count in listed[most:])
        listed = list(kept.items())
    found = bytearray()
    for stack, count in listed:
        varints.put(found, stack)
        varints.put(found, count)
    return bytes(found)


def decode(data: bytes) -> dict[int, int]:
    """Samples by stack of pairs that stand one after another."""
    if not data:
        return {}
    _, values = varints.read(np.frombuffer(data, np.uint8))
    stacks, places = np.unique(values[::2], return_inverse=True)
    samples = np.zeros(len(stacks), np.int64)
    np.add.at(samples, places, values[1::2])
    return dict(zip(stacks.tolist(), samples.tolist(), strict=True))
