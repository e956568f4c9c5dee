"""Where a range is read: each minute once, from rows as wide as can be, and never from a sum that is stale."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.endpoint_spans import DAY, HOUR, MINUTE, STEPS, Span, chosen, step_for, widened

START = 20_000 * DAY
HOURS = st.sets(st.integers(0, 5 * 24).map(lambda number: START + number * HOUR), max_size=4)
DAYS = st.sets(st.integers(0, 5).map(lambda number: START + number * DAY), max_size=3)


def test_days_then_hours_then_minutes() -> None:
    found = chosen(START - 61, START + DAY + HOUR + 7, set(), set())
    assert found == [
        Span(MINUTE, START - 61, START - HOUR), Span(HOUR, START - HOUR, START), Span(DAY, START, START + DAY),
        Span(HOUR, START + DAY, START + DAY + HOUR), Span(MINUTE, START + DAY + HOUR, START + DAY + HOUR + 7),
    ]  # fmt: skip


def test_a_stale_hour_is_read_from_its_minutes_and_its_day_from_hours() -> None:
    found = chosen(START, START + 3 * DAY, {START + DAY + HOUR}, {START + 2 * DAY})
    assert found == [
        Span(DAY, START, START + DAY), Span(HOUR, START + DAY, START + DAY + HOUR),
        Span(MINUTE, START + DAY + HOUR, START + DAY + 2 * HOUR),
        Span(HOUR, START + DAY + 2 * HOUR, START + 3 * DAY),
    ]  # fmt: skip


@given(st.integers(0, 4 * DAY), st.integers(1, 2 * DAY), HOURS, DAYS, st.sampled_from([MINUTE, HOUR, DAY]))
def test_every_minute_is_read_once(first: int, length: int, hours: set[int], days: set[int], widest: int) -> None:
    at = START + first
    found = chosen(at, at + length, hours, days, widest)
    assert (found[0].first, found[-1].after) == (at, at + length)
    assert all(one.after == next_one.first for one, next_one in pairwise(found))
    for one in found:
        assert one.width <= widest
        assert one.first < one.after
        assert one.width == MINUTE or one.first % one.width == one.after % one.width == 0
        inside = {hour for hour in hours if one.first <= hour < one.after}
        assert one.width == MINUTE or not inside
        assert one.width != DAY or not {day for day in days if one.first <= day < one.after}


@pytest.mark.parametrize("length", [1, 60, 361, 1440, 10_081, 43_200, 129_600])
def test_a_range_is_in_few_whole_bins(length: int) -> None:
    step = step_for(length, 48)
    first, after = widened(START + 13, START + 13 + length, step)
    assert step in STEPS
    assert first % step == after % step == 0
    assert first <= START + 13 < START + 13 + length <= after
    assert (after - first) // step <= 49


def test_ninety_days_are_few_spans() -> None:
    assert len(chosen(START + 77, START + 77 + 90 * DAY, set(), set())) == 5
