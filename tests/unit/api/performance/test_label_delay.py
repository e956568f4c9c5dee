"""The curves of late labels: what a plain share gets wrong they get right, and their bounds hold what they promise."""

import numpy as np
import pytest

from api.performance import label_delay

STEPS = 40


def drawn(
    seed: int, cohorts: int = 60, size: int = 400, rate: float = 0.1
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Cohorts, one a step, whose labels take a geometric number of steps: what is known of each by now."""
    random = np.random.default_rng(seed)
    seen = np.arange(cohorts)[::-1].astype(np.intp)
    labelled = np.zeros((cohorts, cohorts))
    for cohort, age in enumerate(seen):
        waits = random.geometric(rate, size) - 1
        for wait in waits[waits < age]:
            labelled[cohort, wait] += 1
    return np.full(cohorts, float(size)), labelled, seen


def test_predictions_follow_the_delay_that_the_labels_have() -> None:
    totals, labelled, seen = drawn(1)
    curve = label_delay.predictions(totals, labelled, seen)
    for step in (0, 4, 19, 39):
        truth = 1 - 0.9 ** (step + 1)
        assert curve.share[step] == pytest.approx(truth, abs=0.02)
        assert curve.low[step] <= curve.share[step] <= curve.high[step]
    naive = labelled.sum() / totals.sum()
    assert naive < curve.share[-1] - 0.1  # the young ones have not had their time


def test_frauds_follow_it_though_only_the_labelled_ones_are_known() -> None:
    _, labelled, seen = drawn(2)
    curve = label_delay.frauds(labelled, seen)
    within = 1 - 0.9**59  # known within the history
    assert curve.share[9] == pytest.approx((1 - 0.9**10) / within, abs=0.02)
    assert curve.share[-1] == 1.0
    assert curve.reaches(0.5) == pytest.approx(7 * label_delay.STEP_DAYS, abs=label_delay.STEP_DAYS)


def test_the_bounds_hold_the_truth_as_often_as_they_promise() -> None:
    hits = 0
    for seed in range(120):
        totals, labelled, seen = drawn(seed, cohorts=30, size=25)
        curve = label_delay.predictions(totals, labelled, seen)
        hits += curve.low[9] <= 1 - 0.9**10 <= curve.high[9]
    assert hits >= 0.9 * 120


def test_the_fraud_bounds_hold_the_truth_too() -> None:
    hits = 0
    for seed in range(120):
        _, labelled, seen = drawn(seed, cohorts=40, size=12, rate=0.2)
        curve = label_delay.frauds(labelled, seen)
        hits += curve.low[4] <= (1 - 0.8**5) / (1 - 0.8**39) <= curve.high[4]
    assert hits >= 0.9 * 120


def test_nothing_known_is_no_curve() -> None:
    none = np.zeros((3, 3))
    seen = np.array([2, 1, 0], dtype=np.intp)
    assert label_delay.frauds(none, seen) == label_delay.NO_CURVE
    assert label_delay.predictions(np.zeros(3), none, seen) == label_delay.NO_CURVE
    assert label_delay.predictions(np.zeros(0), np.zeros((0, 0)), np.zeros(0, dtype=np.intp)) == label_delay.NO_CURVE
    assert label_delay.NO_CURVE.at(3) is None
    assert label_delay.NO_CURVE.reaches(0.5) is None
    assert label_delay.expected(label_delay.NO_CURVE, [(1.0, 5.0)]) is None


def test_predictions_without_labels_stay_at_none() -> None:
    curve = label_delay.predictions(np.array([10.0, 10.0]), np.zeros((2, 2)), np.array([2, 1], dtype=np.intp))
    assert curve.share == [0.0, 0.0]
    assert curve.reaches(0.95) is None


def test_what_a_window_can_know_by_now_follows_the_ages_of_its_predictions() -> None:
    curve = label_delay.Curve([1.0, 2.0], [0.5, 1.0], [0.4, 1.0], [0.6, 1.0], 10)
    assert curve.at(0.5) == pytest.approx(0.25)
    assert curve.at(9) == 1.0
    assert label_delay.expected(curve, [(1.0, 30.0), (5.0, 10.0)]) == pytest.approx((0.5 * 30 + 10) / 40)
    assert label_delay.expected(curve, []) is None
