"""The contract of a scenario, and the process that plays one: a bounded time of traffic beside the live one.

A scenario gives what happens in a piece of its time. The runner draws every second from the run's own name, so that a
repeated request counts once, and two runs are two.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from core import clock
from core.discovery import discover
from core.settings import Settings
from simulator.behaviour import Generator
from simulator.config import SimulatorConfig
from simulator.sender import Sender

PACKAGE = "simulator.scenarios"
_TICK = 1.0
SENSE_TICKS = 3


@dataclass(frozen=True, slots=True)
class Moment:
    """A piece of a scenario's time: `start` to `end` in epoch seconds, `elapsed` since the scenario's start.

    `sensed` is what the scenario's `sense` last found. Keys are `f"{run}-{something unique in the piece}"`.
    """

    rng: Generator
    start: float
    end: float
    elapsed: float
    run: str
    config: SimulatorConfig
    sensed: float = 1.0

    def count(self, per_minute: float) -> int:
        """How many of something that comes `per_minute` times fall into this piece."""
        return int(self.rng.poisson(per_minute * (self.end - self.start) / 60))

    def times(self, n: int) -> list[float]:
        """`n` times within the piece, in order."""
        found: list[float] = np.sort(self.rng.uniform(self.start, self.end, n)).round(3).tolist()
        return found


@dataclass(frozen=True, slots=True)
class Happening:
    """What a piece brings: transactions to score one by one or at once, and events to report.

    A scored transaction that is not blocked is reported with its event; `report` False keeps that back.
    """

    events: list[dict[str, Any]] = field(default_factory=list)
    transactions: list[Any] = field(default_factory=list)
    at_once: bool = False
    report: bool = True


@dataclass(frozen=True, slots=True)
class Scenario:
    """`summary` is for the list of scenarios. `begin` (with the seconds to come) and `finish` reach outside.

    `sense` looks every few seconds at how the product answers to the scenario, such as with more workers.
    """

    summary: str
    happen: Callable[[Moment], Happening]
    begin: Callable[[Settings, float], None] | None = None
    finish: Callable[[Settings], None] | None = None
    sense: Callable[[Settings], float] | None = None


def scenarios() -> dict[str, Scenario]:
    """Every scenario by its name, with dashes."""
    return {name.replace("_", "-"): scenario for name, scenario in discover(PACKAGE, "SCENARIO").items()}


def play(
    scenario: Scenario,
    name: str,
    minutes: float,
    settings: Settings,
    config: SimulatorConfig,
    sender: Sender,
    stop: threading.Event,
    tell: Callable[[str], None],
) -> dict[str, int]:
    """Play a scenario for `minutes` or until `stop`; returns what was sent. Its end is always reached."""
    start = cursor = clock.now()
    end = start + minutes * 60
    run = f"{name}-{int(start * 1000):x}"
    rng = np.random.default_rng([config.seed, int(start)])
    sent = {"transactions": 0, "events": 0}
    tell(f"{name} begins: {scenario.summary}; {minutes:g} min")
    try:
        if scenario.begin:
            scenario.begin(settings, end - start)
        tick, sensed = 0, 1.0
        while cursor < end and not stop.wait(_TICK):
            now = min(clock.now(), end)
            if scenario.sense and tick % SENSE_TICKS == 0:
                sensed = scenario.sense(settings)
            moment = Moment(rng, cursor, now, cursor - start, f"{run}-{tick}", config, sensed)
            _send(scenario.happen(moment), sender, sent)
            cursor, tick = now, tick + 1
    finally:
        if scenario.finish:
            scenario.finish(settings)
        tell(f"{name} has ended: {sent['transactions']} transactions, {sent['events']} events")
    return sent


def _send(happening: Happening, sender: Sender, sent: dict[str, int]) -> None:
    events = list(happening.events)
    items = happening.transactions
    if happening.at_once and items:
        answers = sender.score_many([item.to_score() for item in items])
    else:
        answers = [sender.score(item.to_score()) for item in items]
    if happening.report:
        events += [
            item.to_event() for item, answer in zip(items, answers, strict=True) if answer["decision"] != "BLOCKED"
        ]
    if events:
        sent["events"] += sender.events(events)
    sent["transactions"] += len(items)
