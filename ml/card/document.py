"""The model card: what a model was made from, how it was judged, how good it is, and what to beware of (L3).

A plain document (JSON); `ml.card.html` draws it as a page. `docs/model.md` lists its fields.
"""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import xgboost

from core import clock
from ml.card import curves, data_warnings, resampling
from ml.config import ModelConfig
from ml.data.features import Feature, Rows
from ml.data.split import DAY, Protocol, Split, told
from ml.data.table import Table
from ml.serve import table_scorer
from ml.train import metrics, recipes
from ml.train.metrics import Array
from ml.train.recipes import Recipe

FORMAT = 1
EXPLAINED_ROWS = 400


@dataclass(frozen=True, slots=True)
class Judged:
    """A fitted model with the rows that judged it; `scores` (m,) are of the rows `split.newer`."""

    table: Table
    split: Split
    protocol: Protocol
    booster: xgboost.Booster
    scores: Array
    metrics: dict[str, Any]
    algorithm: str
    note: str
    recipe: Recipe
    folds: list[dict[str, Any]] = field(default_factory=list)


def of(judged: Judged, config: ModelConfig) -> dict[str, Any]:
    """The card."""
    table, newer = judged.table, judged.split.newer
    labels, scores = table.labels[newer], judged.scores
    calibrated = curves.calibration(labels, scores)
    error = sum(row["n"] * abs(row["mean_score"] - row["observed"]) for row in calibrated) / len(labels)
    missed = np.ones(len(labels)) * config.review_cost * 10 if table.amounts is None else table.amounts[newer]
    drawn = resampling.intervals(
        labels, scores, config.decision_threshold, resampling.clusters(table, newer), config.seed
    )
    return {
        "format": FORMAT,
        "model": {
            "algorithm": judged.algorithm,
            "note": judged.note,
            "seed": config.seed,
            "base_score": judged.metrics["base_score"],
            "xgboost": xgboost.__version__,
            "trees": len(judged.booster.get_dump()),
            "parameters": recipes.parameters(judged.recipe, table.labels[judged.split.older]),
            "search": {kind: chosen.tried for kind, chosen in judged.recipe.parts.items() if chosen.tried},
        },
        "data": {
            "source": table.place,
            "fingerprint": table.fingerprint,
            "rows": len(table.labels),
            "frauds": int(table.labels.sum()),
            "from": None if table.times is None else clock.iso(float(table.times[0])),
            "to": None if table.times is None else clock.iso(float(table.times[-1])),
            "left_out": [*table.left_out, *_rows_left_out(judged.split)],
        },
        "split": told(table, judged.split, judged.protocol, config.test_share),
        "measures": {
            **{name: judged.metrics[name] for name in ("auc_roc", "average_precision", "threshold")},
            **metrics.at_threshold(labels, scores, config.decision_threshold),
            "brier": curves.brier(labels, scores),
            "brier_skill": metrics.brier_skill(labels, scores),
            "calibration_error": error,
            "mean_score": float(scores.mean()),
            "fraud_rate": float(labels.mean()),
        },
        "folds": [*judged.folds, fold(table, judged.split, scores, config)] if judged.protocol.folds > 1 else [],
        "intervals": drawn,
        "by_threshold": curves.by_threshold(labels, scores),
        "roc": curves.roc(labels, scores),
        "precision_recall": curves.precision_recall(labels, scores),
        "top_k": curves.top_k(labels, scores, config.top_k),
        "card_precision": _cards(judged, config),
        "calibration": calibrated,
        "costs": {
            "missed": "the amount" if table.amounts is not None else "ten reviews",
            **curves.costs(labels, scores, missed, config.review_cost),
        },
        "importance": _importance(judged),
        "features": [_feature(table, column, feature) for column, feature in enumerate(table.features)],
        "warnings": data_warnings.of(table, judged.split, scores, judged.protocol, drawn),
    }


def fold(table: Table, part: Split, scores: Array, config: ModelConfig) -> dict[str, Any]:
    """How good a model of one test window was."""
    labels = table.labels[part.newer]
    times = None if table.times is None else table.times[part.newer]
    return {
        "test_from": None if times is None else clock.iso(float(times[0])),
        "test_to": None if times is None else clock.iso(float(times[-1])),
        "train_rows": len(part.older),
        **metrics.report(labels, scores, config.decision_threshold),
        "mean_score": float(scores.mean()),
        "fraud_rate": float(labels.mean()),
    }


def _rows_left_out(split: Split) -> list[str]:
    """Rows that neither taught nor judged."""
    counts = {
        "within the label delay": split.waiting,
        "of entities with known fraud": split.known,
        "after the test": split.after,
    }
    return [f"{count:,} rows {why}" for why, count in counts.items() if count]


def _cards(judged: Judged, config: ModelConfig) -> list[dict[str, float]]:
    """Card precision at k, where entities and times are known."""
    table, newer = judged.table, judged.split.newer
    if table.entities is None or table.times is None:
        return []
    days = (table.times[newer] // DAY).astype(np.int64)
    known = table.entities[newer] >= 0
    cards = [len(np.unique(table.entities[newer][known & (days == day)])) for day in np.unique(days[known])]
    found = []
    for k in config.top_k:
        shares = curves.card_precisions(table.labels[newer], judged.scores, days, table.entities[newer], k)
        low, high = resampling.of_mean(shares, config.seed)
        found.append(
            {
                "k": k,
                "precision": float(shares.mean()) if len(shares) else 0.0,
                "low": low,
                "high": high,
                "days": len(shares),
                "cards": float(np.mean(cards)) if cards else 0.0,
                "looked_at": float(np.mean(np.minimum(cards, k))) if cards else 0.0,
            }
        )
    return found


def _importance(judged: Judged) -> list[dict[str, Any]]:
    """Mean size of the exact SHAP values over a sample of the test rows, and XGBoost's gain, the largest first."""
    table, newer = judged.table, judged.split.newer
    chosen = newer[np.linspace(0, len(newer) - 1, min(len(newer), EXPLAINED_ROWS)).astype(np.int64)]
    size = np.abs(_contributions(judged.booster, table.rows[chosen])).mean(axis=0)
    gain: dict[str, float] = judged.booster.get_score(importance_type="total_gain")  # type: ignore[assignment]
    names = judged.booster.feature_names or []
    whole = max(float(size.sum()), 1e-300)
    total = max(sum(gain.values()), 1e-300)
    rows = [
        {
            "feature": feature.name,
            "contribution": float(size[i]),
            "share": float(size[i]) / whole,
            "gain_share": float(gain.get(names[i], 0.0)) / total,
        }
        for i, feature in enumerate(table.features)
    ]
    return sorted(rows, key=lambda row: -float(row["share"]))


def _contributions(booster: xgboost.Booster, rows: Rows) -> Array:
    made = table_scorer.build(booster, rows.shape[1])
    if made is not None and made.explainer is not None:
        return np.array([made.contributions(row) for row in rows.tolist()])
    found = booster.predict(xgboost.DMatrix(rows), pred_contribs=True, validate_features=False)
    return np.asarray(found, dtype=np.float64)[:, :-1]


def _feature(table: Table, column: int, feature: Feature) -> dict[str, Any]:
    """What a column holds, over all rows."""
    values = table.rows[:, column]
    present = values[np.isfinite(values)].astype(np.float64)
    found: dict[str, Any] = {
        "name": feature.name,
        "type": feature.kind,
        "unit": feature.unit,
        "missing_share": 1 - len(present) / len(values),
    }
    if feature.kind == "category":
        return {**found, "categories": len(feature.categories), "riskiest": list(feature.categories[-5:][::-1])}
    if len(present):
        low, middle, high = np.quantile(present, [0, 0.5, 1]).tolist()
        found |= {"minimum": low, "median": middle, "maximum": high}
    return found
