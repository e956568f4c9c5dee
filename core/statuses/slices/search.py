"""Which slice explains an incident best (`find`). Pure.

A slice is a conjunction of one to three conditions. Its evidence is the log likelihood gain of "this slice changed, the
rest did not" over "nothing changed"; the whole is the slice without conditions. From the evidence goes the logarithm of
how many slices of as many conditions were tried, so that more conditions must earn their place. What wins is taken out
with its rows, and the rest is searched again. A slice is named only where it beats the whole, or where it changed more
than it would have if everything had changed alike.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np

from core.statuses.detector.arrays import Array
from core.statuses.slices import enumeration, evidence
from core.statuses.slices.enumeration import Slices
from core.statuses.slices.rows import Rows

MARGIN = 2.0  # nats by which a slice must beat the whole, and a further slice chance
LEAST_EXPLAINED = 0.05  # of the change, for a slice to be named
NO_SLICE = "No slice explains it better than the whole."
Direction = Literal["up", "down", "either"]


class Side(NamedTuple):
    """Transactions of one window, `bad` of them; of a volume incident, rows of the slice of all rows."""

    bad: float
    total: float

    @property
    def share(self) -> float | None:
        """Bad of all, 0 to 1; None where there are none."""
        return self.bad / self.total if self.total else None


class Condition(NamedTuple):
    """An attribute has a value; None is "missing"."""

    attribute: str
    value: str | None


@dataclass(frozen=True, slots=True)
class Slice:
    """`conditions` in the order of their attributes; `gain` in nats, less the penalty; `explains` is the share of the
    change of the whole (0 to 1), without what slices before it explain.
    """

    conditions: tuple[Condition, ...]
    before: Side
    during: Side
    gain: float
    explains: float

    def __str__(self) -> str:
        named = (f"{name} = {'missing' if value is None else value}" for name, value in self.conditions)
        return " and ".join(named) or "everything"


@dataclass(frozen=True, slots=True)
class Where:
    """Slices that explain the change, the best first; none where no slice explains it better than the whole.

    With `all_changed` the whole changed too, and the slices changed more. `tried` slices were compared.
    """

    slices: tuple[Slice, ...]
    whole: Slice
    tried: int
    all_changed: bool

    def __str__(self) -> str:
        return "; ".join(map(str, self.slices)) or NO_SLICE


def find(rows: Rows, direction: Direction = "either", most: int = 3) -> Where:
    """Where the share of bad rows changed. `direction` is that of the incident: other changes are not looked at."""
    return _find(rows, _Share(direction), most)


def find_volume(rows: Rows, due: float, direction: Direction = "either", most: int = 3) -> Where:
    """Where the number of rows changed: a slice vanished, or appeared. `due` rows are due during the incident for each
    row before (the ratio of the lengths of the windows, or of what the profile of the day expects).

    Raises ValueError where `due` is not above zero.
    """
    if not due > 0:
        raise ValueError("due must be above zero")
    return _find(rows, _Volume(direction, due), most)


@dataclass(frozen=True, slots=True)
class _Share:
    """`gain` and `beyond` are nats of counts (4 x n), `excess` the bad rows more than expected."""

    direction: Direction

    def gain(self, counts: Array, whole: Array) -> Array:
        table = evidence.completed(counts, whole)
        return _sided(evidence.share_gain(*table), self.excess(counts, whole), self.direction)

    def beyond(self, counts: Array, whole: Array) -> Array:
        """Over "everything changed alike"."""
        if not (whole[1] and whole[3]):
            return np.zeros(counts.shape[1])
        bad0, all0, bad1, all1 = evidence.completed(counts, whole)
        found = np.full(counts.shape[1], np.inf)
        for due in evidence.alike(np.stack([bad0, all0]), whole):
            gain = evidence.share_gain(due, all0, bad1, all1)
            found = np.minimum(found, _sided(gain, bad1 * all0 - due * all1, self.direction))
        return found

    def unlike(self, some: Array, rest: Array, whole: Array) -> Array:
        """Against "both changed alike"."""
        some, rest = evidence.completed(some, whole), evidence.completed(rest, whole)
        due = zip(*(evidence.alike(one, some + rest) for one in (some, rest)), strict=True)
        found = [evidence.share_gain(a, *some[1:]) + evidence.share_gain(b, *rest[1:]) for a, b in due]
        least: Array = np.minimum(*found)
        return least

    def excess(self, counts: Array, whole: Array) -> Array:
        bad0, all0, bad1, all1 = evidence.completed(counts, whole)
        share = np.divide(bad0, all0, out=np.zeros_like(bad0), where=all0 > 0)
        return np.where(all0 > 0, bad1 - all1 * share, 0.0)

    def sides(self, counts: Array, whole: Array) -> tuple[Side, Side]:
        bad0, all0, bad1, all1 = (float(one) for one in counts)
        return Side(bad0, all0), Side(bad1, all1)


@dataclass(frozen=True, slots=True)
class _Volume:
    """As `_Share`, of the number of rows."""

    direction: Direction
    due: float

    def gain(self, counts: Array, whole: Array) -> Array:
        found = evidence.volume_gain(counts[1], counts[3], self.due)
        return _sided(found, self.excess(counts, whole), self.direction)

    def beyond(self, counts: Array, whole: Array) -> Array:
        if not (whole[1] and whole[3]):
            return np.zeros(counts.shape[1])
        due = float(whole[3] / whole[1])
        return _sided(evidence.volume_gain(counts[1], counts[3], due), counts[3] - due * counts[1], self.direction)

    def unlike(self, some: Array, rest: Array, whole: Array) -> Array:
        both = some + rest
        due = (both[3] + 0.5) / (both[1] + 0.5)
        return evidence.volume_gain(some[1], some[3], due) + evidence.volume_gain(rest[1], rest[3], due)

    def excess(self, counts: Array, whole: Array) -> Array:
        found: Array = counts[3] - counts[1] * self.due
        return found

    def sides(self, counts: Array, whole: Array) -> tuple[Side, Side]:
        return Side(float(counts[1]), float(whole[1])), Side(float(counts[3]), float(whole[3]))


def _sided(gain: Array, excess: Array, direction: Direction) -> Array:
    """Nothing for what changed the other way."""
    if direction == "either":
        return gain
    return np.where(excess > 0 if direction == "up" else excess < 0, gain, 0.0)


def _find(rows: Rows, measure: _Share | _Volume, most: int) -> Where:
    slices = enumeration.every(rows)
    own = slices.counts
    whole = own[:, 0]
    total, change = (float(part(own[:, :1], whole)[0]) for part in (measure.gain, measure.excess))
    penalty = np.log(np.maximum.accumulate(np.bincount(slices.depth)))[slices.depth]
    left, there = own, np.ones(len(rows.during), bool)
    found: list[Slice] = []
    judged, all_changed, bar = measure.gain, False, total
    while len(found) < most and len(slices.depth) > 1:
        scores = judged(left, whole) - penalty
        best = _best(scores, rows, slices, _Apart(measure, judged, left, whole, penalty))
        part = float(measure.excess(left[:, best : best + 1], whole)[0])
        explains = _explained(part, change, measure.direction)
        if scores[best] < bar + MARGIN or explains < LEAST_EXPLAINED:
            if found or all_changed or total < MARGIN:
                break
            judged, all_changed, bar = measure.beyond, True, 0.0
            continue
        conditions = slices.conditions(best)
        named = tuple(Condition(rows.names[i], rows.values[i][code]) for i, code in conditions)
        found.append(Slice(named, *measure.sides(own[:, best], whole), float(scores[best]), explains))
        chosen = np.logical_and.reduce([there, *(rows.codes[i] == code for i, code in conditions)])
        there &= ~chosen
        left = left - enumeration.within(slices, rows, np.flatnonzero(chosen))
        bar = float(judged(left[:, :1], whole)[0])
    described = Slice((), *measure.sides(whole, whole), total, 1.0 if change else 0.0)
    return Where(tuple(found), described, len(slices.depth) - 1, all_changed and bool(found))


def _explained(part: float, change: float, direction: Direction) -> float:
    """The share that a slice has in the change of the whole."""
    if abs(part) >= abs(change):  # what else there was went the other way
        return 1.0
    if part * change < 0:  # all went the other way, by chance or not: of an incident in this direction it is the cause
        return 0.0 if direction == "either" else 1.0
    return part / change


@dataclass(frozen=True, slots=True)
class _Apart:
    """Nats of "only a part of a slice changed" over "all of it changed alike", less what the part costs more."""

    measure: _Share | _Volume
    judged: Callable[[Array, Array], Array]
    counts: Array
    whole: Array
    penalty: Array

    def nats(self, index: int, parts: Array) -> Array:
        """Of slices that have the conditions of slice `index` and more."""
        some = self.counts[:, parts]
        rest = self.counts[:, index : index + 1] - some
        costs = self.penalty[parts] - self.penalty[index]
        found: Array = self.measure.unlike(some, rest, self.whole) - self.judged(rest, self.whole) - costs
        return found


def _best(scores: Array, rows: Rows, slices: Slices, apart: _Apart) -> int:
    """The slice of the highest score (of equals the shortest, then the first by name); then a part of it, as long as
    that changed and the rest did not; then the shortest that changed as a whole as this part did.
    """

    def order(index: int) -> tuple[int, list[tuple[str, str]]]:
        named = [(rows.names[i], rows.values[i][code] or "") for i, code in slices.conditions(index)]
        return len(named), named

    def first(values: Array, among: Array) -> int:
        return min((int(i) for i in among[values >= values.max() - 1e-9]), key=order)

    best = first(scores[1:], np.arange(1, len(scores)))
    while len(parts := slices.parts(best)) and (nats := apart.nats(best, parts)).max() > 0:
        best = first(nats, parts)
    wider = [int(i) for i in slices.wider(best) if apart.nats(int(i), np.array([best]))[0] <= 0]
    return min(wider, key=order, default=best)
