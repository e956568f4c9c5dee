"""The curves of a model card, against values worked out by hand and against scikit-learn's published definitions."""

import itertools

import numpy as np
import pytest

from ml.card import curves

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


def test_costs_weigh_missed_money_against_false_alarms() -> None:
    found = curves.costs(LABELS, SCORES, np.array([100.0, 1, 40, 1, 1, 1]), 5.0)
    by = {row["threshold"]: row["cost"] for row in found["by_threshold"]}
    assert by[0.01] == 4 * 5
    assert by[0.6] == 5
    assert by[0.9] == 40
    assert by[0.99] == found["nothing"] == 140
    assert found["best"]["chosen_on"] + found["best"]["judged_on"] == 6


def test_thresholds_go_from_low_to_high() -> None:
    rows = curves.by_threshold(LABELS, SCORES)
    assert [row["threshold"] for row in rows] == pytest.approx(np.arange(1, 20) * 0.05)
    assert rows[0]["recall"] == 1.0
    assert curves.brier(LABELS, SCORES) == pytest.approx(np.mean((SCORES - LABELS) ** 2))


def test_the_cheapest_threshold_is_not_judged_by_what_chose_it() -> None:
    """Scores of chance: whatever looks cheap on one half costs as much as any other on the rest."""
    rng = np.random.default_rng(4)
    gains = []
    for _ in range(200):
        labels, scores = (rng.random(80) < 0.3).astype(float), rng.random(80)
        found = curves.costs(labels, scores, np.full(80, 10.0), 5.0)
        best = found["best"]
        half = labels[40:]
        flagged = scores[40:] >= best["threshold"]
        assert best["cost"] == 10 * half[~flagged].sum() + 5 * (1 - half)[flagged].sum()
        assert best["nothing"] == 10 * half.sum()
        gains.append(best["nothing"] - best["cost"])
    assert np.mean(gains) < 0  # chosen and judged on the same rows it would look like a gain


def test_card_precision_of_each_day() -> None:
    labels, scores = np.array([1.0, 0, 0, 1]), np.array([0.9, 0.8, 0.7, 0.6])
    shares = curves.card_precisions(labels, scores, np.array([0, 0, 1, 1]), np.array([1, 2, 3, 4]), 1)
    assert shares.tolist() == [1.0, 0.0]
