"""Which days of the history are read whole: those that lie in one part of it."""

import pytest

from console.analytics.fraud_cost.store import split
from core.analytics.periods import DAY, HOUR, Span


def hours(spans: list[Span]) -> list[int]:
    return [hour for one in spans for hour in range(one.start, one.end, HOUR)]


@pytest.mark.parametrize(
    ("span", "ends", "whole"),
    [
        (Span(0, 3 * DAY), (), [0, 1, 2]),
        (Span(5 * HOUR, 3 * DAY + HOUR), (), [1, 2]),
        (Span(0, 5 * DAY), (DAY, 2 * DAY + HOUR, 4 * DAY), [0, 1, 3, 4]),
        (Span(0, 5 * DAY), (DAY + HOUR, 2 * DAY - HOUR), [0, 2, 3, 4]),
        (Span(HOUR, 5 * HOUR), (2 * HOUR,), []),
        (Span(DAY - HOUR, DAY + HOUR), (), []),
        (Span(DAY, DAY), (DAY,), []),
    ],
)
def test_each_hour_is_read_once_and_no_whole_day_is_in_two_parts(
    span: Span, ends: tuple[int, ...], whole: list[int]
) -> None:
    days, rest = split(span, ends)
    assert [day for one in days for day in range(one.start // DAY, one.end // DAY)] == whole
    assert all(one.start % DAY == one.end % DAY == 0 for one in days)
    assert sorted(hours(days) + hours(rest)) == list(range(span.start, span.end, HOUR))
