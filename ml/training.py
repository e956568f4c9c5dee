"""Trains a model from a table of labelled transactions: split by time, fitted by XGBoost, judged on the newest rows.

The same table, configuration and XGBoost version give the same model, bit for bit.
"""

import json
from typing import Any

import numpy as np
import xgboost

from core.errors import BadInput
from ml import baseline, ensemble, metrics, reference
from ml.artefact import Algorithm, Artefact
from ml.config import ModelConfig, TreesConfig
from ml.features import Rows
from ml.table import Table


def train(table: Table, config: ModelConfig, algorithm: Algorithm = "boosted", note: str = "") -> Artefact:
    """A model fitted to the older rows and measured on the newest `test_share` of them.

    Raises BadInput when a class is missing on either side of the split.
    """
    split = round(len(table.rows) * (1 - config.test_share))
    _check_classes(table, split)
    booster = fit(table.rows[:split], table.labels[:split], table, config, algorithm)
    scores = predict(booster, table.rows[split:])
    measured: dict[str, Any] = metrics.report(table.labels[split:], scores, config.decision_threshold)
    return Artefact(
        algorithm=algorithm,
        model=bytes(booster.save_raw(raw_format="ubj")),
        features=table.features,
        reference=reference.bins(table.rows[:split], table.features, config.reference_bins),
        metrics={
            **measured,
            "train_rows": split,
            "base_score": base_score(booster),
            "seed": config.seed,
            "xgboost": xgboost.__version__,
        },
        fingerprint=table.fingerprint,
        note=note,
        kept=baseline.of(table.features, table.rows[:split], table.labels[split:], scores),
    )


def fit(
    rows: Rows, labels: np.ndarray[Any, np.dtype[np.float64]], table: Table, config: ModelConfig, algorithm: Algorithm
) -> xgboost.Booster:
    """The fitted booster: boosted trees, one round of a random forest, or the average of both."""
    data = xgboost.DMatrix(rows, label=labels, feature_names=[f.name for f in table.features], nthread=config.threads)
    if algorithm == "ensemble":
        return ensemble.average(_fit(data, config, "boosted"), _fit(data, config, "forest"))
    return _fit(data, config, algorithm)


def _fit(data: xgboost.DMatrix, config: ModelConfig, algorithm: Algorithm) -> xgboost.Booster:
    if algorithm == "forest":
        trees = config.forest
        params = {**_parameters(trees, config), "num_parallel_tree": trees.rounds}
        return xgboost.train(params, data, num_boost_round=1)
    return xgboost.train(_parameters(config.boosted, config), data, num_boost_round=config.boosted.rounds)


def predict(booster: xgboost.Booster, rows: Rows) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Scores of shape (m,) for rows of shape (m, n)."""
    return np.asarray(booster.inplace_predict(rows, validate_features=False), dtype=np.float64)


def base_score(booster: xgboost.Booster) -> float:
    """The score that the booster starts from, as it recorded it itself."""
    text = json.loads(booster.save_config())["learner"]["learner_model_param"]["base_score"]
    return float(text.strip("[]"))


def _parameters(trees: TreesConfig, config: ModelConfig) -> dict[str, Any]:
    return {
        "objective": "binary:logistic",
        "tree_method": "hist",
        "base_score": config.base_score,
        "max_depth": trees.depth,
        "learning_rate": trees.learning_rate,
        "min_child_weight": trees.min_child_weight,
        "reg_lambda": trees.l2,
        "subsample": trees.row_share,
        "colsample_bynode": trees.column_share,
        "scale_pos_weight": trees.weight,
        "seed": config.seed,
        "nthread": config.threads,
    }


def _check_classes(table: Table, split: int) -> None:
    for part, labels in (("older", table.labels[:split]), ("newer", table.labels[split:])):
        frauds = int(labels.sum())
        if frauds in (0, len(labels)):
            has = "no row" if not len(labels) else "only fraud" if frauds else "no fraud"
            raise BadInput("label", f"the {part} part of the time-ordered split has {has}: both classes are needed")
