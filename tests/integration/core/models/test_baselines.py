"""What is kept of a model's data comes back as it was."""

import numpy as np

from core import codec
from core.db.engine import Database
from core.models import baselines, registry
from core.models.drift.baseline import fit
from core.models.performance import calibration


def saved(db: Database) -> int:
    return registry.save(
        db, algorithm="boosted", artefact=b"x", features=["x"], reference=[], metrics={}, fingerprint="f"
    )


def test_a_baseline_and_a_calibration_come_back(db: Database) -> None:
    random = np.random.default_rng(1)
    scores = random.random(500).astype(np.float32)
    kept = fit({"x": random.normal(size=3000), "kind": ["a", "b'\\\u00e9"] * 1500})
    fitted = calibration.fit((random.random(500) < scores / 3).astype(int), scores)
    version = saved(db)
    baselines.put(db, version, kept, fitted)
    found = baselines.baseline(db, version)
    assert found is not None
    assert codec.encode(found.as_json()) == codec.encode(kept.as_json())
    assert baselines.calibration(db, version) == fitted


def test_a_model_without_one_has_none(db: Database) -> None:
    version = saved(db)
    assert baselines.baseline(db, version) is None
    assert baselines.calibration(db, version) is None
    baselines.put(db, version, fit({"x": [1.0, 2.0]}), None)
    assert baselines.baseline(db, version) is not None
    assert baselines.calibration(db, version) is None
