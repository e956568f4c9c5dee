"""slow-api: predictions of a second region and requests of the platform take hundreds of milliseconds (A2, K3).

The second region's requests queue for the scoring workers, so more of them shorten the queue: the mean time in a queue
of load `LOAD` a worker is `SERVICE_MS / (1 - LOAD / workers)` (M/M/1 for each worker).
"""

import re

import numpy as np

from core.errors import HttpUnavailable
from core.http import HttpClient
from core.settings import Settings
from simulator import population
from simulator.scenario import Happening, Moment, Scenario

PREDICTIONS_PER_MINUTE = 60.0
REQUESTS_PER_MINUTE = 120.0
SERVICE_MS, LOAD = 13.0, 0.95


def happen(moment: Moment) -> Happening:
    """Predictions scored elsewhere, honest ones, with the latency they had there; and slow requests."""
    rng = moment.rng
    times = moment.times(moment.count(PREDICTIONS_PER_MINUTE))
    took = np.round(rng.lognormal(np.log(typical_ms(moment.sensed)), 0.4, len(times)), 2).tolist()
    scores = np.round(rng.beta(1.1, 22, len(times)), 4).tolist()
    events = [
        {
            "kind": "prediction",
            "id": f"{moment.run}-p{i}",
            "transaction_id": f"{moment.run}-p{i}",
            "timestamp": when,
            "score": scores[i],
            "latency_ms": took[i],
        }
        for i, when in enumerate(times)
    ]
    times = moment.times(moment.count(REQUESTS_PER_MINUTE))
    took = np.round(rng.lognormal(np.log(1900), 0.5, len(times)), 2).tolist()
    late = (rng.random(len(times)) < 0.12).tolist()
    who = rng.integers(0, moment.config.customers, len(times)).tolist()
    events += [
        {
            "kind": "request",
            "id": f"{moment.run}-r{i}",
            "timestamp": when,
            "method": "POST",
            "path": "/api/v1/orders",
            "ip": population.address(moment.config.seed, who[i]),
            "status": 504 if late[i] else 201,
            "duration_ms": took[i],
            "service": "checkout",
        }
        for i, when in enumerate(times)
    ]
    return Happening(events=events)


def typical_ms(workers: float) -> float:
    """The usual latency of the second region's predictions with so many scoring workers."""
    return SERVICE_MS / (1 - LOAD / max(workers, 1.0))


def sense(settings: Settings) -> float:
    """How many workers score now; 1 when that cannot be read."""
    try:
        answer = HttpClient(settings.scoring_url, timeout=2.0, token=settings.own_token).get("/metrics")
    except HttpUnavailable:
        return 1.0
    found = re.search(r"^gatehouse_workers(?:\{[^}]*\})? (\S+)$", answer.body.decode("utf-8", "replace"), re.MULTILINE)
    return float(found.group(1)) if found else 1.0


SCENARIO = Scenario("scoring in a second region and the checkout are slow", happen, sense=sense)
