"""A small labelled table, a configuration and a registered model, for tests of training and scoring."""

from functools import cache

import msgspec
import numpy as np

from core.models.registry import Model
from core.settings import load
from ml import config as model_config
from ml.artefact import Algorithm, Artefact
from ml.config import ModelConfig
from ml.data.features import Feature
from ml.data.table import Table
from ml.train import training

FEATURES = (Feature("speed"), Feature("new_device", "flag"), Feature("age"))


def config() -> ModelConfig:
    """The shipped configuration, whose settings are taken as they are: a search for better ones takes seconds."""
    shipped = searching()
    return msgspec.structs.replace(shipped, search=msgspec.structs.replace(shipped.search, least_frauds=10**9))


def searching() -> ModelConfig:
    """The shipped configuration."""
    return model_config.load(load({}))


def table(n: int = 3000, seed: int = 5) -> Table:
    """Fraud is fast and from a new device; ages are noise and missing in a tenth of the rows."""
    rng = np.random.default_rng(seed)
    rows = np.column_stack([rng.normal(size=n), rng.random(n) < 0.3, rng.uniform(0, 100, n)]).astype(np.float32)
    labels = ((rows[:, 0] + 1.2 * rows[:, 1] + rng.normal(0, 0.5, n)) > 2).astype(float)
    rows[rng.random(n) < 0.1, 2] = np.nan
    return Table(FEATURES, rows, labels, "test")


@cache
def trained(seed: int = 5, algorithm: Algorithm = "boosted") -> Artefact:
    """What is trained on that table by that configuration, once in a process: for tests that need some model."""
    return training.train(table(seed=seed), config(), algorithm)


def model_of(artefact: Artefact, version: int = 7) -> Model:
    """A trained model as the registry gives it back, without reference bins."""
    return Model(
        version=version,
        algorithm=artefact.algorithm,
        artefact=artefact.model,
        features=[f.name for f in artefact.features],
        reference=[],
        metrics={"features": [f.as_json() for f in artefact.features]},
        fingerprint="",
        created_at=0.0,
    )
