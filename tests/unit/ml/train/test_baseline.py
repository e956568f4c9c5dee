"""What training keeps of its data: features of the older rows, score and label of the rows left out."""

import numpy as np

from core.models.drift.baseline import Category, Numeric, Skipped
from ml.data.features import Feature
from ml.train import baseline

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


def test_categories_are_kept_by_their_words() -> None:
    colour = Feature("colour", "category", categories=("red", "blue"), unseen=0.5)
    codes = np.array([0.0, 1.0, 0.5, np.nan, 0.0], dtype=np.float32)
    assert baseline.meant(colour, codes).tolist() == ["red", "blue", "any other", None, "red"]
    assert list(baseline.written(colour, ["red", "green", "", "blue"])) == ["red", "any other", "", "blue"]
    kept = baseline.of((colour,), np.tile(codes[:, None], (40, 1)), np.array([0.0, 1.0] * 30), np.tile([0.1, 0.9], 30))
    column = kept.baseline.columns[0]
    assert isinstance(column, Category)
    assert (column.counts, column.missing) == ({"red": 80, "blue": 40, "any other": 40}, 40)
