"""Bins of a range: where they lie, how their axis reads, and what they are called."""

import pytest

from console.figures.bins import MINUTE, Bins


def test_times_are_the_middles() -> None:
    bins = Bins(100, 106, 2)
    assert bins.times == [101 * MINUTE, 103 * MINUTE, 105 * MINUTE]
    assert (bins.start, bins.end) == (100 * MINUTE, 106 * MINUTE)


@pytest.mark.parametrize(
    ("step", "words"), [(1, "1 minute"), (2, "2 minutes"), (60, "1 hour"), (360, "6 hours"), (1440, "1 day")]
)
def test_words_say_how_long_one_is(step: int, words: str) -> None:
    assert Bins(0, 2880, step).words == words


def test_ticks_over_days_are_days() -> None:
    assert Bins(0, 4 * 1440, 60).axis["tickformat"] == "%b %-d"
    assert Bins(0, 60, 1).axis.get("tickformat") != "%b %-d"
