"""The approval rate at an unchanged mix: worked by hand, and blind to a change of the mix alone."""

import random

import pytest

from core.analytics.mix import adjusted

SMALL, LARGE = (2, 0), (7, 0)


def test_it_is_the_weighted_mean_of_the_rates_of_now() -> None:
    found = adjusted({SMALL: (900, 810), LARGE: (100, 40)}, {SMALL: (500, 1), LARGE: (500, 1)})
    assert found is not None
    assert found.rate == pytest.approx(0.5 * 0.9 + 0.5 * 0.4)
    assert found.covered == 1.0
    assert found.low < found.rate < found.high


def test_a_change_of_the_mix_alone_changes_nothing() -> None:
    before = {SMALL: (500, 450), LARGE: (500, 200)}
    now = {SMALL: (900, 810), LARGE: (100, 40)}
    found = adjusted(now, before)
    assert found is not None
    assert found.rate == pytest.approx(650 / 1000), "as before, though 85 % are approved now"


def test_too_few_or_too_little_in_common_has_no_rate() -> None:
    assert adjusted({SMALL: (49, 40)}, {SMALL: (500, 450)}) is None
    assert adjusted({SMALL: (500, 450)}, {SMALL: (49, 40)}) is None
    assert adjusted({}, {}) is None
    assert adjusted({SMALL: (500, 450)}, {SMALL: (440, 400), LARGE: (60, 20)}) is None
    covered = adjusted({SMALL: (500, 450)}, {SMALL: (460, 400), LARGE: (40, 20)})
    assert covered is not None
    assert covered.covered == pytest.approx(0.92)


def test_the_interval_covers() -> None:
    dice, within = random.Random(4), 0
    before = {(band, 0): (100 * band, 0) for band in range(1, 6)}
    truth = sum(band / 15 * (1 - 0.05 * band) for band in range(1, 6))
    for _ in range(400):
        now = {
            (band, 0): (60, sum(dice.random() < 1 - 0.05 * band for _ in range(60))) for band in range(1, 6)
        }  # fmt: skip
        found = adjusted(now, before)
        assert found is not None
        within += found.low <= truth <= found.high
    assert within >= 0.92 * 400
