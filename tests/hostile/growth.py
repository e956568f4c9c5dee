"""Whether work grows faster than its input: ratios of CPU time, never a time by itself.

An input is made for longer and longer lengths. Short steps first: exponential work is seen at thirty characters, and
would not end at a thousand. What looks too slow once is measured again, as a busy machine is no fault of the code.
"""

import time
from collections.abc import Callable, Sequence
from typing import Any

SHORT = tuple(range(10, 41, 2))
# Quadratic work that does a hundred steps a nanosecond, which is more than memory allows, is noticeable at the last.
LONG = (100, 500, 5_000, 50_000)
NOTICEABLE = 0.004  # CPU seconds below which a ratio says nothing
AGAIN = 4
BEYOND_DOUBT = 8.0  # so many times what is allowed is no busy machine


def too_slow(work: Callable[[Any], object], made: Callable[[int], Any], lengths: Sequence[int] = LONG) -> str:
    """ "" when `work` on what `made` makes is linear; else the lengths and the ratio that say otherwise."""
    steps = [length for length in SHORT if length < lengths[0]] + list(lengths)
    before, took_before = 0, 0.0
    for length in steps:
        took = _took(work, made, length, 1)
        allowed = _allowed(before, length) * max(took_before, NOTICEABLE / 10) if before else took
        if took > max(NOTICEABLE, allowed):
            if took < BEYOND_DOUBT * allowed:
                took_before, took = _took(work, made, before, AGAIN), _took(work, made, length, AGAIN)
                allowed = _allowed(before, length) * max(took_before, NOTICEABLE / 10)
            if took > max(NOTICEABLE, allowed):
                ratio = took / max(took_before, 1e-9)
                return f"{length / before:.3g} times the input took {ratio:.3g} times as long ({before} to {length})"
        before, took_before = length, took
    return ""


def _allowed(before: int, length: int) -> float:
    """Three times what linear work would take: a quadratic one takes ten times it at a step of ten."""
    return 3.0 * length / before


def _took(work: Callable[[Any], object], made: Callable[[int], Any], length: int, times: int) -> float:
    given = made(length)
    best = float("inf")
    for _ in range(times):
        began = time.thread_time()
        work(given)
        best = min(best, time.thread_time() - began)
    return best
