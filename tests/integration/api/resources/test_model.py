"""The model part: matrix, maturity, and a warning with the next retraining."""

import time
from typing import Any

import numpy as np
import pytest
from flask.testing import FlaskClient

from api.resources import model
from core.audit.chain import Audit
from core.db.engine import Database
from core.db.redis_client import Live
from core.events.types import Label
from core.models import baselines, registry
from core.models.drift.baseline import fit
from core.models.performance import calibration
from core.settings import Settings
from core.transactions import policies
from tests.integration.api.making import Store, get, prediction


def test_model_counts_labels_and_warns(client: FlaskClient, store: Store) -> None:
    now = time.time()
    store([prediction(n, now - 60, *((0.8, "BLOCKED") if n < 10 else (0.1, "APPROVED"))) for n in range(40)], now)
    store(
        [
            Label(
                id=f"l{n}",
                timestamp=now,
                transaction_id=f"t{n}",
                label="fraud" if n < 4 else "legit",
                source="chargeback",
            )
            for n in range(20)
        ],
        now,
    )
    data = get(client, "/api/monitoring/model")
    assert data["matrix"] == {"tp": 4, "fp": 6, "fn": 0, "tn": 10}
    assert data["precision"] == pytest.approx(0.4)
    assert data["maturity"]["percent"] == pytest.approx(50)
    assert data["warning"]["next_retraining"] > now * 1000


def test_the_reference_matrix_gives_the_reference_rates() -> None:
    config = model.PrecisionConfig(0.67, 5.0, "sunday", "02:00")
    row = {
        "tp": 142,
        "fn": 18,
        "fp": 89,
        "tn": 11_751,
        "flagged_unlabelled": 0,
        "clear_unlabelled": 0,
        "blocked_unlabelled": 0,
    }
    data = model.judged(row, config, 0.0)
    assert [round(getattr(data, name), 3) for name in ("precision", "recall")] == [0.615, 0.887]
    published = {"precision": 0.614, "recall": 0.888, "f1": 0.726}  # M1
    assert {name: getattr(data, name) for name in published} == pytest.approx(published, abs=0.001)
    assert data.precision_change_percent == pytest.approx(-8.25, abs=0.01)
    assert data.warning is not None


def test_the_baselines_are_the_models_own_and_recall_warns_too() -> None:
    config = model.PrecisionConfig(0.67, 5.0, "sunday", "02:00")
    row = {"tp": 37, "fn": 63, "fp": 13, "tn": 900, "flagged_unlabelled": 0, "clear_unlabelled": 0}
    row["blocked_unlabelled"] = 0
    own = {"precision": 0.75, "recall": 0.82, "tp": 82, "fn": 18, "fp": 27}
    data = model.judged(row, config, 0.0, own)
    assert (data.baseline_precision, data.baseline_recall) == (0.75, 0.82)
    assert data.recall_change_percent == pytest.approx(-54.9, abs=0.1)
    assert data.warning is not None
    assert data.warning.text == "Recall 0.370 is 54.9 % below its baseline 0.82"
    worse = model.judged({**row, "fp": 30}, config, 0.0, own).warning
    assert worse is not None
    assert worse.text.startswith("Precision 0.552 is 26.4 % below its baseline 0.75; Recall")
    few = {**row, "tp": 3, "fn": 1, "fp": 1}  # below by chance
    assert model.judged(few, config, 0.0, own).warning is None
    assert model.judged(row, config, 0.0, {**own, "tp": 5, "fn": 2, "fp": 2}).baseline_precision == 0.67


def test_a_baseline_of_another_threshold_compares_with_nothing() -> None:
    config = model.PrecisionConfig(0.67, 5.0, "sunday", "02:00")
    row = {"tp": 37, "fn": 63, "fp": 30, "tn": 900, "flagged_unlabelled": 0, "clear_unlabelled": 0}
    row["blocked_unlabelled"] = 0
    own = {"precision": 0.75, "recall": 0.82, "tp": 82, "fn": 18, "fp": 27, "threshold": 0.5}
    same = model.judged(row, config, 0.0, own, 0.5000000001)
    assert (same.baseline_threshold, same.warning is None) == (None, False)
    other = model.judged(row, config, 0.0, own, 0.6)
    assert (other.threshold, other.baseline_threshold, other.baseline_precision) == (0.6, 0.5, 0.75)
    assert other.precision_change_percent is other.recall_change_percent is other.warning is None
    few = {**own, "tp": 5, "fp": 2, "fn": 2}  # then the configured baseline stands, which has no threshold
    assert model.judged(row, config, 0.0, few, 0.6).warning is not None


@pytest.mark.parametrize(("profile", "differs"), [("normal", None), ("strict", 0.6)])
def test_it_is_the_policy_in_force_that_must_be_the_tested_one(
    client: FlaskClient, db: Database, live: Live, known: Settings, profile: str, differs: float | None
) -> None:
    metrics = {"precision": 0.75, "recall": 0.82, "tp": 82, "fn": 18, "fp": 27, "threshold": 0.6}
    version = registry.save(
        db, algorithm="boosted", artefact=b"x", features=["x"], reference=[], metrics=metrics, fingerprint="f"
    )
    registry.promote(live, db, version)
    policy = policies.change(live, db, Audit("key"), known.config.policy, profile, "ann")
    data = get(client, "/api/monitoring/model")
    assert (data["threshold"], data["baseline_threshold"]) == (policy.fraud_threshold, differs)
    assert data["baseline_precision"] == 0.75


@pytest.fixture
def calibrated(db: Database, live: Live) -> int:
    """A champion whose scores are too high by half: what scores s is fraud with a chance of s / 2."""
    random = np.random.default_rng(1)
    scores = np.round(random.random(8000), 3)
    version = registry.save(
        db, algorithm="boosted", artefact=b"x", features=["x"], reference=[], metrics={}, fingerprint="f"
    )
    fitted = calibration.fit((random.random(8000) < scores / 2).astype(int), scores)
    baselines.put(db, version, fit({"x": [1.0, 2.0]}), fitted)
    registry.promote(live, db, version)
    return version


def test_performance_is_estimated_before_a_label_is_there(client: FlaskClient, store: Store, calibrated: int) -> None:
    now, random = time.time(), np.random.default_rng(2)
    scores = np.round(random.random(1500), 3).tolist()
    store([prediction(n, now - 60, s, "APPROVED", model_version=calibrated) for n, s in enumerate(scores)], now)
    data = get(client, "/api/monitoring/model")
    found = data["estimated"]
    assert (found["rows"], found["calibrated_on"]) == (1500, 8000)
    assert found["precision"] == pytest.approx(0.4, abs=0.04)
    assert found["fraud_rate"] == pytest.approx(0.25, abs=0.03)
    for name in ("precision", "recall", "f1", "auc_roc", "fraud_rate"):
        low, high = found["intervals"][name]
        assert low <= found[name] <= high
    assert data["precision"] is data["intervals"]["precision"] is data["holdout"] is None
    assert len(data["history"]) == 14
    today = next(day for day in data["history"] if day["total"])
    assert (today["labelled"], today["measured"]["precision"]) == (0, None)
    assert today["estimated"]["precision"] == pytest.approx(found["precision"], abs=0.05)


def test_without_a_calibration_nothing_is_estimated(client: FlaskClient, store: Store) -> None:
    now = time.time()
    store([prediction(n, now - 60, 0.9, "BLOCKED") for n in range(20)], now)
    data = get(client, "/api/monitoring/model")
    assert data["estimated"] is None
    assert {day["estimated"] for day in data["history"]} == {None}


def test_measured_rates_have_intervals(client: FlaskClient, store: Store) -> None:
    now = time.time()
    store([prediction(n, now - 60, 0.8, "BLOCKED") for n in range(40)], now)
    store([label(n, now, "fraud" if n < 30 else "legit") for n in range(40)], now)
    data = get(client, "/api/monitoring/model")
    assert data["intervals"]["precision"] == pytest.approx([0.5981, 0.8581], abs=0.001)


def test_blocked_traffic_is_weighted_back(client: FlaskClient, store: Store) -> None:
    """100 blocked, 10 held out of which 9 were fraud; appeals of blocked honest customers do not count twice."""
    now = time.time()
    held = [prediction(n, now - 60, 0.9, "REVIEW", holdout=0.1) for n in range(10)]
    blocked = [prediction(n, now - 60, 0.9, "BLOCKED") for n in range(10, 100)]
    review = [prediction(n, now - 60, 0.62, "REVIEW") for n in range(100, 110)]
    store([*held, *blocked, *review], now)
    truth = [label(n, now, "fraud" if n else "legit") for n in range(10)]
    appeals = [label(n, now, "legit") for n in range(10, 14)]
    store([*truth, *appeals, *[label(n, now, "fraud" if n < 105 else "legit") for n in range(100, 110)]], now)
    data = get(client, "/api/monitoring/model")
    assert data["matrix"] == {"tp": 14, "fp": 10, "fn": 0, "tn": 0}
    found = data["holdout"]
    assert (found["tp"], found["fp"], found["labelled"]) == (95, 15, 10)
    assert found["precision"] == pytest.approx(95 / 110)
    low, high = found["intervals"]["precision"]
    assert low < found["precision"] < high


def label(n: int, now: float, value: Any) -> Label:
    """A chargeback of transaction t<n>."""
    return Label(id=f"l{n}", timestamp=now, transaction_id=f"t{n}", label=value, source="chargeback")
