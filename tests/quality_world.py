"""A model with a number, a flag and a category, and predictions whose values are not all as in its training.

Times lie before `NOW` of `tests/analytics_world.py` unless another is given.
"""

import random

import numpy as np

from core.db.engine import Database
from core.events.types import Event, Prediction
from core.models import baselines, registry
from core.models.drift.baseline import Baseline, fit
from core.models.registry import ReferenceBins
from tests.analytics_world import POLICY

FEATURES = ("amount", "tickets", "new_device", "payment")
WORDS = ("card", "invoice", "wallet")
UNSEEN = 1.5
EDGES = [10.0, 20.0, 40.0, 60.0, 80.0]


def model(db: Database) -> int:
    """Amounts from 5 to 100, whole tickets from 1 to 4, a flag, and a category of three words."""
    dice = np.random.default_rng(7)
    amounts = np.round(dice.uniform(5, 100, 2000), 2)
    amounts[:2] = 5, 100
    table = {
        "amount": amounts.tolist(), "tickets": dice.integers(1, 5, 2000).tolist(),
        "new_device": dice.integers(0, 2, 2000).tolist(), "payment": dice.choice(WORDS, 2000).tolist(),
    }  # fmt: skip
    baseline: Baseline = fit(table)
    bins = [
        ReferenceBins("amount", EDGES, [100, 200, 420, 430, 420, 430, 0]),
        ReferenceBins("tickets", [1.5, 2.5, 3.5], [500, 500, 500, 500, 0]),
        ReferenceBins("new_device", [0.5], [1000, 1000, 0]),
        ReferenceBins("payment", [0.5, 1.25, 1.75], [700, 650, 0, 650, 0]),
    ]
    described = [
        {"name": "amount", "type": "number"}, {"name": "tickets", "type": "number"},
        {"name": "new_device", "type": "flag"},
        {"name": "payment", "type": "category", "categories": list(WORDS), "unseen": UNSEEN},
    ]  # fmt: skip
    version = registry.save(
        db, algorithm="boosted", artefact=b"x", features=list(FEATURES), reference=bins,
        metrics={"features": described}, fingerprint="f",
    )  # fmt: skip
    baselines.put(db, version, baseline, None)
    return version


def predictions(version: int, number: int, start: float, end: float, seed: int = 1, prefix: str = "q") -> list[Event]:
    """So many between two times; some replayed, some reported by another, one in twenty without features."""
    dice = random.Random(seed)
    found: list[Event] = []
    for place in range(number):
        name, score = f"{prefix}{seed}-{place}", round(dice.random() ** 2, 5)
        values = [_odd(dice, one) for one in _usual(dice)]
        found.append(
            Prediction(
                id=name, transaction_id=name, timestamp=dice.uniform(start, end), score=score,
                decision="BLOCKED" if score >= POLICY.block_from else "APPROVED", threshold=0.6, model_version=version,
                feature_values=None if dice.random() < 0.05 else values, replayed=dice.random() < 0.05 or None,
                sender="shop" if dice.random() < 0.1 else "",
            )
        )  # fmt: skip
    return found


def _usual(dice: random.Random) -> list[float]:
    return [
        round(dice.uniform(1, 106), 2),
        float(dice.randint(1, 4)),
        float(dice.randint(0, 1)),
        float(dice.randint(0, 2)),
    ]


def _odd(dice: random.Random, value: float) -> float | None:
    """Now and then missing, of no type, or an unseen word."""
    chance = dice.random()
    return None if chance < 0.06 else 0.5 if chance < 0.08 else UNSEEN if chance < 0.1 else value
