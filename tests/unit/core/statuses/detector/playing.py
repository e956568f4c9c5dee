"""A source whose counts are made for a test: played through the detector minute by minute."""

import numpy as np

from core.statuses.detector import detector
from core.statuses.detector.detector import Evidence, Layout, Minute, State
from core.statuses.detector.episodes import Alarm, Log
from core.statuses.detector.params import Params

USUAL = np.array([100.0, 5.0, 0.1, 0.0])  # approved, denied, failed, and a code that nobody has seen


def drawn(minutes: int, seed: int, rates: np.ndarray = USUAL) -> np.ndarray:
    """Poisson counts, a row a series."""
    return np.random.default_rng(seed).poisson(rates[:, None], (len(rates), minutes)).astype(np.float32)


def layout(series: int) -> Layout:
    """One source; its total and its first status are judged as volume too."""
    return Layout(1, np.zeros(series, int), np.zeros(2, int))


def minute(at: int, counts: np.ndarray) -> Minute:
    """The counts of one minute with their total."""
    total = counts.sum()
    return Minute(at, counts, np.array([total]), np.array([total, counts[0]]))


def play(counts: np.ndarray, state: State | None = None, first: int = 0) -> tuple[State, list[Alarm], Evidence]:
    """The state at the end, all alarms (minutes from the first), and the last minute's evidence."""
    series, log = layout(len(counts)), Log()
    state = state or detector.start(series)
    for at, now in enumerate(counts.T):
        state, evidence = detector.step(state, minute(first + at, now), series, Params())
        log.take(at, evidence)
    return state, log.alarms, evidence
