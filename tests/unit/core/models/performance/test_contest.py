"""Challenger against champion: only a difference that is more than chance counts, and it is found when it is there."""

import numpy as np
import pytest

from core.models.performance import contest


def drawn(seed: int, better: float = 0.0, n: int = 3000) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Labels, and the scores of two models that see the same truth through noise of their own."""
    rng = np.random.default_rng(seed)
    labels = (rng.random(n) < 0.05).astype(float)
    base = labels * 2.0 + rng.normal(0, 1, n)
    first, second = base + rng.normal(0, 0.5, n), base + labels * better + rng.normal(0, 0.5, n)
    return labels, 1 / (1 + np.exp(-first)), 1 / (1 + np.exp(-second))


def test_a_better_challenger_is_found_and_a_worse_one_too() -> None:
    labels, first, second = drawn(1, better=1.0)
    found = contest.compare(labels, first, second, 300, 0.95, 7)
    assert found.verdict == "better"
    assert 0 < found.low < found.challenger - found.champion < found.high
    assert contest.compare(labels, second, first, 300, 0.95, 7).verdict == "worse"
    assert found.champion == pytest.approx(contest.average_precision(labels, first))


def test_the_same_model_is_no_different_and_the_same_seed_says_the_same() -> None:
    labels, first, _ = drawn(2)
    found = contest.compare(labels, first, first, 200, 0.95, 7)
    assert (found.low, found.high, found.verdict) == (0.0, 0.0, "no different")
    assert found == contest.compare(labels, first, first, 200, 0.95, 7)


def test_equal_models_are_seldom_called_better() -> None:
    """At 95 % one in forty is expected; of 80 trials six or more would come by chance once in fifty."""
    calls = [contest.compare(*drawn(seed, n=1500), 150, 0.95, seed).verdict == "better" for seed in range(80)]
    assert sum(calls) <= 6


def test_the_bootstrap_counts_drawn_rows_as_repeated_ones() -> None:
    labels, scores, _ = drawn(3, n=400)
    scores = np.round(scores, 1)
    weights = np.random.default_rng(1).integers(0, 3, 400).astype(float)
    repeated = np.repeat(np.arange(400), weights.astype(int))
    expected = contest.average_precision(labels[repeated], scores[repeated])
    assert contest._Ranked(labels, scores).average_precision(weights) == pytest.approx(expected)
    assert contest._Ranked(labels, scores).average_precision(1 - labels) == 0.0


def test_what_is_kept_of_it_is_json() -> None:
    kept = contest.ContestResult(0.5, 0.6, 0.01, 0.2, "better").as_json(rows=10)
    assert kept["difference"] == pytest.approx(0.1)
    assert (kept["verdict"], kept["rows"], kept["measure"]) == ("better", 10, "average precision")
