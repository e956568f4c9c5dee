"""Our tests give SciPy's p-values, keep their level where cells are small, and are controlled together."""

import numpy as np
import pytest
import scipy  # its `stats` take a second and come when they are asked for

from ml.drift import significance


@pytest.mark.parametrize(("x", "p"), [(0.8276, 0.5), (1.2238, 0.1), (1.3581, 0.05), (1.6276, 0.01), (1.9495, 0.001)])
def test_the_p_value_of_a_distance_is_that_of_smirnovs_table(x: float, p: float) -> None:
    n, m = 400, 100
    assert significance.kolmogorov_smirnov(x / (n * m / (n + m)) ** 0.5, n, m) == pytest.approx(p, rel=2e-3)


def test_the_asymptotic_distance_errs_to_the_safe_side() -> None:
    for n, d in ((30, 0.3), (50, 0.28), (50, 0.3), (200, 0.15)):
        first = np.arange(n) / n
        exact = scipy.stats.ks_2samp(first, first + d, method="exact")
        ours = significance.kolmogorov_smirnov(float(exact.statistic), n, n)
        assert ours >= exact.pvalue * 0.98
        assert ours == pytest.approx(exact.pvalue, rel=0.25)


def test_homogeneity_equals_scipys() -> None:
    a, b = [40, 60, 25, 80], [120, 130, 90, 160]
    expected = scipy.stats.chi2_contingency([a, b], correction=False)
    found, freedom, p = significance.chi_squared(a, b)
    assert (found, freedom, p) == pytest.approx((expected.statistic, expected.dof, expected.pvalue))


@pytest.mark.parametrize("table", [(3, 50, 4, 1000), (0, 50, 30, 1000), (10, 20, 1, 60), (0, 10, 0, 10), (7, 7, 0, 9)])
def test_fishers_exact_test(table: tuple[int, int, int, int]) -> None:
    a, n, b, m = table
    expected = scipy.stats.fisher_exact([[a, n - a], [b, m - b]]).pvalue
    assert significance.fisher(*table) == pytest.approx(expected, rel=1e-6)
    assert significance.shares(*table) == pytest.approx(expected, rel=1e-6)


@pytest.mark.parametrize(("n", "m", "kinds"), [(50, 400, 12), (60, 60, 25), (6000, 6000, 2500)])
def test_small_cells_keep_the_level(n: int, m: int, kinds: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(significance, "DRAWS", 499)
    random = np.random.default_rng(kinds)
    share = random.dirichlet(np.ones(kinds))
    found = [
        significance.chi_squared(random.multinomial(n, share), random.multinomial(m, share), seed)[2]
        for seed in range(600)
    ]
    # 600 runs at 0.05: 0.05 + 3 standard errors.
    assert np.mean([p <= 0.05 for p in found]) <= 0.077


def test_a_change_in_small_cells_is_seen() -> None:
    assert significance.chi_squared([40, 5, 5, 0, 0, 0], [800, 100, 60, 20, 15, 5])[2] > 0.05
    assert significance.chi_squared([30, 0, 0, 0, 0, 20], [800, 100, 60, 20, 15, 5])[2] < 0.001


def test_nothing_to_compare_is_no_evidence() -> None:
    assert significance.chi_squared([5], [9])[2] == significance.chi_squared([0, 0], [3, 4])[2] == 1.0
    assert significance.kolmogorov_smirnov(0.5, 0, 10) == significance.shares(0, 0, 1, 2) == 1.0


def test_holm_by_the_book() -> None:
    assert significance.holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert significance.holm([]) == []


def test_merging_keeps_the_sums() -> None:
    a, b = significance.merged(np.array([1.0, 2.0, 300.0, 1.0]), np.array([2.0, 9.0, 500.0, 1.0]))
    assert (a.sum(), b.sum()) == (304, 512)
    assert len(a) == 2
