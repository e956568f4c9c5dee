"""Measures against their definitions, computed the slow way."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ml.train import metrics

CASES = st.lists(st.tuples(st.booleans(), st.integers(0, 6)), min_size=4, max_size=40).filter(
    lambda rows: 0 < sum(label for label, _ in rows) < len(rows)
)


def arrays(rows: list[tuple[bool, int]]) -> tuple[np.ndarray, np.ndarray]:
    return np.array([float(label) for label, _ in rows]), np.array([score / 6 for _, score in rows])


@settings(max_examples=60, deadline=None)
@given(CASES)
def test_auc_is_the_chance_that_a_fraud_scores_higher(rows: list[tuple[bool, int]]) -> None:
    labels, scores = arrays(rows)
    pairs = [
        1.0 if high > low else 0.5 if high == low else 0.0
        for high in scores[labels == 1]
        for low in scores[labels == 0]
    ]
    assert metrics.auc_roc(labels, scores) == pytest.approx(sum(pairs) / len(pairs))


@settings(max_examples=60, deadline=None)
@given(CASES)
def test_average_precision_is_the_sum_over_recall_steps(rows: list[tuple[bool, int]]) -> None:
    labels, scores = arrays(rows)
    expected, before = 0.0, 0.0
    for threshold in sorted(set(scores), reverse=True):
        flagged = scores >= threshold
        recall = float(labels[flagged].sum() / labels.sum())
        expected += (recall - before) * float(labels[flagged].mean())
        before = recall
    assert metrics.average_precision(labels, scores) == pytest.approx(expected)


def test_the_matrix_of_the_reference() -> None:
    labels = np.array([1.0] * 160 + [0.0] * 11840)
    scores = np.array([0.9] * 142 + [0.1] * 18 + [0.6] * 89 + [0.1] * 11751)
    found = metrics.at_threshold(labels, scores, 0.6)
    assert (found["tp"], found["fn"], found["fp"], found["tn"]) == (142, 18, 89, 11751)
    assert (found["precision"], found["recall"], found["f1"]) == pytest.approx((0.6147, 0.8875, 0.7263), abs=1e-4)


def test_no_flag_is_no_division_by_zero() -> None:
    found = metrics.at_threshold(np.array([1.0, 0.0]), np.array([0.1, 0.1]), 0.5)
    assert (found["precision"], found["recall"], found["f1"]) == (0, 0, 0)
