"""The benchmarks of the status detector on a small scale: four days of each world, three days of stationary counts."""

import numpy as np
import pytest

from bench import statuses_false_alarms, statuses_worlds
from bench._status_worlds import DAY, WORLDS, Incident, World, make
from bench.statuses_worlds import Tally, tally
from core.statuses.detector.episodes import Alarm, Series

DAYS = 4


@pytest.fixture(scope="module")
def found() -> dict[str, Tally]:
    worlds = [make(name, DAYS, 11) for name in WORLDS]
    alarms = statuses_worlds.run(worlds)
    return {world.name: tally(world, own) for world, own in zip(worlds, alarms, strict=True)}


def test_incidents_are_found_within_minutes_and_nothing_else_is(found: dict[str, Tally]) -> None:
    delays = [delay for one in found.values() for delay in one.delays]
    missed = [kind for one in found.values() for kind in one.missed]
    assert len(missed) <= 2, f"missed {missed}"
    assert np.median(delays) <= 3
    assert {name: len(one.false) for name, one in found.items() if len(one.false) > 1} == {}


def test_onsets_and_recoveries_are_told(found: dict[str, Tally]) -> None:
    onsets = [onset for one in found.values() for onset in one.onsets]
    assert np.mean(np.abs(onsets) <= 1) >= 0.85
    assert np.median([told for one in found.values() for told in one.recoveries]) <= 8


def test_stationary_counts_of_any_size_are_quiet() -> None:
    alarms, years = statuses_false_alarms.run(3, 9, 2)
    assert alarms == 0
    assert years > 1


def test_a_tally_counts_what_is_found_missed_and_false() -> None:
    world = World("flat", np.zeros((1, DAY)), [Incident("a", 100, 130), Incident("b", 500, 530)], [])
    alarms = [
        Alarm(Series("composition", 0), 99, 102, 1, 12.0, 136, 130),
        Alarm(Series("volume", 0), 300, 303, -1, 12.0),
    ]
    one = tally(world, alarms)
    assert (one.delays, one.onsets, one.recoveries, one.missed) == ([3], [-1], [7], ["b"])
    assert [episode.fired for episode in one.false] == [303]
