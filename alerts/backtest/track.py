"""Readings of a rule over a long span as columns, and the evaluator over them without the quiet stretches between.

What a rule gathers does not depend on its limits and lengths of time, so that a search for better ones reads the past
once. An evaluation of a series that is inactive, with a good value and the same series as before, changes nothing, and
neither does a bad stretch that is over before `for` is: such stretches are skipped. What comes out is what the
evaluator decides tick by tick.
"""

from array import array
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from alerts.backtest.spec import Firing
from alerts.evaluate.evaluation import Key, SeriesChange, TickInput, evaluate, judge
from alerts.evaluate.machine import ROUNDING, State
from alerts.evaluate.rule import Limits, Reading
from alerts.evaluate.ruleset import Rule
from core.config import Calendar

ERROR, GONE = 1, 2
QUIET = ("good", "between")


class Track:
    """The readings of each tick, one after the other: those of tick i are `offsets[i]` to `offsets[i + 1]`.

    NaN is a value that is missing. `step` is what lies between two ticks; further apart than three have a gap.
    """

    def __init__(self, step: float) -> None:
        self.step = step
        self._names: dict[str, int] = {}
        self._list: list[str] = []
        self._sets: dict[tuple[int, ...], int] = {}
        self._times, self._offsets, self._set = array("d"), array("q", [0]), array("q")
        self._series, self._n, self._flags = array("q"), array("q"), array("b")
        self._value, self._low, self._high = array("d"), array("d"), array("d")
        self._ordered: tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray] | None = None

    @classmethod
    def of(cls, ticks: Iterable[tuple[float, list[Reading]]], step: float) -> "Track":
        """Everything that a stream of readings has."""
        found = cls(step)
        for now, readings in ticks:
            found.add(now, readings)
        return found

    @classmethod
    def of_columns(cls, times: np.ndarray, series: Mapping[str, tuple[np.ndarray, np.ndarray]], step: float) -> "Track":
        """Series that each have a value (NaN: missing) and its samples at every time."""
        found, count = cls(step), len(series)
        found._list, found._names = list(series), {name: place for place, name in enumerate(series)}
        found._sets[tuple(range(count))] = 0
        found._times.frombytes(times.astype(float).tobytes())
        found._offsets = array("q", (np.arange(len(times) + 1) * count).tobytes())
        found._set.frombytes(np.zeros(len(times), "q").tobytes())
        found._series.frombytes(np.tile(np.arange(count, dtype="q"), len(times)).tobytes())
        values, samples = (np.stack([one[at] for one in series.values()], axis=1).ravel() for at in (0, 1))
        found._value.frombytes(values.astype(float).tobytes())
        found._n.frombytes(samples.astype("q").tobytes())
        found._flags.frombytes(bytes(len(values)))
        for bound in (found._low, found._high):
            bound.frombytes(np.full(len(values), np.nan).tobytes())
        return found

    def add(self, now: float, readings: list[Reading]) -> None:
        """The next tick."""
        here = []
        for one in readings:
            if one.series not in self._names:
                self._names[one.series] = len(self._list)
                self._list.append(one.series)
            here.append(self._names[one.series])
            low, high = one.band or (np.nan, np.nan)
            self._value.append(np.nan if one.value is None else one.value)
            self._n.append(one.n)
            self._low.append(low)
            self._high.append(high)
            self._flags.append(ERROR * bool(one.error) + GONE * one.gone)
        self._series.extend(here)
        self._times.append(now)
        self._offsets.append(len(self._series))
        self._set.append(self._sets.setdefault(tuple(here), len(self._sets)))

    def __len__(self) -> int:
        return len(self._times)

    def part(self, first: int, last: int) -> "Track":
        """The ticks from `first` to before `last`."""
        found, (low, high) = Track(self.step), (self._offsets[first], self._offsets[last])
        found._names, found._sets, found._list = self._names, self._sets, self._list
        found._times, found._set = self._times[first:last], self._set[first:last]
        found._offsets = array("q", (np.frombuffer(self._offsets, "q")[first : last + 1] - low).tolist())
        for name in ("_series", "_n", "_flags", "_value", "_low", "_high"):
            setattr(found, name, getattr(self, name)[low:high])
        return found

    @property
    def times(self) -> np.ndarray:
        """Epoch seconds of each tick."""
        return np.frombuffer(self._times, float) if len(self) else np.zeros(0)

    def readings(self, tick: int) -> list[Reading]:
        """Those of a tick, without their facts for people."""
        return [self._reading(place) for place in range(self._offsets[tick], self._offsets[tick + 1])]

    def loud(self, rule: Rule) -> np.ndarray:
        """The ticks that may change what fires of a rule whose series are all inactive and well."""
        if not len(self):
            return np.zeros(0, np.int64)
        good, bad = self._judged(rule)
        counted = np.concatenate([[0], np.cumsum(~(good | self._too_short(good, bad, rule.timing.hold)))])
        offsets, sets = np.frombuffer(self._offsets, "q"), np.frombuffer(self._set, "q")
        is_loud = counted[offsets[1:]] > counted[offsets[:-1]]
        is_loud[1:] |= sets[1:] != sets[:-1]
        return np.flatnonzero(is_loud)

    def _judged(self, rule: Rule) -> tuple[np.ndarray, np.ndarray]:
        """Of each reading, whether it is good or between, and whether it is bad; neither: missing, an error or gone."""
        if not len(self._value):
            return np.zeros(0, bool), np.zeros(0, bool)
        value, n, flags = np.frombuffer(self._value), np.frombuffer(self._n, "q"), np.frombuffer(self._flags, "b")
        limits, there = rule.parameters, flags == 0
        if isinstance(limits, Limits):  # kinds with limits judge by them alone; a test compares
            there &= ~np.isnan(value) & (n >= limits.minimum)
            bad = np.zeros(len(value), bool)
            with np.errstate(invalid="ignore"):
                bad |= False if limits.above is None else value > limits.above
                bad |= False if limits.below is None else value < limits.below
            return there & ~bad, there & bad
        states = [judge(rule, self._reading(place)).state for place in range(len(value))]
        good, bad = (np.fromiter((state in words for state in states), bool) for words in (QUIET, ("bad",)))
        return there & good, there & bad

    def _too_short(self, good: np.ndarray, bad: np.ndarray, hold: float) -> np.ndarray:
        """Of each reading, whether it is of a bad stretch between two good readings that ends before `hold`."""
        short = np.zeros(len(good), bool)
        if not hold or not bad.any():
            return short
        order, at, is_next, seen = self._by_series()
        starts = np.flatnonzero(is_next & good[order][:-1] & bad[order][1:]) + 1
        ends = np.flatnonzero(is_next & bad[order][:-1] & good[order][1:])
        broken = np.concatenate([[0], np.cumsum(~(bad[order] & np.concatenate([[False], is_next])))])
        following = np.searchsorted(ends, starts)
        for start, place in zip(starts.tolist(), following.tolist(), strict=True):
            if place >= len(ends):
                break
            end = int(ends[place])
            is_whole = broken[end + 1] == broken[start]
            if is_whole and seen[at[end]] - seen[at[start]] + ROUNDING < hold:
                short[order[start : end + 1]] = True
        return short

    def _by_series(self) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
        """The readings in the order of their series, the tick of each, whether it and the one before are of the same
        series at neighbouring ticks, and the seconds that were seen up to each tick.
        """
        if self._ordered is None or len(self._ordered[0]) != len(self._series):
            times = self.times
            gaps = np.diff(times, prepend=times[:1])
            seen = np.cumsum(np.where(gaps <= 3 * self.step, gaps, 0.0))
            ticks = np.repeat(np.arange(len(self)), np.diff(np.frombuffer(self._offsets, "q")))
            order = np.argsort(np.frombuffer(self._series, "q"), kind="stable")
            series, at = np.frombuffer(self._series, "q")[order], ticks[order]
            self._ordered = order, at, (np.diff(series) == 0) & (np.diff(at) == 1), seen
        return self._ordered

    def _reading(self, place: int) -> Reading:
        value, low = self._value[place], self._low[place]
        flags = self._flags[place]
        return Reading(
            self._list[self._series[place]],
            None if np.isnan(value) else value,
            self._n[place],
            "its data could not be read" if flags & ERROR else "",
            bool(flags & GONE),
            None if np.isnan(low) else (low, self._high[place]),
        )


class Firings:
    """The firings of a rule, as its changes come."""

    def __init__(self) -> None:
        self.firings: list[Firing] = []
        self.missing = 0
        self._open: dict[Key, Firing] = {}

    def take(self, now: float, change: SeriesChange) -> None:
        """One series at one tick."""
        key, after = change.key, change.after
        for one in change.transitions:
            if one.what == "fired":
                firing = self._open[key] = Firing(key[1], after.began, now, None, after.peak)
                self.firings.append(firing)
            elif one.what in ("resolved", "closed") and one.kind == "alert" and key in self._open:
                self._open.pop(key).end = now
            self.missing += one.what == "missing"
        if key in self._open and after.peak is not None:
            self._open[key].peak = after.peak


class Run:
    """A rule over a track; the rule may change on the way, as it does when people apply a proposal."""

    def __init__(self, track: Track, windows: Mapping[str, Calendar]) -> None:
        self.found = Firings()
        self._track, self._windows = track, windows
        self._states: dict[Key, State] = {}

    def over(self, rule: Rule, first: int = 0, last: int | None = None) -> list[Firing]:
        """Ticks from `first` to before `last`; returns all firings so far."""
        times, states = self._track.times, self._states
        last = len(self._track) if last is None else last
        loud, tick, begins = self._track.loud(rule), first, True
        while tick < last:
            if not begins and all(map(_is_well, states.values())):
                place = int(np.searchsorted(loud, tick))
                tick = int(loud[place]) if place < len(loud) else last
                if tick >= last:
                    break
            begins = False
            now = float(times[tick])
            gap = now - float(times[tick - 1]) if tick else 0.0
            elapsed = gap if 0 < gap <= 3 * self._track.step else 0.0
            seen = TickInput(now, elapsed, {rule.id: self._track.readings(tick)})
            for change in evaluate([rule], states, seen, self._windows):
                states[change.key] = change.after
                if change.is_forgettable:
                    del states[change.key]
                self.found.take(now, change)
            tick += 1
        return self.found.firings


def _is_well(state: State) -> bool:
    return state.phase == "inactive" and state.health == "ok"


def firings_of(rule: Rule, track: Track, windows: Mapping[str, Any]) -> list[Firing]:
    """The firings of a rule over all of a track."""
    return Run(track, windows).over(rule)
