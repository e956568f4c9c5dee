"""A table of stored predictions whose truth is known by now, to train on (L3)."""

import hashlib

import numpy as np

from core.errors import BadInput
from core.store import models
from core.store.db import Database
from core.store.queries import query
from ml import registry
from ml.features import Encoder
from ml.table import Table


def read(database: Database, version: int, since: float) -> Table:
    """Labelled predictions of model `version` since `since` (epoch seconds), oldest first.

    Raises BadInput when there is no such model or no labelled prediction.
    """
    features = registry.features(models.load(database, version))
    with database.transaction() as connection:
        found = connection.execute(query("training.labelled"), {"since": since, "version": version}).all()
    if not found:
        raise BadInput("label", f"no prediction of model {version} has a label in that time")
    rows = Encoder(features).rows([row.features for row in found])
    labels = np.array([row.fraud for row in found], dtype=np.float64)
    fingerprint = hashlib.sha256(rows.tobytes() + labels.tobytes()).hexdigest()
    return Table(features, rows, labels, fingerprint)
