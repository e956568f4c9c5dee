"""Training: deterministic, split by time, base score recorded, one class refused."""

import dataclasses

import numpy as np
import pytest
import xgboost

from core.errors import BadInput
from ml import training
from tests.unit.ml.examples import config, table


def test_the_same_data_gives_the_same_model() -> None:
    first, second = training.train(table(), config()), training.train(table(), config())
    assert first.model == second.model
    assert first.metrics == second.metrics


def test_the_model_learns_and_says_how_well() -> None:
    metrics = training.train(table(), config()).metrics
    assert metrics["auc_roc"] > 0.9
    assert metrics["rows"] + metrics["train_rows"] == 3000


def test_the_base_score_is_the_configured_one_in_the_model_itself() -> None:
    artefact = training.train(table(), config())
    booster = xgboost.Booster()
    booster.load_model(bytearray(artefact.model))
    assert training.base_score(booster) == artefact.metrics["base_score"] == 0.5


def test_only_older_rows_are_learnt_from() -> None:
    whole = table()
    split = artefact_split(whole)
    changed = whole.rows.copy()
    changed[split:] = 0
    other = dataclasses.replace(whole, rows=changed)
    assert training.train(whole, config()).model == training.train(other, config()).model


def test_a_forest_is_trees_of_one_round() -> None:
    artefact = training.train(table(), config(), "forest")
    booster = xgboost.Booster()
    booster.load_model(bytearray(artefact.model))
    assert booster.num_boosted_rounds() == 1
    assert artefact.metrics["auc_roc"] > 0.9


@pytest.mark.parametrize(("part", "value"), [("older", 0.0), ("newer", 0.0), ("newer", 1.0)])
def test_one_class_on_a_side_is_refused(part: str, value: float) -> None:
    whole = table()
    labels = whole.labels.copy()
    split = artefact_split(whole)
    labels[slice(None, split) if part == "older" else slice(split, None)] = value
    with pytest.raises(BadInput, match=part):
        training.train(dataclasses.replace(whole, labels=labels), config())


def artefact_split(whole: object) -> int:
    return round(len(np.asarray(whole.rows)) * (1 - config().test_share))  # type: ignore[attr-defined]
