"""A rate of two periods, plain and at one mix of segments, and how much of its change each of both explains. Pure.

Direct standardisation: the rate of a period at the standard mix is the sum of its segments' rates, each weighted by its
share of the standard (Fleiss, Levin and Paik, "Statistical Methods for Rates and Proportions", 3rd edition, 2003,
chapter 19). The standard is the mean of both periods' shares, because then the change of the plain rate is exactly the
change at the same mix plus what the mix did (Kitagawa, "Components of a difference between two rates", JASA 50, 1955).
Bounds are the stratified ones of Wilson and Newcombe (Yan and Su, Statistics in Biopharmaceutical Research 2, 2010).

A segment with fewer than `LEAST` cases in one of the periods has no rate to compare, so all such are one segment, the
rest. Where even the rest is too small, it is left out of the adjusted rates, and what shares are left is told.
"""

from collections.abc import Iterable, Mapping, Sequence
from math import sqrt
from statistics import NormalDist
from typing import NamedTuple

from msgspec import Struct

from core.models.performance.interval import LEVEL, Interval, wilson

LEAST = 50  # cases of a period, below which a rate is none
COVERED = 0.5  # share of both periods' cases in segments that are compared, below which nothing is adjusted
REST = "the rest"


class Cell(NamedTuple):
    """Cases, and how many of them are hits (for an approval rate: decided, and approved)."""

    cases: int = 0
    hits: int = 0

    @property
    def rate(self) -> float | None:
        """Hits of all cases; None below `LEAST` of them."""
        return self.hits / self.cases if self.cases >= LEAST else None

    @property
    def bounds(self) -> Interval | None:
        """Wilson's interval of the rate; None where there is no rate."""
        return wilson(self.hits, self.cases) if self.cases >= LEAST else None

    def plus(self, other: "Cell") -> "Cell":
        """Both together."""
        return Cell(self.cases + other.cases, self.hits + other.hits)


class Rate(Struct, frozen=True):
    """A rate (0..1) with its interval."""

    value: float
    low: float
    high: float


class Segment(Struct, frozen=True):
    """A segment in both periods; `weight` is its share of the standard mix, None where it is not compared."""

    name: str
    now: Cell
    before: Cell
    weight: float | None = None

    @property
    def change(self) -> float | None:
        """How far its rate moved."""
        return _less(self.now.rate, self.before.rate)

    @property
    def change_bounds(self) -> Interval | None:
        """Newcombe's interval of the change (Statistics in Medicine 17, 1998, method 10)."""
        return newcombe(*self.rates())

    def rates(self, level: float = LEVEL) -> "tuple[Rate | None, Rate | None]":
        """Its rates now and before, with intervals of a level."""
        return _rate(self.now, level), _rate(self.before, level)

    def share(self, whole: Cell, is_now: bool = True) -> float:
        """Its share of a period's cases."""
        return (self.now if is_now else self.before).cases / whole.cases if whole.cases else 0.0


class Comparison(Struct, frozen=True):
    """Two periods: plain rates, the same at one mix (None where nothing can be adjusted), and their segments.

    `covered` is the share of cases, of the period with less, that lies in segments which are compared.
    """

    now: Cell
    before: Cell
    adjusted_now: Rate | None
    adjusted_before: Rate | None
    covered: float
    segments: tuple[Segment, ...]

    @property
    def change(self) -> float | None:
        """How far the plain rate moved."""
        return _less(self.now.rate, self.before.rate)

    @property
    def change_bounds(self) -> Interval | None:
        """Its interval."""
        return newcombe(_rate(self.now), _rate(self.before))

    @property
    def adjusted_change(self) -> float | None:
        """How far the rate moved at the same mix."""
        both = self.adjusted_now, self.adjusted_before
        return _less(*(None if one is None else one.value for one in both))

    @property
    def adjusted_bounds(self) -> Interval | None:
        """Its interval."""
        return newcombe(self.adjusted_now, self.adjusted_before)

    @property
    def mix_change(self) -> float | None:
        """What the mix did to the plain rate: its change less the change at the same mix."""
        return _less(self.change, self.adjusted_change)

    @property
    def is_reversed(self) -> bool:
        """Whether the plain rate moved one way and the rate at the same mix, for certain, the other (Simpson 1951)."""
        return self.change is not None and _against(self.adjusted_bounds, self.change)

    @property
    def against(self) -> tuple[Segment, ...]:
        """Segments whose rate moved, for certain, against the plain one; those that weigh most first.

        The level is shared out among the segments (Bonferroni), so that many of them name none by chance.
        """
        change, compared = self.change, [one for one in self.segments if one.weight]
        if change is None or not compared:
            return ()
        level = 1 - (1 - LEVEL) / len(compared)
        found = [one for one in compared if _against(newcombe(*one.rates(level)), change)]
        return tuple(sorted(found, key=lambda one: -abs((one.weight or 0.0) * (one.change or 0.0))))


def compare(now: Mapping[str, Cell], before: Mapping[str, Cell]) -> Comparison:
    """Compare a rate of two periods over segments by name; they keep their order, the rest comes last."""
    whole_now, whole_before = _sum(now.values()), _sum(before.values())
    names = list(dict.fromkeys((*now, *before)))
    pairs = {name: (now.get(name, Cell()), before.get(name, Cell())) for name in names}
    own = {name: pair for name, pair in pairs.items() if _is_enough(*pair)}
    small = [pair for name, pair in pairs.items() if name not in own and any(cell.cases for cell in pair)]
    rest = _sum(pair[0] for pair in small), _sum(pair[1] for pair in small)
    compared = {**own, REST: rest} if small and _is_enough(*rest) else own
    weights = _weights(list(compared.values()))
    segments = [
        Segment(name, *pair, weight) for (name, pair), weight in zip(compared.items(), weights, strict=True)
    ]  # fmt: skip
    if small and REST not in compared:
        segments.append(Segment(REST, *rest))
    covered = min(
        _share(_sum(pair[0] for pair in compared.values()), whole_now),
        _share(_sum(pair[1] for pair in compared.values()), whole_before),
    )
    is_adjusted = bool(compared) and covered >= COVERED
    return Comparison(
        now=whole_now,
        before=whole_before,
        adjusted_now=standardised([pair[0] for pair in compared.values()], weights) if is_adjusted else None,
        adjusted_before=standardised([pair[1] for pair in compared.values()], weights) if is_adjusted else None,
        covered=covered,
        segments=tuple(segments),
    )


def standardised(cells: Sequence[Cell], weights: Sequence[float], level: float = LEVEL) -> Rate:
    """The rate of cells at weights that add up to 1, with the stratified interval of Wilson (Yan and Su 2010).

    Each cell has a case. With one cell it is Wilson's interval. Variances that only share the level out among the cells
    are those of rates drawn towards a half by two hits and two others, as no cell is certain.
    """
    value = sum(weight * cell.hits / cell.cases for cell, weight in zip(cells, weights, strict=True))
    spread = [_spread(cell) for cell in cells]
    parts = [weight * sqrt(one) for one, weight in zip(spread, weights, strict=True)]
    quantile = NormalDist().inv_cdf(0.5 + level / 2) * sqrt(sum(part * part for part in parts)) / sum(parts)
    inner = 2 * NormalDist().cdf(quantile) - 1
    bounds = [wilson(cell.hits, cell.cases, inner) or (0.0, 1.0) for cell in cells]
    low, high = (
        sum(weight * one[side] for one, weight in zip(bounds, weights, strict=True)) for side in (0, 1)
    )  # fmt: skip
    return Rate(value, min(low, value), max(high, value))


def newcombe(now: Rate | None, before: Rate | None) -> Interval | None:
    """The interval of the difference of two independent rates, from their own intervals."""
    if now is None or before is None:
        return None
    change = now.value - before.value
    return (
        change - sqrt((now.value - now.low) ** 2 + (before.high - before.value) ** 2),
        change + sqrt((now.high - now.value) ** 2 + (before.value - before.low) ** 2),
    )


def _weights(pairs: Sequence[tuple[Cell, Cell]]) -> list[float]:
    """The standard mix: of each pair the mean of its shares of both periods."""
    now, before = sum(pair[0].cases for pair in pairs), sum(pair[1].cases for pair in pairs)
    return [(pair[0].cases / now + pair[1].cases / before) / 2 for pair in pairs]


def _is_enough(now: Cell, before: Cell) -> bool:
    return min(now.cases, before.cases) >= LEAST


def _sum(cells: Iterable[Cell]) -> Cell:
    total = Cell()
    for cell in cells:
        total = total.plus(cell)
    return total


def _share(part: Cell, whole: Cell) -> float:
    return part.cases / whole.cases if whole.cases else 0.0


def _spread(cell: Cell) -> float:
    rate = (cell.hits + 2) / (cell.cases + 4)
    return rate * (1 - rate) / cell.cases


def _rate(cell: Cell, level: float = LEVEL) -> Rate | None:
    bounds = wilson(cell.hits, cell.cases, level) if cell.cases >= LEAST else None
    return None if bounds is None else Rate(cell.hits / cell.cases, *bounds)


def _less(one: float | None, other: float | None) -> float | None:
    return None if one is None or other is None else one - other


def _against(bounds: Interval | None, change: float) -> bool:
    """Whether an interval lies wholly on the other side of nothing than a change."""
    return bounds is not None and (bounds[1] < 0 < change or change < 0 < bounds[0])
