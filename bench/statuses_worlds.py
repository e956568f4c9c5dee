"""Seven simulated worlds of statuses, 35 days, three seeds, an incident a day: what the detector finds, when, and what
it says though nothing happened.

`python -m bench statuses_worlds`. All worlds run side by side, each with the line of an installation of its own, from a
cold start and with shipped settings. An incident is found when an episode that pages fires between its start and five
minutes after its end; the delay is from its start to the end of the minute that fires. An episode that pages is false
when it fires outside every incident and the fifteen minutes after. `GATEHOUSE_BENCH_DAYS=8` runs fewer days.
"""

import os
import sys
from collections.abc import Iterable
from dataclasses import dataclass, field
from statistics import median

import numpy as np

from bench._status_worlds import DAY, STATUSES, WORLDS, Array, World, make
from core.statuses.detector import composition, detector, volume
from core.statuses.detector.detector import Layout, Minute
from core.statuses.detector.episodes import Alarm, Episode, Log, Series, episodes
from core.statuses.detector.line import line
from core.statuses.detector.params import Params

SEEDS, DAYS, FORTNIGHT = (1, 2, 3), 35, 14 * DAY
AFTERMATH, LATE = 15, 5  # minutes
QUIET = WORLDS[:4]
EPOCH = 4 * DAY  # a Monday


@dataclass(slots=True)
class Tally:
    """What became of one world with one seed."""

    delays: list[int] = field(default_factory=list)
    missed: list[str] = field(default_factory=list)
    onsets: list[int] = field(default_factory=list)
    recoveries: list[int] = field(default_factory=list)
    false: list[Episode] = field(default_factory=list)

    def add(self, other: "Tally") -> None:
        """Take another world in."""
        self.delays += other.delays
        self.missed += other.missed
        self.onsets += other.onsets
        self.recoveries += other.recoveries
        self.false += other.false


def main() -> int:
    """Print a row for each world and each goal; 0 when all are met."""
    days = int(os.environ.get("GATEHOUSE_BENCH_DAYS", str(DAYS)))
    worlds = [make(name, days, seed) for name in WORLDS for seed in SEEDS]
    found = run(worlds)
    tallies = [tally(world, alarms) for world, alarms in zip(worlds, found, strict=True)]
    return 0 if goals(worlds, tallies, days) else 1


def run(worlds: list[World], params: Params | None = None) -> list[list[Alarm]]:
    """The alarms of each world; series are numbered as STATUSES, then total and approved."""
    p, each = params or Params(), len(STATUSES)
    layout = Layout(len(worlds), np.repeat(np.arange(len(worlds)), each), np.repeat(np.arange(len(worlds)), 2))
    above = line(p.budget, each * composition.TESTS + 2 * volume.TESTS)
    counts = np.concatenate([world.counts for world in worlds])
    stacked = np.array([world.counts for world in worlds])
    totals = stacked.sum(axis=1)
    volumes = np.stack([totals, stacked[:, 0]], axis=1).reshape(-1, counts.shape[1])
    state, log = detector.start(layout), Log()
    minutes = zip(*(np.ascontiguousarray(part.T) for part in (counts, totals, volumes)), strict=True)
    for at, (now, total, past) in enumerate(minutes):
        state, evidence = detector.step(state, Minute(EPOCH + at, now, total, past), layout, p, above)
        log.take(at, evidence)
    return by_source(log.alarms, {"composition": layout.composition, "volume": layout.volume}, len(worlds))


def by_source(alarms: Iterable[Alarm], source: dict[str, Array], sources: int) -> list[list[Alarm]]:
    """The alarms of each source, their series numbered within it."""
    found: list[list[Alarm]] = [[] for _ in range(sources)]
    for alarm in alarms:
        kind, index = alarm.series
        own = int(source[kind][index])
        alarm.series = Series(kind, index - int(np.searchsorted(source[kind], own)))
        found[own].append(alarm)
    return found


def tally(world: World, alarms: list[Alarm]) -> Tally:
    """What was found of a world's incidents, and what was false."""
    said, result = [one for one in episodes(alarms) if one.pages], Tally()
    for kind, start, end in world.incidents:
        own = [one for one in said if start <= one.fired < end + LATE]
        if not own:
            result.missed.append(kind)
            continue
        result.delays.append(own[0].fired - start + 1)
        result.onsets.append(own[0].onset - start)
        told = [one.told for one in own[0].alarms if one.pages and one.fired < end + LATE]
        if None not in told:
            result.recoveries.append(max(minute for minute in told if minute is not None) - end + 1)
    for one in said:
        if not any(start <= one.fired < end + AFTERMATH for _, start, end in world.incidents):
            result.false.append(one)
    return result


def on_shares(world: World, tally: Tally) -> int:
    """Alarms on a share in the two and a half hours from a launch on, outside every incident."""
    fired = [alarm.fired for one in tally.false for alarm in one.alarms if alarm.series.kind == "composition"]
    return sum(any(launch <= minute < launch + 150 for launch in world.launches) for minute in fired)


def goals(worlds: list[World], tallies: list[Tally], days: int) -> bool:
    """Print the tables and whether each goal is met."""
    everything, met = Tally(), True
    print(f"{'world':<18}{'found':>12}{'delay':>7}{'onset':>8}{'told':>6}{'false, fortnight':>18}{'after, a week':>15}")
    for name in WORLDS:
        own = Tally()
        first = []
        for world, one in zip(worlds, tallies, strict=True):
            if world.name == name:
                own.add(one)
                first.append(sum(episode.fired < FORTNIGHT for episode in one.false))
        everything.add(own)
        later = sum(episode.fired >= FORTNIGHT for episode in own.false)
        weekly = later / max(1e-9, (days - 14) / 7 * len(SEEDS))
        fine = median(own.delays) <= (8 if name.startswith("noise") else 3) and max(first) <= 1
        fine = fine and weekly <= (0 if name in QUIET else 1)
        met = met and fine
        total = len(own.delays) + len(own.missed)
        near = np.mean(np.abs(own.onsets) <= 1)
        print(
            f"{name:<18}{len(own.delays):>5} of {total:>3}{median(own.delays):>7g}{near:>8.0%}"
            f"{median(own.recoveries):>6g}{'  '.join(map(str, first)):>18}{weekly:>15.2f}  "
            f"{'met' if fine else 'NOT MET'}"
        )
    total = len(everything.delays) + len(everything.missed)
    near = float(np.mean(np.abs(everything.onsets) <= 1))
    for text, value, fine in (
        (f"found {len(everything.delays)} of {total} incidents", len(everything.delays) / total, 0.98),
        ("onset within a minute", near, 0.9),
    ):
        met = met and value >= fine
        print(f"{text}: {value:.1%} (goal {fine:.0%}) {'met' if value >= fine else 'NOT MET'}")
    told = median(everything.recoveries)
    met = met and told <= 8
    print(f"recovery told {told:g} minutes after the end, median (goal 8) {'met' if told <= 8 else 'NOT MET'}")
    shares = [on_shares(world, one) for world, one in zip(worlds, tallies, strict=True)]
    met = met and not sum(shares)
    print(f"alarms on a share in {sum(len(world.launches) for world in worlds)} launches: {sum(shares)} (goal 0)")
    print(f"missed: {', '.join(sorted(everything.missed)) or 'none'}")
    return met


if __name__ == "__main__":
    sys.exit(main())
