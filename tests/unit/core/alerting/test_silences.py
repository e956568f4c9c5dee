"""What a silence mutes: exact names, beginnings, severities, and only while it is in force."""

from datetime import UTC, datetime, timedelta

import pytest

from core.alerting.silences import Silence, concerns, covers, first

NOW = datetime(2030, 1, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)
ALL = Silence(1, "", "", None, "ann", "maintenance", NOW - HOUR, NOW + HOUR)


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
    assert covers(ALL._replace(**matchers), "A3", "amount", "medium", NOW.timestamp()) is expected  # type: ignore[arg-type]


def test_an_exact_matcher_means_the_very_same_text() -> None:
    held = ALL._replace(rule="A3", series="am*", exact_rule=True, exact_series=True)
    assert concerns(held, "A3", "am*", "low")
    for rule, series in (("A3", "amount"), ("A3", ""), ("A3", "AM*"), ("A33", "am*"), ("", "am*")):
        assert not concerns(held, rule, series, "low"), (rule, series)
    without = held._replace(series="")
    assert concerns(without, "A3", "", "low")
    assert not concerns(without, "A3", "amount", "low")


def test_it_mutes_from_its_start_until_just_before_its_end() -> None:
    assert not covers(ALL, "A1", "", "low", ALL.starts_at.timestamp() - 0.001)
    assert covers(ALL, "A1", "", "low", ALL.starts_at.timestamp())
    assert not covers(ALL, "A1", "", "low", ALL.ends_at.timestamp())


def test_of_several_the_one_that_lasts_longest_is_named() -> None:
    longer = ALL._replace(id=2, ends_at=NOW + 2 * HOUR)
    ended = ALL._replace(id=3, ends_at=NOW)
    assert first([ALL, longer, ended], "A1", "", "high", NOW.timestamp()) is longer
    assert first([ended], "A1", "", "high", NOW.timestamp()) is None
