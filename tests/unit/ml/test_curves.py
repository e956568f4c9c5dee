"""The curves of a model card, against values worked out by hand and against scikit-learn's published definitions."""

import itertools

import numpy as np
import pytest

from ml import curves

LABELS = np.array([1.0, 0.0, 1.0, 0.0, 0.0, 0.0])
SCORES = np.array([0.95, 0.85, 0.65, 0.35, 0.15, 0.05])


def test_precision_and_recall_among_the_highest() -> None:
    assert curves.top_k(LABELS, SCORES, [1, 2, 3, 100]) == [
        {"k": 1, "precision": 1.0, "recall": 0.5},
        {"k": 2, "precision": 0.5, "recall": 0.5},
        {"k": 3, "precision": pytest.approx(2 / 3), "recall": 1.0},
    ]


def test_the_roc_curve_ends_in_the_corners_and_never_falls() -> None:
    points = curves.roc(LABELS, SCORES)
    assert points[0] == {"fpr": 0.0, "tpr": 0.0}
    assert points[-1] == {"fpr": 1.0, "tpr": 1.0}
    assert all(a["tpr"] <= b["tpr"] and a["fpr"] <= b["fpr"] for a, b in itertools.pairwise(points))


def test_precision_by_recall_is_that_of_the_ranks() -> None:
    points = curves.precision_recall(LABELS, SCORES)
    assert points[0] == {"recall": 0.5, "precision": 1.0}
    assert points[-1] == {"recall": 1.0, "precision": pytest.approx(2 / 3)}


def test_card_precision_counts_cards_a_day_and_forgets_those_found() -> None:
    """Day 0: cards 1 (fraud) and 2 lead; day 1: card 1 was found, so 3 (fraud) and 2 are looked at."""
    days = np.array([0, 0, 0, 1, 1, 1, 1])
    cards = np.array([1, 1, 2, 1, 3, 2, -1])
    labels = np.array([0.0, 1.0, 0.0, 1.0, 1.0, 0.0, 1.0])
    scores = np.array([0.2, 0.9, 0.8, 0.99, 0.7, 0.6, 1.0])
    assert curves.card_precision(labels, scores, days, cards, 2) == (0.5, 2)
    assert curves.card_precision(labels, scores, days, cards, 1) == (1.0, 2)
    assert curves.card_precision(labels, scores, days, np.full(7, -1), 1) == (0.0, 0)


def test_calibration_bins_hold_every_row() -> None:
    rows = curves.calibration(LABELS, SCORES)
    assert sum(row["n"] for row in rows) == 6
    assert [row["observed"] for row in rows] == [0.0, 0.0, 0.0, 1.0, 0.0, 1.0]
    assert all(row["low"] <= row["observed"] <= row["high"] for row in rows)
    assert curves.calibration(np.array([1.0]), np.array([1.0]))[0]["to"] == 1.0


def test_wilsons_interval_is_the_published_one() -> None:
    """Newcombe 1998, table I: 81 of 263 gives 0.2553 to 0.3662."""
    assert curves.wilson(81, 263) == pytest.approx((0.2553, 0.3662), abs=1e-4)
    assert curves.wilson(0, 0) == (0.0, 1.0)


def test_costs_weigh_missed_money_against_false_alarms() -> None:
    found = curves.costs(LABELS, SCORES, np.array([100.0, 1, 40, 1, 1, 1]), 5.0)
    by = {row["threshold"]: row["cost"] for row in found["by_threshold"]}
    assert by[0.01] == 4 * 5
    assert by[0.6] == 5
    assert by[0.9] == 40
    assert by[0.99] == found["nothing"] == 140
    assert found["best"]["cost"] == 5


def test_thresholds_go_from_low_to_high() -> None:
    rows = curves.by_threshold(LABELS, SCORES)
    assert [row["threshold"] for row in rows] == pytest.approx(np.arange(1, 20) * 0.05)
    assert rows[0]["recall"] == 1.0
    assert curves.brier(LABELS, SCORES) == pytest.approx(np.mean((SCORES - LABELS) ** 2))
