"""Smoothed KL divergence: zero without change whatever the sample size, large for a vanished category."""

import numpy as np
import pytest

from core.drift import kl, status


@pytest.mark.parametrize("n", [50, 500, 50_000])
def test_no_change_stays_below_the_watch_line_at_every_size(n: int) -> None:
    rng = np.random.default_rng(1)
    share = np.full(11, 1 / 11)
    reference = rng.multinomial(50_000, share)
    values = [kl(rng.multinomial(n, share), reference) for _ in range(300)]
    assert np.mean([value >= 0.10 for value in values]) <= 0.05


def test_a_shift_is_seen_and_grows() -> None:
    reference = [1000] * 10 + [0]
    slight, strong = [1100] * 5 + [900] * 5 + [0], [2000] * 5 + [0] * 5 + [0]
    assert kl(reference, reference) == 0
    assert 0 < kl(slight, reference) < 0.02
    assert kl(strong, reference) > 0.5


def test_nothing_to_compare_is_no_drift() -> None:
    assert kl([0, 0], [1, 1]) == kl([1, 1], [0, 0]) == 0


def test_status_words() -> None:
    assert [status(v) for v in (0.05, 0.10, 0.15, 0.151)] == ["healthy", "watch", "watch", "drifted"]
