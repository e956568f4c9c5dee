"""The drift_features part: which feature moved and how, the scores, and the share of fraud with its interval."""

import time

import numpy as np
import pytest
from flask.testing import FlaskClient

from core.db.engine import Database
from core.db.redis_client import Live
from core.events.types import Label
from core.models import baselines, registry
from core.models.drift.baseline import fit
from core.models.performance import calibration
from core.models.registry import ReferenceBins
from tests.integration.api.making import Store, get, prediction


@pytest.fixture
def champion(db: Database, live: Live) -> int:
    """A model of two features and a clock, with scores that were even in training and 2 % fraud."""
    bins = [ReferenceBins(name, [0.25, 0.5, 0.75], [100, 100, 100, 100, 0]) for name in ("steady", "moved")]
    version = registry.save(
        db, algorithm="boosted", artefact=b"x", features=["steady", "moved", "hour"],
        reference=[*bins, ReferenceBins("hour", [], [400, 0])], metrics={}, fingerprint="f",
    )  # fmt: skip
    registry.promote(live, db, version)
    scores = np.linspace(0, 1, 1000)
    labels = ["fraud" if n % 50 == 0 else "legit" for n in range(1000)]
    base = fit({"score": scores, "label": labels}, {"score": "score", "label": "target"})
    baselines.put(db, version, base, calibration.fit([int(word == "fraud") for word in labels], scores))
    return version


def test_what_moved_is_shown_before_and_after(client: FlaskClient, store: Store, champion: int) -> None:
    now = time.time()
    random = np.random.default_rng(1)
    low = [
        prediction(
            n, now - 30, float(random.random() ** 3), "APPROVED", model_version=champion,
            feature_values=[float(random.random()), float(random.random() ** 4), 1.0],
        )
        for n in range(500)
    ]  # fmt: skip
    store(low, now)
    said = [
        Label(id=f"l{n}", timestamp=now, transaction_id=f"t{n}", label="fraud" if n < 8 else "legit", source="analyst")
        for n in range(80)
    ]
    store(said, now)
    data = get(client, "/api/monitoring/drift_features")
    assert [one["name"] for one in data["features"]] == ["moved", "steady"]  # the clock has one bin: nothing to draw
    moved = data["features"][0]
    assert (moved["status"], moved["edges"], moved["before"]) == ("drifted", [0.25, 0.5, 0.75], [0.25] * 4)
    assert moved["after"][0] > 0.6
    assert sum(moved["after"]) == pytest.approx(1, abs=1e-3)
    assert data["score"]["status"] == "drifted"
    assert data["score"]["before"][0] == pytest.approx(0.05, abs=0.01)
    assert data["score"]["after"][0] > 0.3
    assert data["score"]["distance"] > 0.2
    target = data["target"]
    assert target["before"] == pytest.approx(0.02)
    assert (target["after"], target["labelled"], target["total"]) == (pytest.approx(0.1), 80, 500)
    assert target["interval"][0] < 0.1 < target["interval"][1]


def test_few_predictions_say_nothing(client: FlaskClient, store: Store, champion: int) -> None:
    now = time.time()
    store(
        [
            prediction(n, now - 30, 0.1, "APPROVED", model_version=champion, feature_values=[0.1, 0.1, 1.0])
            for n in range(99)
        ],
        now,
    )
    data = get(client, "/api/monitoring/drift_features")
    assert (data["n"], data["features"], data["score"]) == (99, [], None)
