"""Worlds of transaction statuses for `statuses_worlds`: counts a minute of six statuses, with an incident a day.

Mean counts a minute: approved 165, denied 10, reversed 1.5, refunded 0.8, backend_reversed 0.2, failed 0.1. Everything
comes from the seed. The rate of a world is common to its statuses; each count is Poisson.
"""

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]
DAY, WEEK = 1440, 10080
STATUSES = {"approved": 165.0, "denied": 10.0, "reversed": 1.5, "refunded": 0.8, "backend_reversed": 0.2, "failed": 0.1}
WORLDS = ("flat", "daily x 9", "daily x weekly", "launches x 10", "noise 32 %", "wanders 10 %", "grows 5 % a week")
KINDS = ("total x 0.5", "denied + 4 x", "failed + 1.5", "reversed + 4 x")
# Of the days of a week from Monday, at noon; between them the level moves steadily.
WEEKDAYS = (1.0, 1.0, 1.05, 1.1, 1.3, 0.8, 0.6)


class Incident(NamedTuple):
    """What goes wrong, from one minute to before another."""

    kind: str
    start: int
    end: int


class World(NamedTuple):
    """Counts (a row a status), the incidents in them, and the minutes at which launches begin."""

    name: str
    counts: Array
    incidents: list[Incident]
    launches: list[int]


def make(name: str, days: int, seed: int) -> World:
    """A world of so many days; incidents and launches fall anywhere, an incident two hours after the start at first."""
    random = np.random.default_rng([WORLDS.index(name), seed])
    minutes = np.arange(days * DAY)
    level, launches = _level(name, minutes, random)
    incidents = _incidents(days, random)
    rates = np.array(list(STATUSES.values()))[:, None] * level
    names = list(STATUSES)
    for kind, start, end in incidents:
        hit = slice(start, end)
        if kind == "total x 0.5":
            rates[:, hit] *= 0.5
        elif kind == "failed + 1.5":
            rates[names.index("failed"), hit] += 1.5
        else:
            rates[names.index(kind.split()[0]), hit] *= 5
    return World(name, random.poisson(rates).astype(np.float32), incidents, launches)


def _incidents(days: int, random: np.random.Generator) -> list[Incident]:
    found = []
    for day in range(days):
        length = int(random.integers(20, 61))
        start = int(random.integers(120, DAY - length - 30)) + day * DAY
        found.append(Incident(KINDS[int(random.integers(len(KINDS)))], start, start + length))
    return found


def _level(name: str, minutes: Array, random: np.random.Generator) -> tuple[Array, list[int]]:
    level = np.ones(len(minutes))
    launches: list[int] = []
    phase = random.integers(0, DAY)
    if name.startswith("daily"):
        level = np.exp(np.log(9) / 2 * np.sin(2 * np.pi * (minutes + phase) / DAY))
    if name == "daily x weekly":
        noon = np.arange(-1, len(minutes) // DAY + 2)
        first = int(random.integers(7))
        level = level * np.interp(minutes, noon * DAY + DAY // 2, [WEEKDAYS[(first + day) % 7] for day in noon])
    elif name == "launches x 10":
        level = np.exp(np.log(3) / 2 * np.sin(2 * np.pi * (minutes + phase) / DAY))
        for day in range(len(minutes) // DAY):
            start, length = day * DAY + int(random.integers(60, DAY - 240)), int(random.integers(10, 60))
            launches.append(start)
            after = minutes[start:] - start
            level[start:] *= 1 + 9 * np.where(after < length, 1, np.exp(-np.maximum(after - length, 0) / 20))
    elif name == "noise 32 %":
        level = np.exp(random.normal(-(0.32**2) / 2, 0.32, len(minutes)))
    elif name == "wanders 10 %":
        level = np.exp(_wander(len(minutes), 0.1, 60, random))
    elif name.startswith("grows"):
        level = 1.05 ** (minutes / WEEK)
    return level, launches


def _wander(length: int, deviation: float, memory: float, random: np.random.Generator) -> Array:
    keep = np.exp(-1 / memory)
    steps = random.normal(0, deviation * np.sqrt(1 - keep**2), length)
    found, now = np.empty(length), random.normal(0, deviation)
    for i, step in enumerate(steps):
        now = keep * now + step
        found[i] = now
    return found
