"""Intervals of headline figures: by entity or day, and as wide as repeated worlds say."""

import dataclasses

import numpy as np
import pytest

from ml.card import resampling
from ml.data.split import DAY
from ml.train import metrics
from tests.unit.ml.examples import table


def world(seed: int, cards: int = 150) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Labels and scores of payments that are alike within a card."""
    rng = np.random.default_rng(seed)
    rate = rng.beta(0.3, 2, cards)
    card = np.repeat(np.arange(cards), 6)
    labels = (rng.random(len(card)) < rate[card]).astype(float)
    scores = np.clip(rate[card] + rng.normal(0, 0.05, len(card)), 0.001, 0.999)
    return labels, scores, card


def test_they_cover_what_the_whole_world_says() -> None:
    labels, scores, _ = world(0, 60_000)
    truth = {
        "auc_roc": metrics.auc_roc(labels, scores),
        "average_precision": metrics.average_precision(labels, scores),
        "brier_skill": metrics.brier_skill(labels, scores),
        "recall": metrics.at_threshold(labels, scores, 0.3)["recall"],
        "fraud_rate": labels.mean(),
    }
    inside = dict.fromkeys(truth, 0)
    for seed in range(1, 101):
        labels, scores, card = world(seed)
        found = resampling.intervals(labels, scores, 0.3, resampling.Clusters("entity", card, 150), seed)
        for name, value in truth.items():
            inside[name] += found[name][0] <= value <= found[name][1]
    assert min(inside.values()) >= 88, inside


def test_a_resample_that_draws_each_row_once_is_the_measure_itself() -> None:
    labels, scores, _ = world(1)
    scores = scores.round(2)
    found = resampling._Ranked(labels, scores, 0.3).measures(np.ones(len(labels)))
    assert found["auc_roc"] == pytest.approx(metrics.auc_roc(labels, scores))
    assert found["average_precision"] == pytest.approx(metrics.average_precision(labels, scores))
    assert found["brier_skill"] == pytest.approx(metrics.brier_skill(labels, scores))
    at = metrics.at_threshold(labels, scores, 0.3)
    assert [found[name] for name in ("precision", "recall", "f1")] == pytest.approx(
        [at[name] for name in ("precision", "recall", "f1")]
    )


def test_entities_are_drawn_where_known_else_days_else_rows() -> None:
    rows = np.arange(500, 3000)
    plain = table()
    by_day = dataclasses.replace(plain, times=np.arange(3000) * DAY / 50)
    by_card = dataclasses.replace(by_day, entities=np.where(np.arange(3000) % 7, np.arange(3000) % 90, -1))
    assert resampling.clusters(plain, rows).by == "row"
    assert resampling.clusters(by_day, rows).by == "day"
    assert resampling.clusters(by_day, rows).count == 50
    found = resampling.clusters(by_card, rows)
    assert found.by == "entity"
    assert found.count == 90 + int((np.arange(500, 3000) % 7 == 0).sum())
    short = dataclasses.replace(plain, times=np.arange(3000) * 60.0)
    assert resampling.clusters(short, rows).by == "row"


def test_the_interval_of_a_mean() -> None:
    low, high = resampling.of_mean(np.array([0.2, 0.3, 0.4, 0.3]), 1)
    assert 0.2 <= low < 0.3 < high <= 0.4
    assert resampling.of_mean(np.array([]), 1) == (0.0, 1.0)
