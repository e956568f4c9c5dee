"""What unlabelled blocked ones were follows from the hold-out, and agrees with what is counted."""

import numpy as np
import pytest

from console.analytics.fraud_cost import blocked
from console.analytics.fraud_cost.cells import BLOCKED, FRAUD, LEGIT, REVIEW, Cells
from tests.unit.console.analytics.fraud_cost.made import cells

HELD = {"decision": REVIEW, "held": 1, "score": 8}
FRAUDS, HONEST = {**HELD, "label": FRAUD, "n": 120}, {**HELD, "label": LEGIT, "n": 80}
UNLABELLED = {"decision": BLOCKED, "score": 8, "n": 4000, "cents": 20_000_000}


def drawn(*rows: dict[str, int]) -> blocked.BlockedDraws:
    history = cells(*rows)
    return blocked.estimate(blocked.learn(history), history, 2000, np.random.default_rng(1))


def test_the_share_of_the_hold_out_is_that_of_what_was_blocked() -> None:
    money = drawn(FRAUDS, HONEST, UNLABELLED).fraud_cents.sum(axis=1)
    assert money.mean() == pytest.approx(0.6 * 20_000_000, rel=0.03)
    low, high = np.quantile(money, [0.025, 0.975])
    assert high - low == pytest.approx(2 * 1.96 * np.sqrt(0.6 * 0.4 / 200) * 20_000_000, rel=0.2)


def test_a_band_that_differs_is_told_apart() -> None:
    dear = {"band": 18, "cents": 9_000_000, "n": 100}
    rows = [FRAUDS, HONEST, UNLABELLED, {**FRAUDS, "band": 18, "n": 10}, {**HONEST, "band": 18, "n": 90}]
    found = drawn(*rows, {**UNLABELLED, **dear})
    share = found.fraud_cents.mean(axis=0) / found.cents
    assert sorted(share) == pytest.approx([0.1, 0.6], abs=0.05)


def test_what_is_counted_is_taken_off_what_is_estimated() -> None:
    appealed = {**UNLABELLED, "label": LEGIT, "n": 1000, "cents": 5_000_000}
    left = {**UNLABELLED, "n": 3000, "cents": 15_000_000}
    money = drawn(FRAUDS, HONEST, left, appealed).fraud_cents.sum(axis=1)
    assert money.mean() == pytest.approx(0.6 * 20_000_000, rel=0.03), "appeals are a choice: the rest has more fraud"
    proved = {**UNLABELLED, "label": FRAUD, "n": 3900, "cents": 19_500_000}
    money = drawn(FRAUDS, HONEST, {**UNLABELLED, "n": 100, "cents": 500_000}, proved).fraud_cents.sum(axis=1)
    assert money.max() < 1000, "more fraud is counted than the hold-out says: nothing is left"


def test_scores_that_the_hold_out_never_has_are_not_covered() -> None:
    history = cells(FRAUDS, UNLABELLED, {**UNLABELLED, "score": 2})
    assert blocked.covered(history).tolist() == [True, True, False]
    assert not blocked.covered(cells(UNLABELLED)).any()
    assert blocked.labelled_held_out(cells(FRAUDS, HONEST, HELD)) == 200


def test_no_band_has_to_be_in_the_hold_out() -> None:
    found = drawn(FRAUDS, HONEST, {**UNLABELLED, "band": 20})
    assert 0.2 < found.fraud.mean() / 4000 < 0.9


def test_groups_sum_up_to_their_whole() -> None:
    random = np.random.default_rng(1)
    most = np.array([100.0, 50.0, 10.0])
    some = random.uniform(0, 10, (200, 3))
    whole = random.uniform(0, 155, 200)
    found = blocked.raked(some, whole, most)
    assert (found <= most + 1e-9).all()
    assert found.sum(axis=1) == pytest.approx(whole, rel=0.01)
    assert blocked.raked(np.zeros((1, 3)), np.array([16.0]), most).sum() == pytest.approx(16, rel=0.01)


def test_cells_can_be_chosen() -> None:
    found: blocked.BlockedDraws = drawn(FRAUDS, HONEST, UNLABELLED, {**UNLABELLED, "week": 11})
    assert found.where(found.week == 11).fraud.shape == (2000, 1)
    assert isinstance(cells(HELD), Cells)
