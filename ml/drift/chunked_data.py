"""Chunks of a file or of stored predictions for a drift report: so many rows each, or an hour, day, week or month."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal, get_args

import numpy as np
import numpy.typing as npt

from core.errors import BadInput
from core.tabular.missing_values import MISSING
from core.tabular.sheet import Sheet
from ml.data import columns, file_preview
from ml.drift.chunks import Chunk, Chunks

Seconds = npt.NDArray[np.float64]
Every = Literal["hour", "day", "week", "month"]
EVERY: tuple[str, ...] = get_args(Every)
MOST = 2000
_FORMATS = {"hour": "%Y-%m-%d %H:00", "day": "%Y-%m-%d", "week": "%Y-%m-%d", "month": "%Y-%m"}


@dataclass(frozen=True, slots=True)
class Chunking:
    """How data is cut: `chunk` rows each, or by the column `time` (None: the only one that holds times)."""

    chunk: int | None = None
    every: Every | None = None
    time: str | None = None


def of_sheet(given: Sheet, chunking: Chunking) -> tuple[Chunks | None, list[str]]:
    """The chunks of a file, and sentences on how they were found. Raises BadInput."""
    if chunking.every is not None:
        column = chunking.time or _time_column(given)
        seconds, without = _times(given, column)
        notes = [f"{without:,} rows without a time in {column!r} are skipped"] if without else []
        if chunking.time is None:
            notes.append(f"chunks by the times of column {column!r}")
        return by_time(seconds, chunking.every), notes
    if chunking.chunk is None:
        return None, []
    if chunking.chunk < 1:
        raise BadInput("--chunk", f"{chunking.chunk} is not a number of rows")
    return by_rows(len(given.numbers), chunking.chunk, place_in(given)), []


def place_in(given: Sheet) -> Callable[[int], str]:
    """How a row of a file is named: by its number among the data, and its line where that is another."""

    def place(row: int) -> str:
        if row == 0:
            return "the first row"
        line = given.numbers[row]
        return f"row {row + 1:,}" + (f" (line {line:,})" if line != row + 1 else "")

    return place


def by_rows(rows: int, size: int, place: Callable[[int], str]) -> Chunks:
    """Chunks of `size` rows, the last one of what is left. Raises BadInput when they are too many."""
    count = -(-rows // size)
    _check(count, f"--chunk {size}")
    parts = []
    for index in range(count):
        start, end = index * size, min(rows, (index + 1) * size)
        parts.append(Chunk(f"rows {start + 1:,}–{end:,}", np.arange(start, end)))
    return Chunks(f"{size:,} rows", parts, place)


def by_time(seconds: Seconds, every: Every) -> Chunks:
    """Chunks of the hours, days, weeks (from Monday) or months (UTC) in which there are rows, for epoch seconds (n,);
    rows of NaN are in none. Raises BadInput when they are too many.
    """
    order = np.argsort(seconds, kind="stable")
    order = order[: int(np.isfinite(seconds).sum())]
    found: dict[str, list[int]] = {}
    for row in order.tolist():
        found.setdefault(_begin(float(seconds[row]), every), []).append(row)
    _check(len(found), f"--every {every}")
    named = {"week": "week of {}"}.get(every, "{}")
    parts = [Chunk(named.format(name), np.array(rows, dtype=np.intp)) for name, rows in found.items()]

    def place(row: int) -> str:
        moment = datetime.fromtimestamp(float(seconds[row]), UTC)
        return f"{moment:%Y-%m-%d %H:00}" if every == "hour" else f"{moment:%Y-%m-%d}"

    return Chunks(every, parts, place)


def _begin(seconds: float, every: Every) -> str:
    moment = datetime.fromtimestamp(seconds, UTC)
    if every == "week":
        moment -= timedelta(days=moment.weekday())
    return moment.strftime(_FORMATS[every])


def _check(count: int, option: str) -> None:
    if count > MOST:
        raise BadInput(option, f"makes {count:,} chunks; at most {MOST:,} are allowed")


def _time_column(given: Sheet) -> str:
    found = [name for name, values in given.columns.items() if file_preview.tells_time(name, _present(values))]
    if not found:
        raise BadInput("--every", f"{given.name} has no time column; set one with --time")
    if len(found) > 1:
        listed = ", ".join(map(repr, found[:5]))
        raise BadInput("--every", f"{given.name} has several time columns ({listed}); set one with --time")
    return found[0]


def _times(given: Sheet, column: str) -> tuple[Seconds, int]:
    """Epoch seconds (n,) with NaN where there is none, and how many are none."""
    if column not in given.columns:
        raise BadInput("--time", f"{given.name} has no column {column!r}; it has {', '.join(given.columns)}")
    values = given.columns[column]
    there = [index for index, value in enumerate(values) if value.strip().lower() not in MISSING]
    seconds = np.full(len(values), np.nan)
    if there:
        only = Sheet(given.name, {column: [values[i] for i in there]}, [given.numbers[i] for i in there], "")
        seconds[there] = columns.times(only, column)
    return seconds, len(values) - len(there)


def _present(values: Sequence[str]) -> list[str]:
    return [word for value in dict.fromkeys(values) if (word := value.strip()).lower() not in MISSING]
