"""Periods as addresses name them, what they are compared with, and what is wrong with an address."""

import pytest

from core.analytics import periods
from core.analytics.periods import DAY, HOUR, Span, parse
from core.errors import BadInput

NOW = 20_700 * DAY + 9 * HOUR + 1234.5
END = 20_700 * DAY + 10 * HOUR


def test_the_usual_period_is_24_hours_with_the_one_under_way() -> None:
    found = parse({}, NOW)
    assert (found.name, found.span) == ("24h", Span(END - DAY, END))
    assert found.is_live
    assert found.finished == Span(END - DAY, END - HOUR)
    assert found.query == ""


@pytest.mark.parametrize(("name", "days", "weeks"), [("24h", 1, 1), ("7d", 7, 1), ("30d", 30, 5)])
def test_a_period_is_compared_over_finished_hours(name: str, days: int, weeks: int) -> None:
    found = parse({"period": name}, NOW)
    assert found.span.end - found.span.start == days * DAY
    assert found.before == found.finished.back(days * DAY)
    assert found.same_weekdays == found.finished.back(weeks * 7 * DAY)
    assert found.before is not None
    assert found.before.end <= found.span.start, "no hour is compared with itself"


def test_all_begins_where_anything_is_known_and_is_compared_with_nothing() -> None:
    found = parse({"period": "all"}, NOW, oldest=END - 90 * DAY + 60)
    assert found.span == Span(END - 90 * DAY, END)
    assert (found.before, found.same_weekdays) == (None, None)
    assert parse({"period": "all"}, NOW).span == Span(END - HOUR, END), "nothing is known yet"


def test_a_period_of_ones_own_is_whole_hours_and_its_address_asks_for_it_again() -> None:
    found = parse({"from": "1970-01-02T01:20", "to": "1970-01-03"}, NOW)
    assert found.span == Span(DAY + HOUR, 2 * DAY)
    assert not found.is_live
    assert found.finished == found.span
    again = dict(pair.split("=") for pair in found.query.lstrip("?").replace("%3A", ":").split("&"))
    assert parse(again, NOW) == found


def test_a_period_of_ones_own_ends_with_the_hour_under_way_at_the_latest() -> None:
    found = parse({"period": "custom", "from": "2026-09-03T23:59", "to": "2999-01-01"}, NOW)
    assert found.span.end == END


@pytest.mark.parametrize(
    ("args", "told"),
    [
        ({"period": "fortnight"}, "no period"),
        ({"period": "custom", "to": "2026-01-01"}, "needs 'from'"),
        ({"from": "yesterday", "to": "2026-01-01"}, "no time"),
        ({"from": "2026-01-02", "to": "2026-01-01"}, "before the beginning"),
        ({"from": "2998-01-02", "to": "2999-01-01"}, "in the future"),
        ({"from": "1970-01-02", "to": "2026-01-01"}, "at most"),
    ],
)
def test_what_is_wrong_is_said(args: dict[str, str], told: str) -> None:
    with pytest.raises(BadInput, match=told):
        parse(args, NOW)


@pytest.mark.parametrize(("days", "hours"), [(1, 1), (8, 1), (9, 3), (30, 6), (90, 12), (200, 24), (700, 168)])
def test_a_chart_has_few_enough_bins(days: int, hours: int) -> None:
    found = periods.Period("custom", Span(END - days * DAY, END), NOW)
    assert found.step == hours * HOUR
    assert days * DAY / found.step <= periods.MOST_BINS


@pytest.mark.parametrize(
    ("span", "whole"),
    [
        (Span(0, 2 * DAY), Span(0, 2 * DAY)),
        (Span(HOUR, 2 * DAY + HOUR), Span(DAY, 2 * DAY)),
        (Span(HOUR, DAY + HOUR), Span(DAY, DAY)),
        (Span(HOUR, 5 * HOUR), Span(5 * HOUR, 5 * HOUR)),
    ],
)
def test_whole_days_of_a_span(span: Span, whole: Span) -> None:
    assert span.whole_days == whole
