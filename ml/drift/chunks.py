"""The current data in chunks, each compared with the reference by itself: opposite changes no longer cancel. Pure.

All tests of all chunks are one family (Holm), so the chance of any false alarm among them is at most the given level.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from core.models.drift.baseline import Baseline, Category, Numeric, Role, Skipped
from core.models.drift.columns import Values
from core.models.drift.params import DriftParams
from core.models.drift.report import MATURE, ChunkDrift
from ml.drift import significance
from ml.drift.compare import Compared, compare, read_like
from ml.drift.onset import onset

Positions = npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Chunk:
    """Some rows of the table, by position, in their order."""

    name: str
    rows: Positions


@dataclass(frozen=True, slots=True)
class Chunks:
    """Chunks in order; `every` says how large, and `place` names a row by its position in the table."""

    every: str
    parts: Sequence[Chunk]
    place: Callable[[int], str]


@dataclass(slots=True)
class ColumnChunks:
    """One column's alarms: what happened by chunk, categories that came or went by chunk, and since when."""

    name: str
    role: Role
    alarms: dict[int, str] = field(default_factory=dict)
    turned: dict[int, str] = field(default_factory=dict)
    since: str = ""

    @property
    def first(self) -> int | None:
        """The first chunk with either, None without."""
        return min([*self.alarms, *self.turned], default=None)


def columns_in(
    baseline: Baseline, table: Mapping[str, Values], chunks: Chunks, params: DriftParams, alpha: float
) -> list[ColumnChunks]:
    """Every column that is compared, with its alarms at `alpha` over all tests together."""
    bases = [one for one in baseline.columns if not isinstance(one, Skipped) and one.name in table]
    found = {base.name: ColumnChunks(base.name, base.role) for base in bases}
    made = [(index, base, seen) for base in bases for index, seen in _compared(base, table[base.name], chunks, params)]
    own = [finding.p for _, _, seen in made for finding in seen.findings]
    adjusted = iter(significance.holm([*own, *(seen.turnover.p for _, _, seen in made if seen.turnover)]))
    for index, base, seen in made:
        told = [one.text for one in seen.findings if next(adjusted) <= alpha and one.relevant]
        if told:
            found[base.name].alarms[index] = "; ".join(told)
    for index, base, seen in made:
        if seen.turnover and next(adjusted) <= alpha:
            found[base.name].turned[index] = "; ".join(seen.turnover.told())
    for base in bases:
        if (first := found[base.name].first) is not None:
            found[base.name].since = _since(base, table[base.name], chunks, first)
    return list(found.values())


def described(chunks: Chunks, columns: Sequence[ColumnChunks], params: DriftParams) -> list[ChunkDrift]:
    """Every chunk, and which columns drifted in it."""
    return [
        ChunkDrift(
            chunk.name,
            len(chunk.rows),
            {column.name: column.alarms[index] for column in columns if index in column.alarms},
            {column.name: column.turned[index] for column in columns if index in column.turned},
            len(chunk.rows) >= params.minimum,
        )
        for index, chunk in enumerate(chunks.parts)
    ]


def _compared(
    base: Numeric | Category, values: Values, chunks: Chunks, params: DriftParams
) -> Iterator[tuple[int, Compared]]:
    """The comparison of each chunk that has rows enough; of a target only where most labels are there."""
    for index, chunk in enumerate(chunks.parts):
        if min(len(chunk.rows), base.rows) < params.minimum:
            continue
        column = read_like(_taken(values, chunk.rows), base)
        seen = compare(base, column, params)
        present = seen.current.rows - seen.current.missing
        if base.role != "target" or present >= MATURE * seen.current.rows:
            seen.plot = None  # chunks times columns are many, and nobody draws them
            yield index, seen


def _since(base: Numeric | Category, values: Values, chunks: Chunks, first: int) -> str:
    """The row where the change begins that the first chunk shows: in it, or late in the one before."""
    before = chunks.parts[first - 1].rows if first else np.empty(0, dtype=np.intp)
    rows = np.concatenate([before, chunks.parts[first].rows])
    return chunks.place(int(rows[onset(base, _taken(values, rows), len(before))]))


def _taken(values: Values, rows: Positions) -> Sequence[Any]:
    """Some rows of a column; rows that follow one another are a slice."""
    if isinstance(values, np.ndarray):
        return list(values[rows].tolist())
    if len(rows) and int(rows[-1]) - int(rows[0]) == len(rows) - 1 and bool((np.diff(rows) == 1).all()):
        return values[int(rows[0]) : int(rows[-1]) + 1]
    return [values[row] for row in rows.tolist()]
