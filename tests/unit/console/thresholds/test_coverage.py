"""When a hold-out speaks for what a span blocked: by day, by weight, and by how much of it has a label."""

from datetime import UTC, datetime, timedelta

import pytest

from console.thresholds.coverage import Day, coverage, way
from core.config import HoldoutConfig

RULES = HoldoutConfig(least_labelled=30, covered=0.5, represented=0.5, expected=10)
START = datetime(2026, 1, 1, tzinfo=UTC)


def day(n: int, blocked: int, held: int = 0, share: float = 0.1) -> Day:
    return Day(START + timedelta(days=n), blocked, held, held / share)


def test_the_held_out_of_a_day_stand_for_exactly_what_was_blocked_then() -> None:
    found = coverage([day(0, 85, 15), day(1, 190, 10)], RULES)
    assert (found.share, found.would_block, found.summed) == (1.0, 300, 250.0)
    assert found.factors[START] * 15 / 0.1 == pytest.approx(100)
    assert found.factors[START + timedelta(days=1)] * 10 / 0.1 == pytest.approx(200)


def test_days_before_it_ran_are_not_covered() -> None:
    found = coverage([day(n, 90 if n >= 10 else 100, 10 if n >= 10 else 0) for n in range(30)], RULES)
    assert min(found.factors) == START + timedelta(days=10)
    assert (len(found.factors), found.share) == (20, pytest.approx(2 / 3))
    assert way(found, 30, RULES) == "weighted"
    assert way(found, 29, RULES) == "few"


def test_the_last_day_alone_does_not_stand_for_a_month() -> None:
    found = coverage([day(n, 100) for n in range(29)] + [day(29, 50, 50, 0.5)], RULES)
    assert (len(found.factors), way(found, 50, RULES)) == (1, "partial")


def test_one_held_out_late_in_a_day_does_not_stand_for_that_day() -> None:
    assert not coverage([day(0, 1000, 1)], RULES).factors


def test_sparse_days_are_joined_until_a_hold_out_can_be_seen_in_them() -> None:
    """Two days in three hold nothing out by chance; it ran all the while."""
    found = coverage([day(n, 19, 1, 1 / 60) if n % 3 == 0 else day(n, 20) for n in range(30)], RULES)
    assert (len(found.factors), found.share) == (30, 1.0)


def test_quiet_days_without_anything_blocked_are_covered() -> None:
    found = coverage([day(0, 80, 20), day(1, 0), day(2, 80, 20)], RULES)
    assert len(found.factors) == 3


def test_without_a_hold_out_there_is_none() -> None:
    for days in ([], [day(0, 10)]):
        assert way(coverage(days, RULES), 0, RULES) == "none"
