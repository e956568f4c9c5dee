"""Between trained models as values and the registry's rows: what is kept of a model, and how it comes back.

The registry keeps feature names in the model's order; their types and units are kept with the metrics.
"""

import msgspec

from core.db.engine import Database
from core.models import baselines, registry
from core.models.registry import Model, ReferenceBins
from core.models.seal import KEYLESS, ModelSeal
from ml.artefact import Artefact
from ml.card import html
from ml.data.features import Feature, from_json, named


def save(database: Database, artefact: Artefact, seal: ModelSeal = KEYLESS) -> int:
    """Register a trained model with what is kept of its data; returns its version."""
    version = registry.save(
        database,
        algorithm=artefact.algorithm,
        artefact=artefact.model,
        features=[feature.name for feature in artefact.features],
        reference=msgspec.convert(artefact.reference, list[ReferenceBins]),
        metrics={**artefact.metrics, "features": [feature.as_json() for feature in artefact.features]},
        fingerprint=artefact.fingerprint,
        note=artefact.note,
        card=artefact.card,
        html=html.page(artefact.card) if artefact.card else "",
        seal=seal,
    )
    if artefact.kept is not None:
        baselines.put(database, version, artefact.kept.baseline, artefact.kept.calibration)
    return version


def features(model: Model) -> tuple[Feature, ...]:
    """The typed feature list of a registered model."""
    described = model.metrics.get("features")
    return from_json(described) if described else tuple(named(name) for name in model.features)
