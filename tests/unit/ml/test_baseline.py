"""What training keeps of its data: features of the older rows, score and label of the rows left out."""

import numpy as np

from core.drift.baseline import Category, Numeric, Skipped
from ml import baseline
from ml.features import Feature

FEATURES = (Feature("amount"), Feature("new_device", "flag"), Feature("hour_sin", calendar=True))


def test_every_feature_score_and_label_are_kept() -> None:
    random = np.random.default_rng(1)
    rows = np.column_stack([random.lognormal(0, 1, 900), random.integers(0, 2, 900), random.random(900)])
    scores = random.random(300)
    labels = (random.random(300) < scores / 2).astype(float)
    kept = baseline.of(FEATURES, rows.astype(np.float32), labels, scores)
    kinds = {column.name: (type(column), column.role) for column in kept.baseline.columns}
    assert kinds == {
        "amount": (Numeric, "feature"),
        "new_device": (Category, "feature"),
        "hour_sin": (Skipped, "feature"),
        "score": (Numeric, "score"),
        "label": (Category, "target"),
    }
    label = kept.baseline.columns[-1]
    assert isinstance(label, Category)
    assert label.counts == {"legit": int((labels == 0).sum()), "fraud": int(labels.sum())}
    assert (kept.baseline.rows, kept.calibration.rows) == (900, 300)


def test_labels_have_names() -> None:
    assert baseline.named(np.array([0.0, 1.0])).tolist() == ["legit", "fraud"]
