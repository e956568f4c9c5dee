"""Between trained models as values and the registry's rows: what is kept of a model, and how it comes back.

The registry keeps feature names in the model's order; their types and units are kept with the metrics.
"""

import msgspec

from core.store import baselines, models
from core.store.db import Database
from core.store.models import Model, ReferenceBins
from ml import card_html
from ml.artefact import Artefact
from ml.features import Feature, from_json, named


def save(database: Database, artefact: Artefact) -> int:
    """Register a trained model with what is kept of its data; returns its version."""
    version = models.save(
        database,
        algorithm=artefact.algorithm,
        artefact=artefact.model,
        features=[feature.name for feature in artefact.features],
        reference=msgspec.convert(artefact.reference, list[ReferenceBins]),
        metrics={**artefact.metrics, "features": [feature.as_json() for feature in artefact.features]},
        fingerprint=artefact.fingerprint,
        note=artefact.note,
        card=artefact.card,
        html=card_html.page(artefact.card) if artefact.card else "",
    )
    if artefact.kept is not None:
        baselines.put(database, version, artefact.kept.baseline, artefact.kept.calibration)
    return version


def features(model: Model) -> tuple[Feature, ...]:
    """The typed feature list of a registered model."""
    described = model.metrics.get("features")
    return from_json(described) if described else tuple(named(name) for name in model.features)
