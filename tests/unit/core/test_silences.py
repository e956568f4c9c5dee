"""What a silence mutes: exact names, beginnings, severities, and only while it is in force."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from core.silences import Silence, muting

NOW = datetime(2030, 1, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)
ALL = Silence(1, "", "", None, "ann", "maintenance", NOW - HOUR, NOW + HOUR, NOW - HOUR)


@pytest.mark.parametrize(
    ("matchers", "expected"),
    [
        ({}, True),
        ({"rule": "A3"}, True),
        ({"rule": "A"}, False),
        ({"rule": "A*"}, True),
        ({"rule": "B*"}, False),
        ({"series": "amount"}, True),
        ({"series": "amou*"}, True),
        ({"series": "wallet_age"}, False),
        ({"severity": "medium"}, True),
        ({"severity": "high"}, False),
        ({"rule": "A3", "series": "am*", "severity": "medium"}, True),
        ({"rule": "A3", "series": "am*", "severity": "low"}, False),
    ],
)
def test_every_matcher_given_must_fit(matchers: dict[str, str], expected: bool) -> None:
    assert replace(ALL, **matchers).matches("A3", "amount", "medium") is expected


def test_it_mutes_from_its_start_until_just_before_its_end() -> None:
    assert not ALL.is_in_force(NOW - HOUR - timedelta(microseconds=1))
    assert ALL.is_in_force(NOW - HOUR)
    assert not ALL.is_in_force(NOW + HOUR)


def test_of_several_the_one_that_lasts_longest_is_named() -> None:
    longer = replace(ALL, id=2, ends_at=NOW + 2 * HOUR)
    ended = replace(ALL, id=3, ends_at=NOW)
    found = muting([ALL, longer, ended], "A1", "", "high", NOW)
    assert found is longer
    assert muting([ended], "A1", "", "high", NOW) is None
