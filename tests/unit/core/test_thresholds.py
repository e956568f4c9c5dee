"""The threshold simulator's arithmetic against a plain count over rows, and its intervals against simulation."""

import random
from dataclasses import dataclass

import numpy as np
import pytest

from core.errors import BadInput
from core.performance.interval import wilson
from core.thresholds import BUCKETS, GROUPS, Cell, Curve, Thresholds, checked, curve, outcome, poisson

CHOSEN = Thresholds(fraud_threshold=0.6, review_from=0.4, block_from=0.7)


@dataclass(frozen=True)
class Row:
    score: float
    label: str | None
    amount: float


def history(count: int = 4000, seed: int = 1) -> list[Row]:
    rng = random.Random(seed)
    rows = []
    for _ in range(count):
        score = rng.randrange(BUCKETS) / BUCKETS
        label = None if rng.random() < 0.5 else "fraud" if rng.random() < score**2 else "legit"
        rows.append(Row(score, label, round(rng.lognormvariate(4, 1), 2)))
    return rows


def counted(rows: list[Row], hours: float = 10.0) -> Curve:
    rng = random.Random(2)
    cells: list[Cell] = [(round(r.score * BUCKETS), r.label, rng.randrange(GROUPS), 1, r.amount) for r in rows]
    return curve(cells, hours)


def test_it_counts_what_a_plain_count_counts() -> None:
    rows = history()
    found = outcome(counted(rows), CHOSEN)

    def some(label: str | None, low: float, high: float = 2.0) -> list[Row]:
        return [r for r in rows if r.label == label and low <= r.score < high]

    assert found.blocked_fraud.value == pytest.approx(sum(r.amount for r in some("fraud", 0.7)))
    assert found.blocked_legit.value == pytest.approx(sum(r.amount for r in some("legit", 0.7)))
    assert found.blocked_unknown == pytest.approx(sum(r.amount for r in some(None, 0.7)))
    assert found.let_through.value == pytest.approx(sum(r.amount for r in some("fraud", 0, 0.4)), abs=0.02)
    assert found.review_fraud == pytest.approx(sum(r.amount for r in some("fraud", 0.4, 0.7)), abs=0.02)
    assert found.n_blocked_unknown == len(some(None, 0.7))
    assert found.n_through_unknown == len(some(None, 0, 0.4))
    tp, fp = len(some("fraud", 0.6)), len(some("legit", 0.6))
    assert found.precision.value == pytest.approx(tp / (tp + fp))
    assert (found.precision.low, found.precision.high) == wilson(tp, tp + fp)
    assert found.recall.value == pytest.approx(tp / len(some("fraud", 0)))
    in_review = len([r for r in rows if 0.4 <= r.score < 0.7])
    assert found.reviews_per_hour.value == pytest.approx(in_review / 10.0)


def test_the_unknown_are_never_counted_as_right() -> None:
    rows = [Row(0.9, None, 100.0)] * 50 + [Row(0.9, "fraud", 100.0)] * 3 + [Row(0.9, "legit", 100.0)]
    found = outcome(counted(rows), CHOSEN)
    assert (found.blocked_fraud.value, found.blocked_unknown) == (300.0, 5000.0)
    assert found.precision.value == 0.75
    assert found.precision_worst == pytest.approx(3 / 54)
    assert found.precision_best == pytest.approx(53 / 54)


def test_nothing_labelled_gives_no_rates_and_nothing_at_all_gives_none() -> None:
    found = outcome(counted([Row(0.9, None, 1.0)]), CHOSEN)
    assert (found.precision.value, found.recall.value, found.precision_worst) == (None, None, 0.0)
    empty = outcome(counted([], hours=0.0), CHOSEN)
    assert (empty.precision_worst, empty.reviews_per_hour.value, empty.blocked_fraud.value) == (None, None, 0.0)


def test_the_same_history_gives_the_same_curve() -> None:
    assert counted(history()) == counted(history())


def test_bounds_of_money_hold_the_truth_as_often_as_they_say() -> None:
    rng = np.random.default_rng(5)
    held, runs, truth = 0, 200, 400 * 0.5 * np.exp(3 + 0.5**2 / 2)
    for _ in range(runs):
        scores = rng.random(rng.poisson(400))
        amounts = rng.lognormal(3, 0.5, len(scores))
        cells: list[Cell] = [
            (int(score * BUCKETS), "fraud", int(group), 1, float(amount))
            for score, group, amount in zip(scores, rng.integers(0, GROUPS, len(scores)), amounts, strict=True)
        ]
        found = outcome(curve(cells, 1.0), Thresholds(0.5, 0.5, 0.5)).blocked_fraud
        assert found.low is not None
        assert found.high is not None
        held += found.low <= truth <= found.high
    assert 0.89 <= held / runs <= 0.99


@pytest.mark.parametrize("mean", [0.5, 3.0, 40.0])
def test_bounds_of_counts_hold_the_truth_as_often_as_they_say(mean: float) -> None:
    drawn = np.random.default_rng(1).poisson(mean, 4000)
    held = 0
    for count in drawn.tolist():
        found = poisson(count, 1.0)
        held += (found.low or 0.0) <= mean <= (found.high or 0.0)
    assert held / len(drawn) >= 0.94


def test_thresholds_are_put_in_order_and_on_the_grid() -> None:
    assert checked(0.6001, 0.4, 0.7) == CHOSEN
    for values, field in (
        ((0.6, 0.8, 0.7), "review_from"),
        ((0.8, 0.4, 0.7), "fraud_threshold"),
        ((0.6, 0.4, 1.2), "block_from"),
        ((float("nan"), 0.4, 0.7), "fraud_threshold"),
        ((0.6, 0.0, 0.7), "review_from"),
    ):
        with pytest.raises(BadInput) as caught:
            checked(*values)
        assert caught.value.field == field
