"""The tables of one row: XGBoost's bits, its contributions, and XGBoost itself where tables do not fit."""

import dataclasses
import itertools
import math

import numpy as np
import pytest
import xgboost

from ml.serve import shap, table_predict, table_scorer, tree_arrays
from ml.serve.table_predict import Quick, TooLarge
from ml.serve.tree_arrays import Tree
from ml.train import ensemble
from tests.unit.ml.examples import config, model_of, table

WIDTH = 6


def fitted(depth: int = 5, rounds: int = 30, base: float = 0.5, seed: int = 1, **more: object) -> xgboost.Booster:
    rng = np.random.default_rng(seed)
    rows = np.round(rng.normal(size=(2000, WIDTH)), 1).astype(np.float32)
    rows[rng.random(rows.shape) < 0.15] = np.nan
    labels = (np.nan_to_num(rows[:, 0]) * np.nan_to_num(rows[:, 1], nan=1) + rng.normal(0, 0.3, 2000) > 0.5).astype(
        float
    )
    params = {
        "objective": "binary:logistic",
        "max_depth": depth,
        "base_score": base,
        "nthread": 1,
        "seed": seed,
        **more,
    }
    return xgboost.train(params, xgboost.DMatrix(rows, label=labels), rounds)


def probes(n: int = 400, seed: int = 2) -> np.ndarray:
    rng = np.random.default_rng(seed)
    rows = np.round(rng.normal(size=(n, WIDTH)), 1).astype(np.float32)
    rows[rng.random(rows.shape) < 0.2] = np.nan
    rows[0], rows[1], rows[2] = np.nan, 1e30, -1e30
    return rows


def scores_of(booster: xgboost.Booster, rows: np.ndarray) -> np.ndarray:
    return np.asarray(booster.inplace_predict(rows))


@pytest.mark.parametrize("base", [0.5, 0.3, 0.008])
@pytest.mark.parametrize(
    ("depth", "more"), [(1, {}), (3, {"grow_policy": "lossguide", "max_leaves": 9}), (5, {}), (9, {})]
)
def test_scores_are_xgboosts_very_bits(depth: int, base: float, more: dict[str, object]) -> None:
    booster = fitted(depth, base=base, **more)
    made = table_scorer.build(booster, WIDTH)
    assert made is not None
    found = np.array([made.score(row) for row in probes().tolist()], dtype=np.float32)
    np.testing.assert_array_equal(found, scores_of(booster, probes()))
    assert (made.explainer is None) == (depth > table_predict.LEVELS)


def test_scores_of_an_ensemble_are_xgboosts_very_bits() -> None:
    booster = ensemble.average(fitted(), fitted(8, rounds=1, num_parallel_tree=20, subsample=0.6))
    made = table_scorer.build(booster, WIDTH)
    assert made is not None
    found = np.array([made.score(row) for row in probes().tolist()], dtype=np.float32)
    np.testing.assert_array_equal(found, scores_of(booster, probes()))


@pytest.mark.parametrize("depth", [1, 2, 4, 5])
def test_contributions_are_xgboosts_own_and_add_up_to_the_margin(depth: int) -> None:
    booster = fitted(depth)
    made = table_scorer.build(booster, WIDTH)
    assert made is not None
    rows = probes()
    theirs = booster.predict(xgboost.DMatrix(rows), pred_contribs=True)
    found = np.array([made.contributions(row) for row in rows.tolist()])
    np.testing.assert_allclose(found, theirs[:, :-1], atol=1e-5)
    margins = np.asarray(booster.inplace_predict(rows, predict_type="margin"))
    np.testing.assert_allclose(found.sum(axis=1) + theirs[0, -1], margins, atol=1e-5)


def test_contributions_are_the_shapley_values_of_the_definition() -> None:
    """Against the sum over all orders of the features, on one tree with a feature that comes twice."""
    booster = fitted(3, rounds=1)
    (tree,), _ = tree_arrays.of(booster)
    made = table_scorer.build(booster, WIDTH)
    assert made is not None
    for row in probes(20).tolist():
        expected = np.zeros(WIDTH)
        for order in itertools.permutations(range(WIDTH)):
            known: set[int] = set()
            for name in order:
                before = expectation(tree, row, known)
                known.add(name)
                expected[name] += expectation(tree, row, known) - before
        np.testing.assert_allclose(made.contributions(row), expected / math.factorial(WIDTH), atol=1e-6)


def expectation(tree: Tree, row: list[float], known: set[int], node: int = 0) -> float:
    """The tree's value when only `known` features are known: both ways, weighted by training rows, for the others."""
    if tree.left[node] < 0:
        return float(tree.value[node])
    left, right = int(tree.left[node]), int(tree.right[node])
    name = int(tree.feature[node])
    if name in known:
        value = row[name]
        goes_left = bool(tree.default_left[node]) if value != value else value < tree.threshold[node]
        return expectation(tree, row, known, left if goes_left else right)
    share = tree.cover[left] / tree.cover[node]
    return share * expectation(tree, row, known, left) + (1 - share) * expectation(tree, row, known, right)


def test_a_model_of_many_columns_uses_only_those_it_compares() -> None:
    rng = np.random.default_rng(4)
    rows = rng.normal(size=(500, 90)).astype(np.float32)
    labels = (rows[:, 71] > 0.2).astype(float)
    booster = xgboost.train(
        {"objective": "binary:logistic", "max_depth": 7, "nthread": 1}, xgboost.DMatrix(rows, label=labels), 3
    )
    made = table_scorer.build(booster, 90)
    assert made is not None
    found = np.array([made.score(row) for row in rows.tolist()], dtype=np.float32)
    np.testing.assert_array_equal(found, scores_of(booster, rows))


def test_what_does_not_fit_tables_is_left_to_xgboost(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(table_predict, "MOST_CELLS", 100)
    booster = fitted()
    with pytest.raises(TooLarge):
        Quick(*tree_arrays.of(booster), WIDTH)
    assert table_scorer.build(booster, WIDTH) is None


def test_other_objectives_are_left_to_xgboost() -> None:
    assert table_scorer.build(fitted(objective="binary:logitraw"), WIDTH) is None
    assert table_scorer.build(fitted(booster="dart", rate_drop=0.5), WIDTH) is None


def test_tables_that_are_off_by_a_bit_are_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    right = Quick.margin
    monkeypatch.setattr(Quick, "margin", lambda self, rows, values: right(self, rows, values) * (1 + 1e-6) + 1e-6)
    assert table_scorer.build(fitted(), WIDTH) is None


def test_contributions_that_are_off_are_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    right = shap.Explainer.contributions
    monkeypatch.setattr(shap.Explainer, "contributions", lambda self, rows: right(self, rows) + 0.01)
    made = table_scorer.build(fitted(), WIDTH)
    assert made is not None
    assert made.explainer is None


@pytest.mark.parametrize("without", ["tables", "explainer"])
def test_a_scorer_answers_alike_with_and_without_tables(without: str) -> None:
    from ml.serve.scoring import Scorer
    from ml.train import training

    scorer = Scorer(model_of(training.train(table(), config())))
    rows = table(50, seed=9).rows
    expected = [scorer.score(dict(zip(scorer.encoder.names, row, strict=True)))[0] for row in rows.tolist()]
    shares = scorer.contributions(rows)
    assert scorer._fast is not None
    scorer._fast = None if without == "tables" else dataclasses.replace(scorer._fast, explainer=None)
    assert [scorer.score(dict(zip(scorer.encoder.names, row, strict=True)))[0] for row in rows.tolist()] == expected
    np.testing.assert_allclose(scorer.contributions(rows), shares, atol=1e-5)
