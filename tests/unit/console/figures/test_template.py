"""Ticks of a time axis are round, few, and away from the edges, where their labels would be cut."""

from itertools import pairwise

import pytest

from console.figures.template import time_ticks

HOUR = 3_600_000


@pytest.mark.parametrize("span", [5_000, 60_000, 900_000, HOUR, 6 * HOUR, 24 * HOUR, 30 * 24 * HOUR])
@pytest.mark.parametrize("offset", [0, 1, 1_234_567])
def test_ticks_are_few_round_and_within(span: int, offset: int) -> None:
    start = 400_000 * HOUR + offset
    ticks = time_ticks(start, start + span)
    assert 2 <= len(ticks) <= 8
    assert all(start + 0.03 * span < tick < start + 0.97 * span for tick in ticks)
    assert len({later - tick for tick, later in pairwise(ticks)}) <= 1


def test_nothing_to_show_has_no_ticks_but_does_not_fail() -> None:
    assert time_ticks(0, 0) == [0]
