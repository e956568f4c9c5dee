"""The card payments of the benchmarks: the published rules of fraud, and features that look back only."""

import numpy as np

from bench import _card_data as cards

MADE = cards.payments(45, 300, 600, seed=3)


def test_it_follows_the_rules_of_the_protocol() -> None:
    assert (np.diff(MADE.at) >= 0).all()
    assert MADE.fraud[MADE.amount > cards.DEAR].all()
    assert not (MADE.fraud & (MADE.amount <= 0)).any()
    again = cards.payments(45, 300, 600, seed=3)
    assert (again.amount == MADE.amount).all()


def test_its_features_count_what_came_before() -> None:
    found = cards.features(MADE)
    for row in np.random.default_rng(1).integers(0, len(MADE.at), 50).tolist():
        mine = (MADE.customer == MADE.customer[row]) & (MADE.at <= MADE.at[row])
        week = mine & (MADE.at > MADE.at[row] - 7 * cards.DAY)
        assert found["customer_count_7d"][row] == week.sum()
        assert abs(found["customer_mean_7d"][row] - MADE.amount[week].mean()) < 1e-3
        there = (MADE.terminal == MADE.terminal[row]) & (MADE.at <= MADE.at[row] - 7 * cards.DAY)
        there &= MADE.at > MADE.at[row] - 37 * cards.DAY
        assert found["terminal_count_30d"][row] == there.sum()
        share = MADE.fraud[there].mean() if there.any() else 0.0
        assert abs(found["terminal_risk_30d"][row] - share) < 1e-5
