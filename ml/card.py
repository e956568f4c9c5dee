"""The model card: what a model was made from, how it was judged, how good it is, and what to beware of (L3).

A plain document (JSON); `ml.card_html` draws it as a page. `docs/model.md` lists its fields.
"""

from dataclasses import dataclass
from typing import Any

import msgspec
import numpy as np
import xgboost

from core import clock
from ml import cautions, curves, fast, metrics, weights
from ml.config import ModelConfig
from ml.features import Feature, Rows
from ml.metrics import Array
from ml.split import DAY, Protocol, Split, told
from ml.table import Table

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


def of(judged: Judged, config: ModelConfig) -> dict[str, Any]:
    """The card."""
    table, newer = judged.table, judged.split.newer
    labels, scores = table.labels[newer], judged.scores
    calibrated = curves.calibration(labels, scores)
    error = sum(row["n"] * abs(row["mean_score"] - row["observed"]) for row in calibrated) / len(labels)
    missed = np.ones(len(labels)) * config.review_cost * 10 if table.amounts is None else table.amounts[newer]
    return {
        "format": FORMAT,
        "model": {
            "algorithm": judged.algorithm,
            "note": judged.note,
            "seed": config.seed,
            "base_score": judged.metrics["base_score"],
            "xgboost": xgboost.__version__,
            "trees": len(judged.booster.get_dump()),
            "parameters": _parameters(judged, config),
        },
        "data": {
            "source": table.place,
            "fingerprint": table.fingerprint,
            "rows": len(table.labels),
            "frauds": int(table.labels.sum()),
            "from": None if table.times is None else clock.iso(float(table.times[0])),
            "to": None if table.times is None else clock.iso(float(table.times[-1])),
            "left_out": list(table.left_out),
        },
        "split": told(table, judged.split, judged.protocol),
        "measures": {
            **{name: judged.metrics[name] for name in ("auc_roc", "average_precision", "threshold")},
            **metrics.at_threshold(labels, scores, config.decision_threshold),
            "brier": curves.brier(labels, scores),
            "calibration_error": error,
        },
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
        "warnings": cautions.of(table, judged.split, scores),
    }


def _parameters(judged: Judged, config: ModelConfig) -> dict[str, Any]:
    """What each part learned with; a fraud's weight as it was used."""
    parts = {"boosted": config.boosted, "forest": config.forest}
    labels = judged.table.labels[judged.split.older]
    return {
        name: msgspec.to_builtins(part) | {"weight": weights.of_fraud(part.weight, labels)}
        for name, part in parts.items()
        if judged.algorithm in (name, "ensemble")
    }


def _cards(judged: Judged, config: ModelConfig) -> list[dict[str, float]]:
    """Card precision at k, where entities and times are known."""
    table, newer = judged.table, judged.split.newer
    if table.entities is None or table.times is None:
        return []
    days = (table.times[newer] // DAY).astype(np.int64)
    found = []
    for k in config.top_k:
        share, count = curves.card_precision(table.labels[newer], judged.scores, days, table.entities[newer], k)
        found.append({"k": k, "precision": share, "days": count})
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
    made = fast.build(booster, rows.shape[1])
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
