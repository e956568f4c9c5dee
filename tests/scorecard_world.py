"""A model's scored history for tests of Scorecard: weeks of traffic, frauds that become known weeks later, analysts who
are mostly right, and a challenger in shadow mode. Scores are honest probabilities of fraud.

A day's traffic lies within an hour, so that few hours are summed up.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from core import settings
from core.db.engine import Database
from core.db.redis_client import Live
from core.events.types import Event, Label, Prediction
from core.models import baselines, registry, roles, shadow
from core.models.drift.baseline import fit
from core.models.performance import calibration
from core.models.registry import ReferenceBins
from core.models.shadow import Shadowed
from core.policy import Policy, decide
from core.transactions import policies
from tests.analytics_world import KEEP, settle, store

DAY = 86_400.0
POLICY = Policy(version=1, profile="normal", fraud_threshold=0.6, review_from=0.4, block_from=0.7)
NAMES = ("amount", "velocity")
TEST_ROWS = 20_000


@dataclass
class Scored:
    """The versions, and every prediction with what it really was."""

    champion: int
    challenger: int
    predictions: list[Prediction]
    frauds: list[bool]


def fill(
    db: Database, live: Live, now: float, days: int = 84, per_day: int = 60, drifted: bool = False, seed: int = 7
) -> Scored:
    """Store it all and sum it up. `drifted`: the feature `amount` is no longer what the model learnt."""
    random = np.random.default_rng(seed)
    champion, challenger = _model(db, random), _model(db, random)
    registry.promote(live, db, champion, actor="ann", reason="the first")
    registry.promote(live, db, challenger, role=roles.CHALLENGER, actor="ann")
    with db.transaction() as connection:
        policies.put(connection, None, _config(), "normal", "ann")
    events: list[Event] = []
    labels: list[Event] = []
    pairs: list[Shadowed] = []
    found: list[Prediction] = []
    frauds: list[bool] = []
    for n in range(days * per_day):
        at, score = now - 60 - n // per_day * DAY - n % per_day * 20, float(_scores(random, 1)[0])
        fraud, name, decision = bool(random.random() < score), f"s{n}", decide(score, POLICY)
        values: list[float | None] = [random.random() ** (2 if drifted else 1), random.random()]
        one = Prediction(
            id=name, timestamp=at, transaction_id=name, score=score, decision=decision, threshold=0.6,
            amount=round(float(random.lognormal(3 + score, 0.8)), 2), model_version=champion, feature_values=values,
        )  # fmt: skip
        events.append(one)
        found.append(one)
        frauds.append(fraud)
        labels += _labels(random, one, fraud, now)
        if n < 14 * per_day:
            other = float(np.clip(score + (0.15 if fraud else -0.05), 0, 1))
            pairs.append(Shadowed(at, name, challenger, champion, other, score, decide(other, POLICY), decision))
    store(db, events, now)
    store(db, labels, now)
    shadow.store(db, pairs)
    settle(db, now, KEEP)
    return Scored(champion, challenger, found, frauds)


def _labels(random: Any, one: Prediction, fraud: bool, now: float) -> list[Event]:
    """An analyst's word on what was held, right in nine of ten; a chargeback on most frauds, some weeks later; and a
    word on some of the others."""
    found: list[Event] = []
    name, at = one.transaction_id, float(one.timestamp or 0.0)

    def label(source: Any, is_fraud: bool, days: float) -> None:
        if at + days * DAY < now:
            word: Any = "fraud" if is_fraud else "legit"
            key = f"{source}-{name}"
            found.append(Label(id=key, timestamp=at + days * DAY, transaction_id=name, label=word, source=source))

    if one.decision != "APPROVED" or random.random() < 0.3:
        label("analyst", fraud if random.random() < 0.9 else not fraud, 0.2)
    if fraud and random.random() < 0.8:
        label("chargeback", True, 1 + float(random.exponential(7)))
    elif not fraud and random.random() < 0.3:
        label("appeal", False, 1 + float(random.exponential(3)))
    return found


def _scores(random: Any, n: int) -> Any:
    return np.round(random.beta(0.4, 1.6, n), 4).astype(np.float32)


def _model(db: Database, random: Any) -> int:
    bins = [ReferenceBins(name, [0.25, 0.5, 0.75], [5000, 5000, 5000, 5000, 0]) for name in NAMES]
    version = registry.save(
        db, algorithm="boosted", artefact=b"x", features=list(NAMES), reference=bins, metrics={}, fingerprint="f",
        card={}, html="",
    )  # fmt: skip
    scores = _scores(random, TEST_ROWS)
    labels = (random.random(TEST_ROWS) < scores).astype(float)
    words = ["fraud" if one else "legit" for one in labels]
    base = fit({"score": scores, "label": words}, {"score": "score", "label": "target"})
    baselines.put(db, version, base, calibration.fit(labels, scores))
    return version


def _config() -> Any:
    return settings.load({}).config.policy
