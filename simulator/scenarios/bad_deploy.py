"""bad-deploy: a new version of a demo shop answers orders more slowly and fails on tickets (E8).

Half an hour of the version before is reported first, so that there is something to compare with.
"""

import math
from collections import Counter
from typing import Any, NamedTuple

from core import clock
from core.events.endpoint_series import bucket
from simulator.behaviour import Generator
from simulator.scenario import Happening, Moment, Scenario

SERVICE = "demo-shop"
BEFORE = 30  # minutes
MINUTE = 60.0
SIGMA = 0.4


class Route(NamedTuple):
    """An endpoint: requests a minute, typical seconds, share of errors; `slowed` and `failing` after the deploy."""

    method: str
    route: str
    per_minute: float
    typical: float
    errors: float = 0.002
    slowed: float = 1.0
    failing: float = 0.002


ROUTES = (
    Route("GET", "/events", 240, 0.040), Route("GET", "/events/{id}", 300, 0.060), Route("POST", "/cart", 120, 0.080),
    Route("POST", "/orders", 90, 0.180, slowed=1.6), Route("GET", "/tickets/{id}", 150, 0.050, failing=0.05),
    Route("GET", "/account", 60, 0.030),
)  # fmt: skip


def happen(moment: Moment) -> Happening:
    """What the new version did in this piece; at first also what the one before did."""
    started = moment.start - moment.elapsed
    old, new = (version(started - back * MINUTE) for back in (BEFORE, 0))
    events = []
    if not moment.elapsed:
        first = math.floor(started / MINUTE) * MINUTE
        for number in range(-BEFORE, 0):
            events += _reported(moment, old, first + number * MINUTE, MINUTE, is_new=False)
    return Happening(events=events + _reported(moment, new, moment.start, moment.end - moment.start, is_new=True))


def version(at: float) -> str:
    """As many name a build: by its time."""
    return f"{clock.to_datetime(at):%Y.%m.%d-%H%M}"


def _reported(moment: Moment, named: str, at: float, length: float, is_new: bool) -> list[dict[str, Any]]:
    """What the service reports of so many seconds from `at` on."""
    found = []
    for route in ROUTES:
        count = int(moment.rng.poisson(route.per_minute * length / MINUTE))
        failed = int(moment.rng.binomial(count, route.failing if is_new else route.errors))
        typical = route.typical * (route.slowed if is_new else 1.0)
        for status, number in ((200, count - failed), (500, failed)):
            if number:
                series = {"service": SERVICE, "version": named, "route": route.route, "method": route.method}
                name = f"{moment.run}-{named}-{route.method}-{route.route}-{status}-{at:.0f}"
                found.append(
                    {"kind": "endpoint", "id": name, "timestamp": at, "status": status, **series}
                    | _measured(moment.rng, number, typical)
                )
    return found


def _measured(rng: Generator, number: int, typical: float) -> dict[str, Any]:
    values = rng.lognormal(math.log(typical), SIGMA, number).tolist()
    buckets = {str(index): count for index, count in Counter(map(bucket, values)).items()}
    return {
        "hits": number, "seconds_sum": sum(values), "seconds_min": min(values), "seconds_max": max(values),
        "buckets": buckets,
    }  # fmt: skip


SCENARIO = Scenario("a deploy of a demo shop makes orders slower and tickets fail", happen)
