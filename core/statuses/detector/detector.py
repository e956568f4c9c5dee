"""One minute of all series of all sources: the state before and the counts give the state after and the evidence. Pure.

Every status and code is judged as composition of its source's total; totals, and counts that people watch by
themselves, also as volume. Minutes come in order; what is late is judged again from a kept state.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from core.statuses.detector import composition, line, volume
from core.statuses.detector.arrays import FLOAT, Array, kept, push
from core.statuses.detector.composition import DELAY, Exposure, Judged
from core.statuses.detector.params import DAY, Params

SHIPPED = Params()


class Minute(NamedTuple):
    """Counts of minute number `at` of the epoch: of each composition series, the total of each source, and of each
    volume series. NaN was not reported: no evidence, neither for nor against.
    """

    at: int
    counts: Array
    totals: Array
    volumes: Array


class Source(NamedTuple):
    """Of each source: totals of the last minutes (the newest first), a usual minute's total, and its age in minutes."""

    before: Array
    typical: Array
    age: Array


@dataclass(frozen=True, slots=True)
class Layout:
    """Which source each composition series and each volume series belongs to (numbers of sources)."""

    sources: int
    composition: Array
    volume: Array

    @property
    def tests(self) -> int:
        """How many alternatives are tested at once."""
        return len(self.composition) * composition.TESTS + len(self.volume) * volume.TESTS


class State(NamedTuple):
    """Everything that is remembered."""

    composition: Array
    volume: volume.State
    source: Source

    def bytes_a_series(self) -> float:
        """The size of the larger kind's state of one series, its share of the source's included."""
        own = self.composition.nbytes / max(1, self.composition.shape[1])
        past = self.volume.rows.nbytes + self.volume.halves.nbytes
        return float(max(own, past / max(1, self.volume.rows.shape[1])))


class Evidence(NamedTuple):
    """What a minute says of composition series and of volume series, and where the latter point (1 up, -1 down)."""

    composition: Judged
    volume: Judged
    direction: Array
    line: float


def start(layout: Layout) -> State:
    """Nothing known of anything."""
    source = Source(np.full((DELAY, layout.sources), np.nan, FLOAT), *np.zeros((2, layout.sources), FLOAT))
    return State(composition.start(len(layout.composition)), volume.start(len(layout.volume)), source)


def step(
    state: State, minute: Minute, layout: Layout, p: Params = SHIPPED, above: float | None = None
) -> tuple[State, Evidence]:
    """The state after a minute, and its evidence. The line comes from the budget, unless `above` says another."""
    nats = line.line(p.budget, layout.tests) if above is None else above
    source, totals = _older(state.source, minute.totals), minute.totals.astype(FLOAT)
    of = layout.composition
    exposure = Exposure(totals[of], source.before[:, of], source.typical[of], source.age[of])
    shares, judged = composition.step(state.composition, minute.counts, exposure, minute.at, nats, p)
    ages = source.age[layout.volume]
    past, volumes, direction = volume.step(state.volume, minute.volumes, ages, minute.at, nats, p)
    before = source.before.copy()
    push(before, totals)
    after = State(shares, past, source._replace(before=before))
    return after, Evidence(judged, volumes, direction, nats)


def _older(source: Source, totals: Array) -> Source:
    """A minute later; the usual total follows with the memory of a day, and at first is the mean of all there was."""
    seen = np.isfinite(totals)
    age = source.age + 1
    weight = np.maximum(1 - kept(DAY), 1 / age)
    typical = np.where(seen, source.typical + weight * (np.where(seen, totals, 0) - source.typical), source.typical)
    return source._replace(typical=np.maximum(typical, 1e-3).astype(FLOAT), age=age.astype(FLOAT))
