"""Effects follow the data where there are many, stay near the mean where there are few, and are wide where none are."""

import numpy as np
import pytest

from console.analytics.fraud_cost.regression import Design, Family, fit

GROUPS = np.arange(6)


def design(groups: int = 6) -> Design:
    return Design([np.arange(groups)], [groups], np.zeros(groups))


@pytest.mark.parametrize(("family", "scale"), [("share", 1.0), ("rate", 1e4)])
def test_many_cases_are_believed(family: Family, scale: float) -> None:
    shares = np.array([0.2, 0.25, 0.3, 0.35, 0.4, 0.5])
    effects = fit(family, design(), shares * 5000, np.full(6, 5000.0 * scale), -1.0)
    found = effects.at_mode(design())
    rates = 1 / (1 + np.exp(-found)) if family == "share" else np.exp(found) * scale
    assert rates == pytest.approx(shares, rel=0.03)


def test_few_cases_stay_near_the_mean_of_all() -> None:
    hits, of = np.array([150.0, 160, 140, 155, 145, 2]), np.array([500.0, 500, 500, 500, 500, 2])
    rate = 1 / (1 + np.exp(-fit("share", design(), hits, of, 0.0).at_mode(design())))
    assert rate[5] == pytest.approx(0.3, abs=0.06), "two of two is not 100 %"


def test_a_group_without_cases_is_as_uncertain_as_groups_differ() -> None:
    random = np.random.default_rng(1)
    of = np.array([400.0, 400, 400, 400, 400, 0])
    spreads = []
    for hits in ([120.0, 121, 119, 120, 120, 0], [40.0, 200, 80, 300, 120, 0]):
        draws = fit("share", design(), np.array(hits), of, 0.0).predictors(design(), 4000, random)
        spreads.append(draws.std(axis=0))
    assert spreads[0][5] < spreads[1][5] / 2
    assert spreads[1][5] > 2 * spreads[1][0]


def test_a_trend_is_found() -> None:
    trend = np.linspace(-1.5, 1.5, 6)
    shares = 1 / (1 + np.exp(1 - 0.8 * trend))
    groups = Design([np.zeros(6, np.int64)], [1], trend)
    effects = fit("share", groups, shares * 3000, np.full(6, 3000.0), 0.0)
    assert effects.mode[1] == pytest.approx(0.8, abs=0.05)
