"""The drift part finds the feature that moved, and says nothing of few predictions."""

import time
from datetime import date

import numpy as np
import pytest
from flask.testing import FlaskClient

from api.config import DriftConfig, MonitoringConfig
from api.resources.drift import judged
from core import settings
from core.db.engine import Database
from core.db.redis_client import Live
from core.models import registry
from core.models.registry import ReferenceBins
from tests.integration.api.making import Store, get, prediction


def test_drift_finds_the_feature_that_moved(client: FlaskClient, store: Store, db: Database, live: Live) -> None:
    bins = [ReferenceBins(name, [0.25, 0.5, 0.75], [100, 100, 100, 100, 0]) for name in ("steady", "moved")]
    version = registry.save(
        db,
        algorithm="boosted",
        artefact=b"x",
        features=["steady", "moved"],
        reference=bins,
        metrics={},
        fingerprint="f",
    )
    registry.promote(live, db, version)
    now = time.time()
    random = np.random.default_rng(1)
    store(
        [
            prediction(
                n,
                now - 30,
                0.1,
                "APPROVED",
                model_version=version,
                feature_values=[float(random.random()), float(random.random() ** 4)],
            )
            for n in range(400)
        ],
        now,
    )
    data = get(client, "/api/monitoring/drift")
    assert (data["status"], data["features"][0]["name"], data["n"]) == ("drifted", "moved", 400)
    assert data["features"][1]["status"] == "healthy"
    assert len(data["days"]) == 7
    assert data["days"][-1]["feature"] == "moved"


@pytest.mark.parametrize(("n", "status"), [(99, "unknown"), (100, "drifted")])
def test_under_a_hundred_predictions_the_data_is_insufficient(n: int, status: str) -> None:
    bins = [ReferenceBins("moved", [0.5], [900, 100, 0])]
    minimum = settings.load({}).section("monitoring", MonitoringConfig).drift.minimum
    config = DriftConfig(threshold=0.15, watch=0.1, minimum=minimum)
    day = date(2026, 1, 5)
    data = judged(bins, {day: (n, [0, n, 0])}, [day], config)
    assert (data.status, data.minimum, data.n) == (status, 100, n)
    assert (data.largest is None) == (data.days[0].kl is None) == (status == "unknown")
