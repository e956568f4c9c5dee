"""A model's life for tests of the Model page: ten days of scored and labelled traffic, a card, a challenger."""

import time
from dataclasses import dataclass
from typing import Any

import numpy as np

from core.db.engine import Database
from core.db.redis_client import Live
from core.events.types import Event, Label, Prediction
from core.models import baselines, registry, roles, shadow, training_runs
from core.models.drift.baseline import fit
from core.models.performance import calibration
from core.models.registry import ReferenceBins
from core.models.shadow import Shadowed
from core.pipeline.writer import Writer
from ml.card import curves
from tests.jobs import claimed, end

DAY = 86_400.0
DAYS, PER_DAY = 10, 160
NAMES = ("amount", "velocity")


@dataclass
class Life:
    """The versions: who serves and who is in the shadow; `now` in epoch seconds."""

    champion: int
    challenger: int
    now: float


def fill(db: Database, live: Live, drifted: bool = True) -> Life:
    """Store it all. Scores are probabilities; labels take half a day or, for a third of the frauds, three days."""
    random, now = np.random.default_rng(5), time.time()
    champion, challenger = _with_card(db, random), _model(db)
    registry.promote(live, db, champion, actor="ann", reason="the first")
    registry.promote(live, db, challenger, role=roles.CHALLENGER, actor="ann")
    events: list[Event] = []
    pairs: list[Shadowed] = []
    for n in range(DAYS * PER_DAY):
        at = now - 60 - n * DAY / PER_DAY
        score = float(np.round(random.beta(0.5, 1.0), 3))
        fraud = bool(random.random() < score)
        decision: Any = "BLOCKED" if score >= 0.7 else "REVIEW" if score >= 0.4 else "APPROVED"
        name = f"m{n}"
        values = [float(random.random() ** (4 if drifted else 1)), float(random.random())]
        events.append(
            Prediction(
                id=name, timestamp=at, transaction_id=name, score=score, decision=decision, threshold=0.6,
                amount=50.0, model_version=champion, feature_values=values,
            )
        )  # fmt: skip
        wait = 3 * DAY if fraud and n % 3 == 0 else 0.5 * DAY
        if at + wait < now and n % 5:
            source: Any = "chargeback" if wait > DAY else "analyst"
            label: Any = "fraud" if fraud else "legit"
            events.append(Label(id=f"l{n}", timestamp=at + wait, transaction_id=name, label=label, source=source))
        better = float(np.clip(score + (0.3 if fraud else -0.05), 0, 1))
        pairs.append(Shadowed(now + 5, name, challenger, champion, better, score, decision, decision))
    Writer(db, 0.7).store(events, now)
    shadow.store(db, pairs)
    with db.transaction() as connection:
        training_runs.request(connection, "manual", now - DAY, "look", "manual:1", "ann")
    end(db, claimed(db, training_runs.JOB, now), "failed", "too few frauds are known", now)
    return Life(champion, challenger, now)


def _model(db: Database, card: dict[str, Any] | None = None) -> int:
    bins = [ReferenceBins(name, [0.25, 0.5, 0.75], [400, 400, 400, 400, 0]) for name in NAMES]
    return registry.save(
        db, algorithm="boosted", artefact=b"x", features=list(NAMES), reference=bins, metrics={}, fingerprint="f",
        card=card, html="<p>card</p>",
    )  # fmt: skip


def _with_card(db: Database, random: Any) -> int:
    """A model whose scores are probabilities, with baseline, calibration and card."""
    scores = np.round(random.beta(0.5, 1.0, 4000), 3)
    labels = (random.random(4000) < scores).astype(float)
    version = _model(
        db, {"calibration": curves.calibration(labels, scores), "by_threshold": curves.by_threshold(labels, scores)}
    )
    words = ["fraud" if one else "legit" for one in labels]
    base = fit({"score": scores, "label": words}, {"score": "score", "label": "target"})
    baselines.put(db, version, base, calibration.fit(labels, scores))
    return version
