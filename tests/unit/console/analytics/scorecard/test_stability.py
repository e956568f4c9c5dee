"""PSI with critical values that know n: by the book where rows are many, by draws where they are few."""

import numpy as np
import pytest
from scipy import stats

from bench import scorecard_false_alarms
from console.analytics.scorecard import stability

TENTHS = np.full(10, 0.1)


def drawn(seed: int, n: int, shares: np.ndarray | None = None) -> np.ndarray:
    return np.random.default_rng(seed).multinomial(n, TENTHS if shares is None else shares)


def test_many_rows_have_the_critical_value_of_chi_squared() -> None:
    found = stability.judge("score", drawn(1, 50_000), drawn(2, 20_000))
    assert not found.drawn
    assert found.critical == pytest.approx((1 / 50_000 + 1 / 20_000) * stats.chi2.ppf(0.95, 9))
    assert found.p == pytest.approx(stats.chi2.sf(found.psi / (1 / 50_000 + 1 / 20_000), 9))


def test_the_psi_is_the_sum_by_the_book() -> None:
    now, before = np.array([4000, 6000]), np.array([5000, 5000])
    expected = (0.4 - 0.5) * np.log(0.4 / 0.5) + (0.6 - 0.5) * np.log(0.6 / 0.5)
    assert stability.judge("x", now, before).psi == pytest.approx(expected, rel=1e-3)


def test_few_rows_are_drawn_and_alike_at_every_reload() -> None:
    first, second = (stability.judge("score", drawn(1, 50), drawn(2, 20_000)) for _ in range(2))
    assert first.drawn
    assert first == second
    assert first.critical > 0.25, "at 50 rows chance alone passes the customary limits"


def test_a_large_shift_is_seen_and_a_small_one_is_said_to_be_small() -> None:
    moved = np.array([0.3, 0.2, *[0.0625] * 8])
    assert stability.judge("score", drawn(1, 1000, moved), drawn(2, 20_000)).state == "large"
    little = np.array([0.105, 0.095, *[0.1] * 8])
    assert stability.judge("score", drawn(1, 1_000_000, little), drawn(2, 1_000_000)).state == "small"


def test_fewer_rows_than_the_minimum_and_a_single_bin_say_nothing() -> None:
    assert stability.judge("score", drawn(1, 49), drawn(2, 20_000)).state == "few"
    assert stability.judge("day", np.array([100, 0]), np.array([500, 0])).state == "stable"


def test_features_are_looked_at_together() -> None:
    found = [stability.judge(f"f{n}", drawn(n, 5000), drawn(100 + n, 20_000)) for n in range(200, 240)]
    assert any(one.psi > one.critical for one in found), "one of twenty by chance"
    assert stability.beyond_chance(found) == set()
    moved = np.array([0.2, *[0.8 / 9] * 9])
    found.append(stability.judge("moved", drawn(1, 5000, moved), drawn(2, 20_000)))
    assert stability.beyond_chance(found) == {"moved"}


@pytest.mark.parametrize(
    ("n", "m", "shares"), [(50, 50, "equal"), (50, 20_000, "rare"), (1_000_000, 1_000_000, "rare")]
)
def test_false_alarms_are_five_of_a_hundred(n: int, m: int, shares: str) -> None:
    """400 pairs, seeds [n, m, pair]; three standard deviations. `bench scorecard_false_alarms` has 2,000."""
    share, _ = scorecard_false_alarms.rate(n, m, shares, 400)
    assert abs(share - 0.05) <= 3 * np.sqrt(0.05 * 0.95 / 400)
