"""Files to train on, and a training worker's step, for tests of the pages and of the worker."""

import io
import random
from typing import Any

import msgspec

from core.settings import Settings, load
from core.stores import Stores
from core.web.metrics import Metrics
from ml.config import ModelConfig
from ml.worker import jobs
from tests.unit.ml.examples import config

HEADER = "speed,new_device,age,shop,price,card,when,is_fraud"


def lines(n: int = 800, seed: int = 1, turned: bool = False) -> list[str]:
    """A good file: fraud is fast and from a new device; every hour a row. `turned`: labels that mean nothing."""
    rng = random.Random(seed)
    found = [HEADER]
    for i in range(n):
        speed, device, age = rng.gauss(0, 1), rng.random() < 0.3, rng.uniform(0, 100)
        fraud = speed + 1.2 * device + rng.gauss(0, 0.4) > 1.6
        if turned:
            fraud = rng.random() < 0.15
        day, hour = divmod(i, 24)
        when = f"2026-{1 + day // 28:02d}-{1 + day % 28:02d}T{hour:02d}:00:00Z"
        shop = rng.choice(["web", "phone", "resale"])
        price = f"{rng.uniform(5, 300):.2f}"
        found.append(
            f"{speed:.4f},{str(device).lower()},{age:.1f},{shop},{price},c{rng.randrange(90)},{when},{int(fraud)}"
        )
    return found


def file(**options: Any) -> bytes:
    """The file as bytes."""
    return ("\n".join(lines(**options)) + "\n").encode()


def sent(content: bytes, name: str = "history.csv") -> dict[str, Any]:
    """The form field that carries a file in a test client."""
    return {"file": (io.BytesIO(content), name)}


def quick() -> ModelConfig:
    """The shipped rules with fewer trees, resamples and no second model."""
    shipped = config()
    return msgspec.structs.replace(
        shipped,
        boosted=msgspec.structs.replace(shipped.boosted, rounds=30),
        retraining=msgspec.structs.replace(shipped.retraining, resamples=200, refresh_ensemble=False),
    )


def work(stores: Stores, settings: Settings, now: float) -> None:
    """What a training worker does until nothing waits: looks, reports, runs."""
    runner = jobs(settings, stores, quick(), Metrics())
    while any(runner.step(kind, now) for kind in ("look", "drift", "training")):
        pass


def train_once(stores: Stores, now: float) -> bool:
    """One training run by a worker of its own; whether there was one."""
    return jobs(load({}), stores, quick(), Metrics()).step("training", now)
