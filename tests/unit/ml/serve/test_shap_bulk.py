"""Contributions in bulk are XGBoost's own, for shallow and deep trees, missing values and features met twice."""

import numpy as np
import pytest
import xgboost

from ml.serve import shap_bulk, tree_arrays


@pytest.mark.parametrize(("depth", "columns", "rounds"), [(1, 3, 3), (5, 6, 20), (9, 12, 6), (12, 3, 3)])
def test_they_are_xgboosts_and_add_up(depth: int, columns: int, rounds: int) -> None:
    random = np.random.default_rng(depth)
    rows = random.normal(size=(3000, columns)).astype(np.float32)
    labels = (rows[:, 0] * rows[:, 1] + rows[:, 2] + random.normal(0, 0.5, 3000) > 0.5).astype(float)
    rows[random.random(rows.shape) < 0.1] = np.nan
    settings = {"max_depth": depth, "objective": "binary:logistic", "nthread": 1, "base_score": 0.5}
    booster = xgboost.train(settings, xgboost.DMatrix(rows, labels), rounds)
    grown, _ = tree_arrays.of(booster)
    told: list[float] = []
    found = shap_bulk.contributions(grown, rows[:500], told.append)
    expected = booster.predict(xgboost.DMatrix(rows[:500]), pred_contribs=True)[:, :-1]
    assert np.abs(found - expected).max() < 1e-4
    assert told[-1] == 1.0


def test_rows_are_cut_into_parts_without_a_seam(monkeypatch: pytest.MonkeyPatch) -> None:
    random = np.random.default_rng(1)
    rows = random.normal(size=(300, 4)).astype(np.float32)
    booster = xgboost.train({"max_depth": 4, "objective": "binary:logistic"}, xgboost.DMatrix(rows, rows[:, 0] > 0), 5)
    grown, _ = tree_arrays.of(booster)
    whole = shap_bulk.contributions(grown, rows)
    monkeypatch.setattr(shap_bulk, "AT_ONCE", 64)
    assert np.array_equal(whole, shap_bulk.contributions(grown, rows))


def test_a_path_of_too_many_features_is_refused() -> None:
    random = np.random.default_rng(2)
    rows = random.normal(size=(4000, 30)).astype(np.float32)
    labels = (rows.sum(axis=1) > 0).astype(float)
    settings = {"max_depth": 20, "min_child_weight": 0.01, "objective": "binary:logistic", "nthread": 1}
    grown, _ = tree_arrays.of(xgboost.train(settings, xgboost.DMatrix(rows, labels), 2))
    with pytest.raises(shap_bulk.TooDeep):
        shap_bulk.contributions(grown, rows[:10])
