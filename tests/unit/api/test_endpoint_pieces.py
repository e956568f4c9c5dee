"""Pieces of a range: each minute is in one, by the sum that is right, and few change while rows come in."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from api.endpoint_pieces import Piece, cut
from api.endpoint_spans import DAY, HOUR, MINUTE, chosen

START = 20_000 * DAY
HOURS = st.sets(st.integers(0, 5 * 24).map(lambda number: START + number * HOUR), max_size=4)
DAYS = st.sets(st.integers(0, 5).map(lambda number: START + number * DAY), max_size=3)


def test_an_hour_that_runs_is_cut_by_ten_minutes_and_its_newest_are_apart() -> None:
    after = START + HOUR + 27
    found = cut(chosen(START + 35, after, {START + HOUR}, {START}), {START + HOUR}, {START}, after)
    assert found == [
        Piece(MINUTE, START + 35, START + HOUR, HOUR, START, START + HOUR),
        *(Piece(MINUTE, at, to, MINUTE, at, to) for at, to in pairwise(
            START + HOUR + minute for minute in (0, 10, 20, 24, 27)
        )),
    ]  # fmt: skip


def test_hours_are_known_by_their_day_and_days_by_themselves() -> None:
    after = START + 2 * DAY + 2 * HOUR
    found = cut(chosen(START + DAY - HOUR, after, set(), {START + 2 * DAY}), set(), {START + 2 * DAY}, after)
    assert found == [
        Piece(HOUR, START + DAY - HOUR, START + DAY, DAY, START, START + DAY),
        Piece(DAY, START + DAY, START + 2 * DAY, DAY, START + DAY, START + 2 * DAY),
        Piece(HOUR, START + 2 * DAY, after, HOUR, START + 2 * DAY, after),
    ]


@given(st.integers(0, 4 * DAY), st.integers(1, 2 * DAY), HOURS, DAYS, st.sampled_from([MINUTE, HOUR, DAY]))
def test_every_minute_is_in_one_piece(first: int, length: int, hours: set[int], days: set[int], widest: int) -> None:
    at, after = START + first, START + first + length
    found = cut(chosen(at, after, hours, days, widest), hours, days, after)
    assert (found[0].first, found[-1].after) == (at, after)
    assert all(one.after == next_one.first for one, next_one in pairwise(found))
    for one in found:
        assert one.first < one.after
        assert one.start <= one.first < one.after <= one.end
        inside = {hour for hour in hours if one.start <= hour < one.end}
        assert one.by == MINUTE or not inside
        assert one.by != DAY or not {day for day in days if one.start <= day < one.end}
