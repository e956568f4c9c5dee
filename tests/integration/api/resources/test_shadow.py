"""The shadow part: nobody there, too few frauds known, and a verdict when there are enough."""

import time

import numpy as np
import pytest
from flask.testing import FlaskClient

from api.config import ShadowConfig
from api.resources.shadow import judged
from core.db.engine import Database
from core.db.redis_client import Live
from core.events.types import Label
from core.models import registry, shadow
from core.models.shadow import Shadowed
from tests.integration.api.making import Store, get, prediction


def model(db: Database) -> int:
    return registry.save(
        db, algorithm="boosted", artefact=b"x", features=["x"], reference=[], metrics={}, fingerprint="f"
    )


def test_nobody_in_the_shadow_is_said(client: FlaskClient) -> None:
    data = get(client, "/api/monitoring/shadow")
    assert (data["challenger"], data["n"], data["average_precision"]) == (None, 0, None)


def test_it_compares_what_both_said(client: FlaskClient, store: Store, db: Database, live: Live) -> None:
    first, second = model(db), model(db)
    registry.promote(live, db, first)
    registry.promote(live, db, second, role="challenger")
    now = time.time() + 5  # after the challenger came
    store([prediction(n, now - 1, 0.5, "REVIEW") for n in range(50)], now)
    said = [
        Label(id=f"l{n}", timestamp=now, transaction_id=f"t{n}", label="fraud" if n < 5 else "legit", source="analyst")
        for n in range(30)
    ]
    store(said, now)
    shadow.store(
        db,
        [
            Shadowed(now, f"t{n}", second, first, 0.9, 0.5, "BLOCKED" if n < 10 else "REVIEW", "REVIEW")
            for n in range(50)
        ],
    )
    data = get(client, "/api/monitoring/shadow")
    assert (data["champion"], data["challenger"], data["n"]) == (first, second, 50)
    assert data["same_decision"] == pytest.approx(0.8)
    assert data["mean_difference"] == pytest.approx(0.4, abs=1e-5)
    assert (data["labelled"], data["frauds"], data["least_frauds"]) == (30, 5, 20)
    assert data["average_precision"] is None
    assert {(p["champion"], p["challenger"], p["n"]) for p in data["pairs"]} == {
        ("REVIEW", "BLOCKED", 10),
        ("REVIEW", "REVIEW", 40),
    }


def test_the_newest_transactions_bound_the_comparison(db: Database, live: Live) -> None:
    version = model(db)
    shadow.store(db, [Shadowed(1000.0 + n, f"t{n}", version, 1, 0.9, 0.5, "REVIEW", "REVIEW") for n in range(50)])
    assert shadow.reach(db, version, 1000.0, 100) == 1000.0
    since = shadow.reach(db, version, 1000.0, 20)
    assert shadow.comparison(db, version, since).n == pytest.approx(20, abs=1)


def test_a_better_challenger_is_found() -> None:
    random = np.random.default_rng(3)
    fraud = random.random(2000) < 0.05
    base = fraud * 2.0 + random.normal(0, 1, 2000)
    rows = list(zip(fraud, base + random.normal(0, 0.8, 2000), base + fraud * 1.0, strict=True))
    found = judged(None, rows, ShadowConfig(days=7, rows=100, least_frauds=20, resamples=200, confidence=0.95))
    assert found.average_precision is not None
    assert found.average_precision.verdict == "better"
    assert found.average_precision.low > 0
