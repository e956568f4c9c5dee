"""The ensemble: the mean of two margins as one booster, scored and explained exactly."""

import dataclasses
import json

import numpy as np
import pytest
import xgboost

from ml.serve.scoring import Scorer
from ml.train import ensemble, training
from tests.unit.ml.examples import config, model_of, table


def boosters() -> list[xgboost.Booster]:
    found = []
    for algorithm in ("boosted", "forest", "ensemble"):
        booster = xgboost.Booster()
        booster.load_model(bytearray(training.train(table(), config(), algorithm).model))
        found.append(booster)
    return found


def margins(booster: xgboost.Booster, rows: np.ndarray) -> np.ndarray:
    return np.asarray(booster.inplace_predict(rows, predict_type="margin"), dtype=np.float64)


def test_its_margin_is_the_mean_of_both() -> None:
    boosted, forest, both = boosters()
    rows = table(500, seed=3).rows
    np.testing.assert_allclose(margins(both, rows), (margins(boosted, rows) + margins(forest, rows)) / 2, atol=1e-5)


def test_its_contributions_are_the_mean_of_both_and_add_up() -> None:
    boosted, forest, both = boosters()
    data = xgboost.DMatrix(table(200, seed=3).rows)
    shares = [one.predict(data, pred_contribs=True, validate_features=False) for one in (boosted, forest, both)]
    np.testing.assert_allclose(shares[2], (shares[0] + shares[1]) / 2, atol=1e-5)
    np.testing.assert_allclose(shares[2].sum(axis=1), margins(both, table(200, seed=3).rows), atol=1e-5)


def test_it_is_stored_and_served_like_any_model() -> None:
    artefact = training.train(table(), config(), "ensemble")
    scorer = Scorer(model_of(artefact))
    score, values = scorer.score({"speed": 4.0, "new_device": True, "age": 3})
    shares, base = scorer.explain(values)
    assert score > 0.7
    assert sum(shares.values()) + base == pytest.approx(np.log(score / (1 - score)), abs=1e-4)
    assert artefact.metrics["auc_roc"] > 0.9


def test_the_same_data_give_the_same_ensemble() -> None:
    first, second = (training.train(table(), config(), "ensemble") for _ in range(2))
    assert first == dataclasses.replace(second)


def test_models_on_other_features_are_not_averaged() -> None:
    boosted, *_ = boosters()
    other = json.loads(bytes(boosted.save_raw(raw_format="json")))
    other["learner"]["feature_names"] = ["a", "b", "c"]
    renamed = xgboost.Booster()
    renamed.load_model(bytearray(json.dumps(other).encode()))
    with pytest.raises(ValueError, match="feature_names"):
        ensemble.average(boosted, renamed)
