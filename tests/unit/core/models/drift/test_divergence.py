"""Smoothed KL divergence: zero without change whatever the sample size, large for a vanished category."""

import numpy as np
import pytest

from core.models.drift import MINIMUM, kl, psi, status


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


def test_psi_is_zero_without_change_and_symmetric() -> None:
    rng = np.random.default_rng(2)
    values = [psi(rng.multinomial(500, [0.1] * 10), rng.multinomial(5000, [0.1] * 10)) for _ in range(300)]
    assert np.mean(values) < 0.02
    one, other = [500, 300, 200], [200, 300, 500]
    assert psi(one, other) == pytest.approx(psi(other, one))
    assert psi(one, other) == pytest.approx(2 * 0.3 * np.log(2.5), rel=0.02)


@pytest.mark.parametrize("kinds", [10, 11])
def test_from_a_hundred_rows_on_no_change_stays_under_the_threshold(kinds: int) -> None:
    rng = np.random.default_rng(3)
    reference = rng.multinomial(50_000, [1 / kinds] * kinds)
    values = [kl(rng.multinomial(MINIMUM, [1 / kinds] * kinds), reference) for _ in range(2000)]
    assert np.mean([value > 0.15 for value in values]) < 0.002
