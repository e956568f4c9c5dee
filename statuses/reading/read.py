"""A file of status counts as a history: what its right rows say, and which rows are wrong, and why. Pure.

A status and minute that stand twice count once, the last value wins; where rows differ in further columns, or times
have seconds, they are added.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from core.errors import BadInput
from core.statuses.detector.arrays import Array
from core.statuses.history import History, gathered
from core.tabular import missing_values, sheet
from core.tabular.sheet import Sheet
from statuses.reading import columns, moments
from statuses.reading.columns import Columns

MOST_STATUSES = 2000
MOST_MINUTES = 5 * 366 * 1440
MOST_STEP = 4  # minutes from one row to the next, where all are as far apart
_EVEN = 0.9
_HALF_DAY = 43_200  # seconds
_WRONG = 0.5  # of the rows: a file with more wrong ones is read wrongly


@dataclass(frozen=True, slots=True)
class Read:
    """The history, sentences on how the file was read, and the wrong rows: their lines with column and reason."""

    history: History
    notes: tuple[str, ...]
    bad: tuple[tuple[int, str], ...]
    rows: int


@dataclass(slots=True)
class _Entries:
    """One entry a row and status: seconds, number of the status, count, and what tells rows apart that are added."""

    seconds: list[float]
    keys: list[str]
    counts: list[float]
    apart: list[tuple[str, ...]]


def read(path: Path, encoding: str | None = None) -> Read:
    """The file at `path`. Raises BadInput, naming file, row and column, for one that cannot be read."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise BadInput(str(path), f"cannot be read: {error.strerror}") from error
    return parse(content, str(path), encoding)


def parse(content: bytes, name: str, encoding: str | None = None) -> Read:
    """The content of a file that is called `name`. Raises BadInput."""
    data = sheet.parse(content, name, encoding=encoding, lenient=True)
    if any(map(moments.is_one, data.columns)):
        raise BadInput(f"{name}, row 1", "holds data and no names of columns; add a header such as time,status,count")
    if not data.numbers:
        _none(data, list(data.bad))
    found = columns.find(data.columns, name)
    when = moments.read(data.columns, found.time, name)
    bad = list(data.bad)
    entries = _entries(data, found, when.seconds, bad)
    if not entries.seconds or len(bad) > _WRONG * (len(data.numbers) + len(data.bad)):
        _none(data, bad)
    notes = [*data.notes, *found.notes, *when.notes]
    history = _history(name, entries, when.dated, notes)
    if data.blank:
        notes.append(f"{data.blank:,} empty rows were skipped.")
    return Read(history, tuple(notes), tuple(sorted(bad)), len(data.numbers) + len(data.bad))


def _none(data: Sheet, bad: list[tuple[int, str]]) -> None:
    if not bad:
        raise BadInput(data.name, "has a header but no rows")
    row, reason = min(bad)
    raise BadInput(f"{data.name}, row {row}", f"{reason} ({len(bad):,} of its rows are wrong)")


def _entries(data: Sheet, found: Columns, seconds: list[float | None], bad: list[tuple[int, str]]) -> _Entries:
    entries = _Entries([], [], [], [])
    cells = _long(data, found) if found.key else _wide(data, found)
    for index, key, value, apart in cells:
        row, second = data.numbers[index], seconds[index]
        if second is None:
            said = data.columns[found.time][index].strip()[:40]
            reason = f"column {found.time!r}: {said!r} is not a time like the others" if said else "has no time"
        elif missing_values.is_missing(key):
            reason = f"column {found.key!r}: there is no status"
        else:
            count, reason = _count(value, key if not found.key else found.number)
        if not reason and second is not None:
            entries.seconds.append(second)
            entries.keys.append(key)
            entries.counts.append(count)
            entries.apart.append(apart)
        elif not bad or bad[-1] != (row, reason):
            bad.append((row, reason))
    return entries


def _long(data: Sheet, found: Columns) -> Iterator[tuple[int, str, str, tuple[str, ...]]]:
    keys, others = data.columns[found.key], [data.columns[name] for name in found.others]
    counts = data.columns[found.number] if found.number else ["1"] * len(keys)
    for index, (key, value) in enumerate(zip(keys, counts, strict=True)):
        apart = tuple(column[index] for column in others) if found.number else (str(index),)
        yield index, key.strip(), value, apart


def _wide(data: Sheet, found: Columns) -> Iterator[tuple[int, str, str, tuple[str, ...]]]:
    for index in range(len(data.numbers)):
        for name in found.counts:
            value = data.columns[name][index]
            yield index, name, "0" if missing_values.is_missing(value) else value, ()


def _count(text: str, column: str) -> tuple[float, str]:
    """The count, and why it is none."""
    word = text.strip()
    if missing_values.is_missing(word):
        return 0.0, f"column {column!r}: the count is missing"
    try:
        found = float(word)
    except ValueError:
        found = math.nan
    if not math.isfinite(found):
        return 0.0, f"column {column!r}: {word[:40]!r} is not a number"
    if found < 0 or found > 1e9:
        return 0.0, f"column {column!r}: {word[:40]!r} is not a count"
    return found, ""


def _history(name: str, entries: _Entries, dated: bool, notes: list[str]) -> History:
    seconds = np.array(entries.seconds)
    if not dated:
        seconds = _unwound(seconds, entries.keys)
    latest: dict[tuple[float, str, tuple[str, ...]], int] = {}
    for index, what in enumerate(zip(seconds.tolist(), entries.keys, entries.apart, strict=True)):
        latest[what] = index
    if twice := len(seconds) - len(latest):
        notes.append(f"{twice:,} counts appear more than once; the last of each was used.")
    chosen = np.fromiter(latest.values(), int, len(latest))
    statuses = _ordered(entries)
    if len(statuses) > MOST_STATUSES:
        raise BadInput(name, f"has {len(statuses):,} different statuses; at most {MOST_STATUSES:,} are taken")
    number = {status: i for i, status in enumerate(statuses)}
    minutes = (seconds[chosen] // 60).astype(np.int64)
    if minutes.max() - minutes.min() >= MOST_MINUTES:
        raise BadInput(name, "spans more than five years; is one of its times wrong?")
    if (step := _step(minutes)) > MOST_STEP:
        raise BadInput(name, f"has counts every {step:g} minutes; the detector judges counts by the minute")
    keys = np.array([number[key] for key in entries.keys])[chosen]
    first, counts = gathered(keys, minutes, np.array(entries.counts)[chosen], len(statuses))
    return History(name, tuple(statuses), first, counts, dated)


def _step(minutes: Array) -> float:
    """The distance between two minutes with rows, where nearly all are the same; else 1."""
    distances = np.diff(np.unique(minutes))
    usual = float(np.median(distances)) if len(distances) else 1.0
    return usual if len(distances) > 1 and np.mean(distances == usual) >= _EVEN else 1.0


def _ordered(entries: _Entries) -> list[str]:
    """Statuses, the most frequent first."""
    sums: dict[str, float] = {}
    for key, count in zip(entries.keys, entries.counts, strict=True):
        sums[key] = sums.get(key, 0.0) + count
    return sorted(sums, key=lambda key: -sums[key])


def _unwound(seconds: Array, keys: list[str]) -> Array:
    """Times of day as times of days that follow one another, where a status has one more than once."""
    if len(set(zip(seconds.tolist(), keys, strict=True))) == len(keys):
        return seconds
    day = np.concatenate([[0], np.cumsum(np.diff(seconds) < -_HALF_DAY)])
    unwound: Array = seconds + day * 86400
    return unwound
