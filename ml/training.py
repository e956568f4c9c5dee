"""Trains a model from a table of labelled transactions: split by time, fitted by XGBoost, judged on the newest rows.

The same table, configuration and XGBoost version give the same model, bit for bit.
"""

import json
from collections.abc import Callable
from typing import Any

import numpy as np
import xgboost

from ml import baseline, card, categories, ensemble, forest, metrics, reference, split, weights
from ml.artefact import Algorithm, Artefact
from ml.config import ModelConfig, TreesConfig
from ml.features import Rows
from ml.split import Protocol
from ml.table import Table

Tell = Callable[[float, str], None]  # how far a run is, 0..1, and what it does
Doubles = np.ndarray[Any, np.dtype[np.float64]]


def train(
    table: Table,
    config: ModelConfig,
    algorithm: Algorithm = "boosted",
    note: str = "",
    protocol: Protocol | None = None,
    tell: Tell | None = None,
) -> Artefact:
    """A model fitted to the older rows and measured on the newest `test_share` of them, by the protocol's rules.

    `tell` hears how far it is. Raises BadInput when a class is missing on either side of the split.
    """
    say = tell or (lambda share, what: None)
    rules = protocol or Protocol()
    parts = split.by_time(table, config.test_share, rules)
    table = categories.ordered(table, parts.older, config.categories)
    rows, labels = table.rows[parts.older], table.labels[parts.older]
    booster = fit(rows, labels, table, config, algorithm, lambda share, what: say(0.05 + 0.75 * share, what))
    say(0.8, "measuring")
    scores = predict(booster, table.rows[parts.newer])
    measured: dict[str, Any] = metrics.report(table.labels[parts.newer], scores, config.decision_threshold)
    measured |= {
        "train_rows": len(parts.older),
        "base_score": base_score(booster),
        "seed": config.seed,
        "xgboost": xgboost.__version__,
    }
    judged = card.Judged(table, parts, rules, booster, scores, measured, algorithm, note)
    described = card.of(judged, config)
    say(0.95, "describing the reference")
    return Artefact(
        algorithm=algorithm,
        model=bytes(booster.save_raw(raw_format="ubj")),
        features=table.features,
        reference=reference.bins(rows, table.features, config.reference_bins),
        metrics=measured,
        fingerprint=table.fingerprint,
        note=note,
        kept=baseline.of(table.features, rows, table.labels[parts.newer], scores),
        card=described,
    )


def fit(
    rows: Rows, labels: Doubles, table: Table, config: ModelConfig, algorithm: Algorithm, tell: Tell | None = None
) -> xgboost.Booster:
    """The fitted booster: boosted trees, one round of a random forest, or the average of both."""
    say = tell or (lambda share, what: None)
    data = xgboost.DMatrix(rows, label=labels, feature_names=_names(table), nthread=config.threads)
    if algorithm == "ensemble":
        boosted = _fit(data, config, "boosted", lambda share, what: say(share / 2, what))
        return ensemble.average(boosted, _fit(data, config, "forest", lambda share, what: say((1 + share) / 2, what)))
    return _fit(data, config, algorithm, say)


def _names(table: Table) -> list[str]:
    """What XGBoost calls the features: it takes no `[`, `]` or `<`, so `amount [USD]` goes by its place there."""
    return [f"column {i}" if set(f.name) & set("[]<") else f.name for i, f in enumerate(table.features)]


def _fit(data: xgboost.DMatrix, config: ModelConfig, algorithm: Algorithm, say: Tell) -> xgboost.Booster:
    if algorithm == "forest":
        return forest.grow(_parameters(config.forest, config, data), data, config.forest.rounds, say)
    rounds = config.boosted.rounds
    watcher = _Rounds(rounds, say)
    return xgboost.train(_parameters(config.boosted, config, data), data, num_boost_round=rounds, callbacks=[watcher])


def predict(booster: xgboost.Booster, rows: Rows) -> Doubles:
    """Scores of shape (m,) for rows of shape (m, n)."""
    return np.asarray(booster.inplace_predict(rows, validate_features=False), dtype=np.float64)


def loaded(artefact: Artefact) -> xgboost.Booster:
    """The booster of an artefact."""
    booster = xgboost.Booster()
    booster.load_model(bytearray(artefact.model))
    return booster


def base_score(booster: xgboost.Booster) -> float:
    """The score that the booster starts from, as it recorded it itself."""
    text = json.loads(booster.save_config())["learner"]["learner_model_param"]["base_score"]
    return float(text.strip("[]"))


class _Rounds(xgboost.callback.TrainingCallback):
    """Tells of every round of boosting."""

    def __init__(self, rounds: int, say: Tell) -> None:
        super().__init__()
        self._rounds = rounds
        self._say = say

    def after_iteration(self, model: Any, epoch: int, evals_log: Any) -> bool:
        self._say((epoch + 1) / self._rounds, f"boosting, round {epoch + 1} of {self._rounds}")
        return False


def _parameters(trees: TreesConfig, config: ModelConfig, data: xgboost.DMatrix) -> dict[str, Any]:
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
        "scale_pos_weight": weights.of_fraud(trees.weight, data.get_label()),
        "seed": config.seed,
        "nthread": config.threads,
    }
