"""From what a transaction costs to what an installation needs. Pure.

`Costs` are core seconds and bytes for one transaction: scored, sold, stored. A process is given work for `LOAD` of its
core, so that the others carry on when one of two is lost or a launch begins; never fewer than two of each. For an
engine (PostgreSQL, Redis) it is cores that are counted, not processes.
"""

import math
from dataclasses import dataclass

LOAD = 0.6
COPIES = 2
DAY = 86_400
DAYS = 90
ENGINES = ("PostgreSQL", "Redis")


@dataclass(frozen=True)
class Costs:
    """Core seconds a transaction by process, bytes on disk (rows with their indexes and keys) and on the network."""

    cores: dict[str, float]
    disk: float
    network: float
    waiting: float  # bytes in Redis while it waits to be stored


@dataclass(frozen=True)
class Need:
    """What one rate needs. Disk in bytes; `buffer` is Redis memory for an hour without PostgreSQL, in bytes."""

    rate: float
    cores: dict[str, float]
    processes: dict[str, int]
    disk_a_day: float
    disk_kept: float
    network: float
    buffer: float

    @property
    def all_cores(self) -> float:
        """Cores that are busy, all processes together."""
        return sum(self.cores.values())


def need(rate: float, costs: Costs) -> Need:
    """What `rate` transactions a second need, day and night."""
    cores = {name: rate * seconds for name, seconds in costs.cores.items()}
    return Need(
        rate=rate,
        cores=cores,
        processes={name: max(1 if name in ENGINES else COPIES, math.ceil(busy / LOAD)) for name, busy in cores.items()},
        disk_a_day=rate * costs.disk * DAY,
        disk_kept=rate * costs.disk * DAY * DAYS,
        network=rate * costs.network,
        buffer=rate * costs.waiting * 3600,
    )


def first_to_saturate(costs: Costs) -> tuple[str, float]:
    """The engine that first fills one core (a process of ours is started once more), and the rate at which it does."""
    name = max(ENGINES, key=lambda one: costs.cores[one])
    return name, 1 / costs.cores[name]
