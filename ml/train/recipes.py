"""How a model is made: the settings of its parts, chosen by `ml.train.search`, and the fit that follows them.

Boosted trees, one round of a random forest, or the average of both. Each part is calibrated by itself, so that an
average of two log-odds is one of two probabilities.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import msgspec
import numpy as np
import xgboost

from ml.artefact import Algorithm
from ml.config import ModelConfig, TreesConfig
from ml.data.features import Feature, Rows
from ml.data.split import Indices, Protocol
from ml.data.table import Table
from ml.train import class_weight, ensemble, forest, recalibration, search
from ml.train.recalibration import Doubles
from ml.train.search import Chosen

Tell = Callable[[float, str], None]  # how far a run is, 0..1, and what it does
Kind = Literal["boosted", "forest"]
MANY = 20_000  # rows from which on a fit takes more than one thread; below, threads wait for each other
QUICK_PARTS = 1  # of the calibration where nothing is searched for


@dataclass(frozen=True, slots=True)
class Recipe:
    """The settings of each part, in the order in which they are averaged."""

    parts: dict[Kind, Chosen] = field(default_factory=dict)


def kinds(algorithm: Algorithm) -> list[Kind]:
    """The parts of an algorithm."""
    return ["boosted", "forest"] if algorithm == "ensemble" else [algorithm]


def choose(
    table: Table,
    older: Indices,
    config: ModelConfig,
    algorithm: Algorithm,
    protocol: Protocol,
    searched: bool,
    tell: Tell,
) -> Recipe:
    """The settings for the rows `older` of a table whose words are in order.

    With few frauds, or where nothing is to be searched for, the configured ones; a forest is calibrated all the same,
    for the votes of its trees are no probabilities.
    """
    wanted = kinds(algorithm)
    searched = searched and int(table.labels[older].sum()) >= config.search.least_frauds
    most = config.search.folds if searched else QUICK_PARTS
    cut = search.parts(table, older, config, protocol, most)
    found: dict[Kind, Chosen] = {}
    for place, kind in enumerate(wanted):
        trees: TreesConfig = getattr(config, kind)

        def margins(
            rows: Rows, labels: Doubles, changed: TreesConfig, newer: Rows, rounds: Sequence[int], kind: Kind = kind
        ) -> list[Doubles]:
            booster = _grown(rows, labels, table.features, kind, changed, config, 1, _silent)
            ends = [(0, 0)] if kind == "forest" else [(0, count) for count in rounds]
            return [
                np.asarray(
                    booster.inplace_predict(newer, iteration_range=end, predict_type="margin", validate_features=False),
                    dtype=np.float64,
                )
                for end in ends
            ]

        def say(share: float, what: str, place: int = place) -> None:
            tell((place + share) / len(wanted), what)

        if searched:
            shares = [] if kind == "forest" else config.search.rounds
            found[kind] = search.choose(table, cut, trees, shares, margins, config.threads, say)
        elif kind == "forest" or class_weight.of_fraud(trees.weight, table.labels[older]) != 1:
            found[kind] = Chosen(trees, search.calibrated(table, cut, trees, margins, config.threads))
        else:
            found[kind] = Chosen(trees)
    return Recipe(found)


def fit(
    rows: Rows, labels: Doubles, features: Sequence[Feature], recipe: Recipe, config: ModelConfig, tell: Tell
) -> xgboost.Booster:
    """The booster of a recipe, calibrated."""
    made: list[xgboost.Booster] = []
    for kind, chosen in recipe.parts.items():
        done, parts = len(made), len(recipe.parts)
        booster = _grown(
            rows,
            labels,
            features,
            kind,
            chosen.trees,
            config,
            config.threads if len(rows) >= MANY else 1,
            lambda share, what, done=done, parts=parts: tell((done + share) / parts, what),  # type: ignore[misc]
        )
        made.append(recalibration.applied(booster, chosen.line, config.base_score))
    return made[0] if len(made) == 1 else ensemble.average(*made)


def parameters(recipe: Recipe, labels: Doubles) -> dict[str, Any]:
    """What the card says of each part: what it learned with, with a fraud's weight as it was used, and its line."""
    return {
        kind: {
            name: value
            for name, value in msgspec.to_builtins(chosen.trees).items()
            if name not in ("weights", "depths")
        }
        | {
            "weight": class_weight.of_fraud(chosen.trees.weight, labels),
            "calibration_intercept": chosen.line.intercept,
            "calibration_slope": chosen.line.slope,
        }
        for kind, chosen in recipe.parts.items()
    }


def _grown(
    rows: Rows,
    labels: Doubles,
    features: Sequence[Feature],
    kind: Kind,
    trees: TreesConfig,
    config: ModelConfig,
    threads: int,
    say: Tell,
) -> xgboost.Booster:
    data = xgboost.DMatrix(rows, label=labels, feature_names=_names(features), nthread=threads)
    settings = _settings(trees, config, labels) | {"nthread": threads}
    if kind == "forest":
        return forest.grow(settings, data, trees.rounds, say)
    return xgboost.train(settings, data, num_boost_round=trees.rounds, callbacks=[_Rounds(trees.rounds, say)])


def _silent(share: float, what: str) -> None:
    """Hears nothing."""


def _names(features: Sequence[Feature]) -> list[str]:
    """What XGBoost calls the features: it takes no `[`, `]` or `<`, so `amount [USD]` goes by its place there."""
    return [f"column {i}" if set(f.name) & set("[]<") else f.name for i, f in enumerate(features)]


class _Rounds(xgboost.callback.TrainingCallback):
    """Tells of every round of boosting."""

    def __init__(self, rounds: int, say: Tell) -> None:
        super().__init__()
        self._rounds = rounds
        self._say = say

    def after_iteration(self, model: Any, epoch: int, evals_log: Any) -> bool:
        self._say((epoch + 1) / self._rounds, f"boosting, round {epoch + 1} of {self._rounds}")
        return False


def _settings(trees: TreesConfig, config: ModelConfig, labels: Doubles) -> dict[str, Any]:
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
        "scale_pos_weight": class_weight.of_fraud(trees.weight, labels),
        "seed": config.seed,
    }
