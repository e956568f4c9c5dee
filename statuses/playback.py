"""A history through the detector, minute by minute: every alarm, and what was expected and seen on the way. Pure."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from core.statuses.detector import detector
from core.statuses.detector.arrays import FLOAT, Array
from core.statuses.detector.detector import SHIPPED, Layout, Minute, State
from core.statuses.detector.episodes import Episode, Log, Series, episodes
from core.statuses.detector.line import line
from core.statuses.detector.params import Params
from core.statuses.history import History


class Track(NamedTuple):
    """Of a series in each minute: its count, what was expected at most (of a drop: at least), and the evidence."""

    name: str
    counts: Array
    expected: Array
    evidence: Array


@dataclass(frozen=True, slots=True)
class Playback:
    """What the detector made of a history: the state at its end, tracks by series, and the episodes."""

    history: History
    layout: Layout
    state: State
    tracks: dict[Series, Track]
    episodes: list[Episode]
    line: float


def play(history: History, volumes: bool = True, p: Params = SHIPPED, tests: int = 0) -> Playback:
    """Start cold and judge every minute. `volumes` also judges the total and the most frequent status by themselves;
    `tests` are all that share the budget, where there are more than those of this history.
    """
    own = len(history.statuses)
    totals = history.totals
    past = np.stack([totals, history.counts[0]]) if volumes else np.empty((0, history.minutes), FLOAT)
    names = ("total", history.statuses[0]) if own > 1 else (history.statuses[0],)
    past = past[: len(names)]
    layout = Layout(1, np.zeros(own, int), np.zeros(len(past), int))
    above = line(p.budget, max(tests, layout.tests))
    shape = (2, own + len(past), history.minutes)
    seen = np.zeros(shape, FLOAT)
    state, log = detector.start(layout), Log()
    counts, volume = np.ascontiguousarray(history.counts.T), np.ascontiguousarray(past.T)
    for at in range(history.minutes):
        minute = Minute(history.first + at, counts[at], totals[at : at + 1], volume[at])
        state, evidence = detector.step(state, minute, layout, p, above)
        log.take(history.first + at, evidence)
        for i, (one, two) in enumerate(zip(evidence.composition[:2], evidence.volume[:2], strict=True)):
            seen[i, :own, at], seen[i, own:, at] = one, two
    tracks = {
        Series("composition", i): Track(name, history.counts[i], seen[1, i], seen[0, i])
        for i, name in enumerate(history.statuses)
    }
    for i, name in enumerate(names[: len(past)]):
        tracks[Series("volume", i)] = Track(f"volume of {name}", past[i], seen[1, own + i], seen[0, own + i])
    return Playback(history, layout, state, tracks, episodes(log.alarms), above)
