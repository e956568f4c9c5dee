"""API requests that the platform's services answer: who asks for what, how long it takes, what fails.

Drawn minute by minute from the seed, so a minute asked for twice is the same, with the same keys.
"""

from collections.abc import Iterator
from typing import Any

import numpy as np

from simulator import population, rhythm
from simulator.config import SimulatorConfig

MINUTE = 60.0

# service, method, path, share, median ms, how wide its times spread
ROUTES: tuple[tuple[str, str, str, float, float, float], ...] = (
    ("catalog", "GET", "/api/v1/events", 0.22, 18, 0.5),
    ("catalog", "GET", "/api/v1/events/{event}", 0.19, 14, 0.5),
    ("catalog", "GET", "/api/v1/events/{event}/seats", 0.14, 32, 0.6),
    ("wallet", "GET", "/api/v1/wallets/me", 0.12, 22, 0.5),
    ("wallet", "GET", "/api/v1/wallets/me/tickets", 0.09, 28, 0.5),
    ("checkout", "POST", "/api/v1/basket", 0.07, 35, 0.5),
    ("checkout", "POST", "/api/v1/orders", 0.03, 140, 0.6),
    ("checkout", "POST", "/api/v1/transfers", 0.05, 120, 0.6),
    ("account", "POST", "/api/v1/login", 0.04, 90, 0.4),
    ("account", "GET", "/api/v1/profile", 0.05, 16, 0.5),
)
_SHARES = np.array([route[3] for route in ROUTES]) / sum(route[3] for route in ROUTES)
_LOGIN = 8
_STATUSES = np.array([200, 201, 304, 400, 401, 404, 429, 500, 503])
_CHANCES = np.array([0.905, 0.0, 0.045, 0.011, 0.012, 0.018, 0.003, 0.004, 0.002])


def between(start: float, end: float, config: SimulatorConfig) -> Iterator[dict[str, Any]]:
    """Request events with start <= timestamp < end, in order of time."""
    for number in range(int(start // MINUTE), int(-(-end // MINUTE))):
        yield from (event for event in minute(number, config) if start <= event["timestamp"] < end)


def minute(number: int, config: SimulatorConfig) -> list[dict[str, Any]]:
    """The requests of the minute that starts `number` minutes after the epoch, in order of time."""
    rng = np.random.default_rng([config.seed, number, 3])
    begin = number * MINUTE
    n = int(rng.poisson(config.requests_per_minute * rhythm.traffic(begin, config)))
    times = (begin + np.sort(rng.uniform(0, MINUTE, n))).round(3).tolist()
    routes = rng.choice(len(ROUTES), n, p=_SHARES)
    medians = np.array([route[4] for route in ROUTES])[routes]
    spreads = np.array([route[5] for route in ROUTES])[routes]
    took = np.round(medians * np.exp(rng.normal(0, 1, n) * spreads), 2).tolist()
    statuses = rng.choice(_STATUSES, n, p=_CHANCES / _CHANCES.sum()).tolist()
    sizes = rng.integers(180, 42_000, n).tolist()
    events = rng.integers(0, config.events, n).tolist()
    who = (config.customers * rng.random(n) ** 2.6).astype(int).tolist()
    known = (rng.random(n) < 0.6).tolist()
    chosen = routes.tolist()
    return [
        {
            "kind": "request",
            "id": f"rq-{config.seed}-{number}-{i}",
            "timestamp": times[i],
            "ip": population.address(config.seed, who[i]),
            "method": ROUTES[chosen[i]][1],
            "path": ROUTES[chosen[i]][2].replace("{event}", population.event(events[i])),
            "status": statuses[i],
            "duration_ms": took[i],
            "service": ROUTES[chosen[i]][0],
            "user": population.user(who[i]) if known[i] else None,
            "bytes": sizes[i],
        }
        for i in range(n)
    ]
