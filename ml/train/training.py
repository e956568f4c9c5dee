"""Trains a model from a table of labelled transactions: split by time, settings chosen and fitted on the older rows,
judged on the newest.

The same table, configuration and XGBoost version give the same model, bit for bit.
"""

import json
from dataclasses import dataclass
from typing import Any

import numpy as np
import xgboost

from ml.artefact import Algorithm, Artefact
from ml.card import document
from ml.config import ModelConfig
from ml.data import categories, split
from ml.data.features import Rows
from ml.data.split import Protocol, Split
from ml.data.table import Table
from ml.train import baseline, metrics, recipes, reference
from ml.train.recipes import Recipe, Tell

Doubles = np.ndarray[Any, np.dtype[np.float64]]


def train(
    table: Table,
    config: ModelConfig,
    algorithm: Algorithm = "boosted",
    note: str = "",
    protocol: Protocol | None = None,
    tell: Tell | None = None,
    search: bool = True,
) -> Artefact:
    """A model fitted to the older rows and measured on the newest, both as the protocol says.

    Settings are chosen on the older rows (`ml.train.search`), unless `search` is False: then the configured ones are
    used.
    `tell` hears how far it is. Raises BadInput when a class is missing on either side of the split.
    """
    say = tell or (lambda share, what: None)
    rules = protocol or Protocol()
    say(0.03, "splitting the rows")
    parts = split.by_time(table, config.test_share, rules, config.seed)
    earlier = split.windows(table, config.test_share, rules)
    share = 1 / (1 + len(earlier))
    folds = []
    for number, part in enumerate(earlier):
        window = _learn(
            table, part, config, algorithm, rules, search, _within(say, 0.05 + 0.77 * share * number, 0.77 * share)
        )
        folds.append(document.fold(window.table, part, window.scores, config))
    made = _learn(table, parts, config, algorithm, rules, search, _within(say, 0.82 - 0.77 * share, 0.77 * share))
    table, booster, scores = made.table, made.booster, made.scores
    rows = table.rows[parts.older]
    say(0.82, "measuring")
    measured: dict[str, Any] = metrics.report(table.labels[parts.newer], scores, config.decision_threshold)
    measured |= {
        "train_rows": len(parts.older),
        "base_score": base_score(booster),
        "seed": config.seed,
        "xgboost": xgboost.__version__,
    }
    judged = document.Judged(table, parts, rules, booster, scores, measured, algorithm, note, made.recipe, folds)
    described = document.of(judged, config)
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


@dataclass(frozen=True, slots=True)
class _Learnt:
    """A model of one window: the table with its words in order, how it was made, and scores of the newer rows."""

    table: Table
    recipe: Recipe
    booster: xgboost.Booster
    scores: Doubles


def _learn(
    table: Table, part: Split, config: ModelConfig, algorithm: Algorithm, rules: Protocol, search: bool, say: Tell
) -> _Learnt:
    table = categories.ordered(table, part.older, config.categories)
    rows, labels = table.rows[part.older], table.labels[part.older]
    recipe = recipes.choose(table, part.older, config, algorithm, rules, search, _within(say, 0, 0.6))
    booster = recipes.fit(rows, labels, table.features, recipe, config, _within(say, 0.6, 0.4))
    return _Learnt(table, recipe, booster, predict(booster, table.rows[part.newer]))


def _within(say: Tell, start: float, size: float) -> Tell:
    """Tells of a step that is `size` of the whole."""
    return lambda share, what: say(start + size * share, what)


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
