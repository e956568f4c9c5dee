"""Training: deterministic, split by time, base score recorded, one class refused."""

import dataclasses
from typing import Literal

import numpy as np
import pytest
import xgboost

from core.errors import BadInput
from ml.train import training
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


@pytest.mark.parametrize("algorithm", ["boosted", "ensemble"])
def test_columns_may_be_called_anything(algorithm: Literal["boosted", "ensemble"]) -> None:
    whole = table()
    odd = [dataclasses.replace(f, name=f"{f.name} [USD] <b>") for f in whole.features]
    made = training.train(dataclasses.replace(whole, features=tuple(odd)), config(), algorithm)
    plain = training.train(whole, config(), algorithm)
    assert [f.name for f in made.features] == [f.name for f in odd]
    assert made.card is not None
    assert plain.card is not None
    assert [(row["feature"], row["gain_share"]) for row in made.card["importance"]] == [
        (f"{row['feature']} [USD] <b>", row["gain_share"]) for row in plain.card["importance"]
    ]
