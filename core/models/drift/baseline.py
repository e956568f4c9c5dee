"""A fitted reference: what is kept of the training data so that any later data can be compared without it. Pure.

Numbers are kept as counts below and up to the values of a grid: all values that occur, or 512 quantiles when there
are more. A Kolmogorov-Smirnov distance on the grid is exact in the first case, and in the second too small by at most
1/512, so that a test by it errs to the safe side. Categories are kept by name, or, when there are many, by hash bucket:
bins chosen by how often they occur in the reference would make every later sample look different.
"""

import zlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from core.models.drift.columns import Column, Singles, Times, Values, Words, categories, read

Role = Literal["feature", "score", "target"]
Counts = npt.NDArray[np.float64]
GRID, DECILES, BARS = 512, 10, 24
# Numbers of so few kinds are categories; categories of more kinds are hashed.
FEW, MANY, BUCKETS, NAMED = 5, 200, 64, 50


@dataclass(frozen=True, slots=True)
class Numeric:
    """`below` and `upto` (g,) count reference values < and <= each value of `grid` (g,), rising."""

    name: str
    role: Role
    missing: int
    grid: Singles
    below: Counts
    upto: Counts
    deciles: npt.NDArray[np.intp] = field(init=False)
    edges: Counts = field(init=False)
    bars: Counts = field(init=False)

    def __post_init__(self) -> None:
        cuts = np.searchsorted(self.upto, self.present * np.arange(1, DECILES) / DECILES)
        cuts = np.unique(np.minimum(cuts, len(self.grid) - 1))
        object.__setattr__(self, "deciles", cuts[self.upto[cuts] < self.present])
        object.__setattr__(self, "edges", self._edges())
        object.__setattr__(self, "bars", np.diff(self.at(self.edges), prepend=0.0, append=self.present))

    @property
    def present(self) -> int:
        """Reference values that are not missing."""
        return int(self.upto[-1])

    @property
    def rows(self) -> int:
        """Rows of the reference."""
        return self.present + self.missing

    def at(self, points: Counts) -> Counts:
        """Reference values <= each point: exact on the grid, between two of its values by linear interpolation."""
        right = np.searchsorted(self.grid, points, side="right")
        left = np.maximum(right - 1, 0)
        following = np.minimum(right, len(self.grid) - 1)
        start, end = self.grid[left].astype(float), self.grid[following].astype(float)
        width = np.where(end > start, end - start, 1.0)
        share = np.clip((points - start) / width, 0.0, 1.0)
        between = self.upto[left] + share * np.maximum(self.below[following] - self.upto[left], 0.0)
        return np.asarray(np.where(right == 0, 0.0, between), dtype=float)

    def quantile(self, share: float) -> float:
        """The smallest grid value with at least this share of the reference at or below it."""
        return float(self.grid[min(int(np.searchsorted(self.upto, share * self.present)), len(self.grid) - 1)])

    def _edges(self) -> Counts:
        """Inner edges of the drawn bars: between the values when they are few, else equally wide without the tails."""
        if len(self.grid) <= BARS:
            middle = (self.grid[1:].astype(float) + self.grid[:-1].astype(float)) / 2
            return np.asarray(middle, dtype=float)
        low, high = self.quantile(0.01), self.quantile(0.99)
        if not np.isfinite(high - low) or high <= low:
            low, high = float(self.grid[0]), float(self.grid[-1])
        return np.linspace(low, high, BARS - 1)


@dataclass(frozen=True, slots=True)
class Category:
    """How often each category occurred; `buckets` (64,) by hash when there were many, and then `counts` the commonest.

    `numeric`: the categories are numbers in their shortest form. `declared`: somebody said that these are categories,
    so later values are too, whatever they look like.
    """

    name: str
    role: Role
    missing: int
    counts: dict[str, int]
    numeric: bool = False
    buckets: Counts | None = None
    declared: bool = False

    @property
    def present(self) -> int:
        """Reference values that are not missing."""
        return int(sum(self.counts.values()) if self.buckets is None else self.buckets.sum())

    @property
    def rows(self) -> int:
        """Rows of the reference."""
        return self.present + self.missing


@dataclass(frozen=True, slots=True)
class Skipped:
    """A column that is not compared, and why."""

    name: str
    role: Role
    why: str


Fitted = Numeric | Category | Skipped


@dataclass(frozen=True, slots=True, eq=False)
class Baseline:
    """The columns of a reference of `rows` rows, in its order."""

    rows: int
    columns: list[Fitted]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Baseline) and self.as_json() == other.as_json()

    __hash__ = None  # type: ignore[assignment]  # it holds arrays

    def as_json(self) -> dict[str, Any]:
        """For storing; `from_json` is its inverse."""
        return {"rows": self.rows, "columns": [_as_json(column) for column in self.columns]}


def fit(
    table: Mapping[str, Values],
    roles: Mapping[str, Role] | None = None,
    skipped: Mapping[str, str] | None = None,
    categorical: Collection[str] = (),
) -> Baseline:
    """The fitted reference of columns of equal length. `roles` marks score and target; `skipped` says why not;
    `categorical` columns are categories whatever their values look like.
    """
    roles, skipped = roles or {}, skipped or {}
    columns: list[Fitted] = []
    rows = 0
    for name, values in table.items():
        rows = max(rows, len(values))
        role = roles.get(name, "feature")
        why = skipped.get(name)
        if why:
            columns.append(Skipped(name, role, why))
        else:
            columns.append(
                declared(name, role, values) if name in categorical else fit_column(name, role, read(values))
            )
    return Baseline(rows, columns)


def declared(name: str, role: Role, values: Values) -> Fitted:
    """The reference of a column that somebody says is one of categories."""
    return _category(name, role, categories(values), declared=True)


def fit_column(name: str, role: Role, column: Column) -> Fitted:
    """One column's reference."""
    if isinstance(column, Times):
        return Skipped(name, role, f"a time, which always increases ({column.first} to {column.last})")
    if isinstance(column, Words):
        return _category(name, role, column)
    if not len(column.values):
        return Category(name, role, column.missing + column.unreadable, {}, numeric=True)
    starts = np.concatenate([[0], np.flatnonzero(np.diff(column.values)) + 1])
    distinct = column.values[starts]
    if len(distinct) <= FEW and role != "score":
        words = column.words()
        return Category(name, role, words.missing, words.counts, numeric=True)
    ends = np.append(starts[1:], len(column.values))
    if len(distinct) > GRID:
        wanted = np.linspace(0, len(column.values) - 1, GRID).astype(int)
        kept = np.unique(np.searchsorted(starts, wanted, side="right") - 1)
        distinct, starts, ends = distinct[kept], starts[kept], ends[kept]
    return Numeric(name, role, column.missing + column.unreadable, distinct, starts.astype(float), ends.astype(float))


def bucketed(counts: Mapping[str, int]) -> Counts:
    """Counts (64,) of categories by the CRC-32 of their names."""
    found = np.zeros(BUCKETS)
    for word, n in counts.items():
        found[zlib.crc32(word.encode("utf-8", "replace")) % BUCKETS] += n
    return found


def from_json(document: Mapping[str, Any]) -> Baseline:
    """The baseline of `as_json`'s document."""
    return Baseline(int(document["rows"]), [_from_json(column) for column in document["columns"]])


def _category(name: str, role: Role, words: Words, declared: bool = False) -> Fitted:
    present = words.rows - words.missing
    if len(words.counts) > max(MANY, 0.9 * present):
        return Skipped(name, role, "an identifier: nearly every value is unique")
    if len(words.counts) <= MANY:
        return Category(name, role, words.missing, words.counts, declared=declared)
    common = dict(sorted(words.counts.items(), key=lambda item: (-item[1], item[0]))[:NAMED])
    return Category(name, role, words.missing, common, buckets=bucketed(words.counts), declared=declared)


def _as_json(column: Fitted) -> dict[str, Any]:
    if isinstance(column, Skipped):
        return {"kind": "skipped", "name": column.name, "role": column.role, "why": column.why}
    shared = {"name": column.name, "role": column.role, "missing": column.missing}
    if isinstance(column, Numeric):
        counts = {"below": column.below.astype(int).tolist(), "upto": column.upto.astype(int).tolist()}
        return {"kind": "number", **shared, "grid": [float(f"{v:.9g}") for v in column.grid.tolist()], **counts}
    buckets = None if column.buckets is None else column.buckets.astype(int).tolist()
    kind = {"numeric": column.numeric, "declared": column.declared}
    return {"kind": "category", **shared, "counts": column.counts, **kind, "buckets": buckets}


def _from_json(item: Mapping[str, Any]) -> Fitted:
    name, role = item["name"], item["role"]
    if item["kind"] == "skipped":
        return Skipped(name, role, item["why"])
    if item["kind"] == "number":
        grid = np.array(item["grid"], dtype=np.float32)
        below, upto = np.array(item["below"], dtype=float), np.array(item["upto"], dtype=float)
        return Numeric(name, role, item["missing"], grid, below, upto)
    buckets = None if item["buckets"] is None else np.array(item["buckets"], dtype=float)
    declared = item.get("declared", False)  # a baseline that was kept before somebody could say so
    return Category(name, role, item["missing"], item["counts"], item["numeric"], buckets, declared)
