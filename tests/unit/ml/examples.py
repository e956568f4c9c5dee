"""A small labelled table and a configuration, for tests of training and scoring."""

import numpy as np

from core.settings import load
from ml import config as model_config
from ml.config import ModelConfig
from ml.features import Feature
from ml.table import Table

FEATURES = (Feature("speed"), Feature("new_device", "flag"), Feature("age"))


def config() -> ModelConfig:
    """The shipped configuration."""
    return model_config.load(load({}))


def table(n: int = 3000, seed: int = 5) -> Table:
    """Fraud is fast and from a new device; ages are noise and missing in a tenth of the rows."""
    rng = np.random.default_rng(seed)
    rows = np.column_stack([rng.normal(size=n), rng.random(n) < 0.3, rng.uniform(0, 100, n)]).astype(np.float32)
    labels = ((rows[:, 0] + 1.2 * rows[:, 1] + rng.normal(0, 0.5, n)) > 2).astype(float)
    rows[rng.random(n) < 0.1, 2] = np.nan
    return Table(FEATURES, rows, labels, "test")
