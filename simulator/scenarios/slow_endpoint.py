"""slow-endpoint: some orders of the checkout wait for seconds for a lock in its database (E3).

Most orders stay as fast as ever, so the median hides it: it shows at p99, and in the outliers' stacks.
"""

import math
from collections import Counter
from typing import Any

import msgspec

from core.events.endpoint_series import bucket
from core.events.performance.outlier import Frame, Machine, Neighbour, Outlier, Pool, Stack
from simulator.behaviour import Generator
from simulator.scenario import Happening, Moment, Scenario

SERVICE, ROUTE, METHOD, VERSION = "checkout", "/api/v1/orders", "POST", "2.7.1"
PER_MINUTE, TYPICAL, SIGMA = 240.0, 0.084, 0.35
SLOW_PER_MINUTE, SLOW_TYPICAL = 8.0, 2.4
LIMIT = 0.41  # about p99.5 of the usual ones
STEPS = 9  # stacks
FRAMES = (
    Frame("flask.app.Flask.dispatch_request"),
    Frame("checkout.orders.create_order", "checkout/orders.py", 88),
    Frame("checkout.pricing.total", "checkout/pricing.py", 41),
    Frame("checkout.stock.reserve", "checkout/stock.py", 127),
    Frame("sqlalchemy.engine.base.Connection.execute"),
    Frame("checkout.mail.confirm", "checkout/mail.py", 30),
)
PRICING, WAITING, MAIL = [0, 1, 2], [0, 1, 3, 4], [0, 1, 5]


def happen(moment: Moment) -> Happening:
    """What the endpoint did in this piece, and an outlier for each order that waited."""
    rng = moment.rng
    usual = rng.lognormal(math.log(TYPICAL), SIGMA, moment.count(PER_MINUTE)).tolist()
    times = moment.times(moment.count(SLOW_PER_MINUTE))
    slow = rng.lognormal(math.log(SLOW_TYPICAL), 0.4, len(times)).tolist()
    events = [outlier(rng, f"{moment.run}-o{i}", when, slow[i], len(times) - 1) for i, when in enumerate(times)]
    if usual or slow:
        events.append(requests(f"{moment.run}-e", moment.start, [*usual, *slow]))
    return Happening(events=events)


def requests(key: str, at: float, seconds: list[float]) -> dict[str, Any]:
    """What the endpoint did."""
    return {
        "kind": "endpoint", "id": key, "timestamp": at, "service": SERVICE, "version": VERSION, "route": ROUTE,
        "method": METHOD, "status": 201, "hits": len(seconds), "seconds_sum": sum(seconds),
        "seconds_min": min(seconds), "seconds_max": max(seconds),
        "buckets": {str(index): count for index, count in Counter(map(bucket, seconds)).items()},
    }  # fmt: skip


def outlier(rng: Generator, key: str, at: float, seconds: float, others: int) -> dict[str, Any]:
    """One order that waited for a lock, between its prices and its mail."""
    ages = [1000 * seconds * (step + 0.5) / STEPS for step in range(STEPS)]
    did = [PRICING, *[WAITING] * (STEPS - 2), MAIL]
    cpu = 0.0
    stacks = []
    for age, frames in zip(ages, did, strict=True):
        stacks.append(Stack(round(age, 1), frames, round(cpu, 1)))
        cpu += float(rng.uniform(0.1, 2.0))
    event = Outlier(
        id=key, timestamp=at, service=SERVICE, version=VERSION, request=key, route=ROUTE, method=METHOD, status=201,
        seconds=seconds, limit_seconds=LIMIT, correlation_id=key, headers={"Content-Type": "application/json"},
        frames=list(FRAMES), stacks=stacks, store_seconds=seconds * (STEPS - 2) / STEPS,
        in_flight=others + 1,
        neighbours=[Neighbour("/api/v1/stock", "GET", round(ages[-1], 1))],
        machine=Machine(
            cpu=round(float(rng.uniform(0.1, 0.4)), 2), load=round(float(rng.uniform(0.3, 1.2)), 2), cores=4,
            memory_bytes=int(rng.uniform(1.8e8, 2.2e8)), threads=14, queue=int(rng.integers(0, 4)),
            pools=[Pool("postgres", int(rng.integers(12, 17)), 16)],
        ),
    )  # fmt: skip
    found: dict[str, Any] = msgspec.to_builtins(event)
    return found


SCENARIO = Scenario("some orders of the checkout wait for a lock for seconds", happen)
