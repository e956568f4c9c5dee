"""Ticks of a time axis are round, few, and away from the edges, where their labels would be cut."""

from itertools import pairwise

import pytest

from console.figures.template import time_format, time_ticks

HOUR = 3_600_000


@pytest.mark.parametrize("span", [5_000, 60_000, 900_000, HOUR, 6 * HOUR, 24 * HOUR, 48 * HOUR, 30 * 24 * HOUR])
@pytest.mark.parametrize("offset", [0, 1, 1_234_567])
def test_ticks_are_few_round_and_within(span: int, offset: int) -> None:
    start = 400_000 * HOUR + offset
    ticks = time_ticks(start, start + span)
    assert 2 <= len(ticks) <= 8
    assert all(start + 0.03 * span < tick < start + 0.97 * span for tick in ticks)
    assert len({later - tick for tick, later in pairwise(ticks)}) <= 1


@pytest.mark.parametrize("hours", [26, 48, 80, 95])
def test_labels_with_day_and_hour_are_fewer(hours: int) -> None:
    start = 400_000 * HOUR + 1
    assert time_format(hours * HOUR) == "%b %-d %H:%M"
    assert 2 <= len(time_ticks(start, start + hours * HOUR)) <= 4


@pytest.mark.parametrize("days", [4, 5, 7, 9, 30])
def test_over_days_each_label_is_another_day(days: int) -> None:
    ticks = time_ticks(400_000 * HOUR + 1, 400_000 * HOUR + 1 + days * 24 * HOUR)
    assert time_format(days * 24 * HOUR) == "%b %-d"
    assert len({tick // (24 * HOUR) for tick in ticks}) == len(ticks)


def test_nothing_to_show_has_no_ticks_but_does_not_fail() -> None:
    assert time_ticks(0, 0) == [0]
