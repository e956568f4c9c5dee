"""Plays a scenario of statuses through the detector: two hours as usual, then the scenario."""

import json
from collections import defaultdict
from typing import Any

import numpy as np
import pytest

from core.settings import load
from core.statuses.history import History
from core.statuses.mix import Change
from simulator import rpc, statuses
from simulator.scenario import scenarios
from simulator.status_changes import Changes
from statuses.playback import play
from tests.unit.simulator.scenarios.play import CONFIG

START = 29_000_000 // 1440 * 1440 + 780  # 13:00 of a day, in minutes of the epoch
USUAL = 120


def changes(monkeypatch: pytest.MonkeyPatch, name: str) -> tuple[Change, ...]:
    """What the scenario asks the live traffic to change; that it ends what it began is seen on the way."""
    orders: list[Any] = []
    monkeypatch.setattr(rpc, "control", lambda _, order: orders.append(json.loads(json.dumps(order))))
    scenario, settings = scenarios()[name], load({})
    assert scenario.begin
    assert scenario.finish
    scenario.begin(settings, 300)
    scenario.finish(settings)
    assert orders[1] == {"statuses": []}
    taken = Changes(CONFIG.statuses)
    taken.begin(orders[0]["statuses"], orders[0]["seconds"], 60.0 * (START - 1))
    assert taken.of(START + 4)
    assert not taken.of(START + 5)
    return taken.of(START)


def counts(column: str, what: tuple[Change, ...], minutes: int = 5) -> dict[str, list[int]]:
    """Counts by the word of a column, a value a minute; the last `minutes` are the scenario's."""
    found: dict[str, list[int]] = defaultdict(lambda: [0] * (USUAL + minutes))
    for at in range(USUAL + minutes):
        for row in statuses.rows(START - USUAL + at, CONFIG, what if at >= USUAL else ()):
            found[row[column]][at] += row["count"]
    return found


def alarms(counts: dict[str, list[int]]) -> set[str]:
    """What the detector pages for: names of words, and `volume`; each alarm began with the scenario."""
    names = sorted(counts, key=lambda name: -sum(counts[name]))
    table = np.array([counts[name] for name in names], dtype=float)
    found = play(History("payments", tuple(names), START - USUAL, table)).episodes
    paged = [alarm for episode in found for alarm in episode.alarms if alarm.pages]
    assert all(START <= alarm.fired < START + 5 for alarm in paged)
    return {names[alarm.series.number] if alarm.series.kind == "composition" else "volume" for alarm in paged}
