"""Endpoints of a service before and after a deploy, as the minutes that its processes report."""

import random
from collections import Counter
from collections.abc import Sequence
from math import log

from core.db.engine import Database
from core.events.endpoint_series import bucket
from core.events.performance.endpoint import Endpoint
from core.pipeline.writer import Writer

MINUTE = 60
SERVICE = "shop"


def minute(
    at: float, version: str, route: str = "/cart", middle: float = 0.1, hits: int = 200, errors: int = 0, seed: int = 0
) -> list[Endpoint]:
    """What is reported of one minute: lognormal durations around `middle` seconds, of which some failed."""
    dice = random.Random(f"{seed} {at} {version} {route}")
    found = []
    for status, count in ((200, hits - errors), (500, errors)):
        values = [dice.lognormvariate(log(middle), 0.5) for _ in range(count)]
        if values:
            found.append(Endpoint(
                id=f"{seed}/{at}/{version}/{route}/{status}", timestamp=at // MINUTE * MINUTE, service=SERVICE,
                version=version, route=route, method="GET", status=status, hits=count, seconds_sum=sum(values),
                seconds_min=min(values), seconds_max=max(values), buckets=dict(Counter(map(bucket, values))),
            ))  # fmt: skip
    return found


def store(db: Database, at: float, before: int, after: int, slowed: float = 1.2, errors: int = 0) -> None:
    """Minutes of v1 before `at` and of v2 from then on; `/cart` is slowed, `/pay` fails more, `/help` stays."""
    events: list[Endpoint] = []
    for number in range(-before, after):
        start, is_new = at + number * MINUTE, number >= 0
        version = "v2" if is_new else "v1"
        events += minute(start, version, middle=0.1 * (slowed if is_new else 1.0))
        events += minute(start, version, "/pay", 0.3, 100, 1 + (errors if is_new else 0))
        events += minute(start, version, "/help", 0.02, 150)
    put(db, events, at + after * MINUTE)


def put(db: Database, events: Sequence[Endpoint], now: float) -> None:
    """Store events as the collector does."""
    Writer(db, 0.7).store(list(events), now)
