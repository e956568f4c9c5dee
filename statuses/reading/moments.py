"""The times of a column, whatever form they have: minutes of the epoch, or of day 0 where there is no date. Pure.

`00h 05`, `00h05` and `00:05` are times of day without a date. Everything else is what `core.tabular` reads: ISO 8601,
31/12/2024 17:05, Excel's days, epoch seconds, milliseconds and nanoseconds. The column tells the form; a value that
does not have it is wrong by itself.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from core.errors import BadInput
from core.tabular import clocks, dates, missing_values, times

_CLOCK = re.compile(r"(\d{1,2}) ?[hH:] ?(\d{2})(?: ?m(?:in)?)?(?::(\d{2})(?:\.\d{1,9})?)?$")
_DIGITS = re.compile(r"\d+")
_EPOCH = 9e8  # seconds: 1998; a smaller number counts something else
_SHARE = 0.8  # of a column's different values that must be times
_RARE = 0.02  # of the values: a form that is rarer is a mistake
_SAMPLE = 300


class Moments(NamedTuple):
    """Seconds of each row, None where it has none; whether they have a date; notes for the reader."""

    seconds: list[float | None]
    dated: bool
    notes: tuple[str, ...] = ()


def clock(text: str) -> int | None:
    """Seconds of the day of a time without a date."""
    found = _CLOCK.match(text.strip())
    if found is None or int(found[1]) > 23 or int(found[2]) > 59 or int(found[3] or 0) > 59:
        return None
    return int(found[1]) * 3600 + int(found[2]) * 60 + int(found[3] or 0)


def are_clocks(values: Sequence[str]) -> bool:
    """Whether a column holds times of day without a date."""
    return _most(clock(value) is not None for value in _some(values))


def are_moments(column: str, values: Sequence[str]) -> bool:
    """Whether a column holds times with a date."""
    some = _some(values)
    if not some or all(map(missing_values.is_number, some)):
        if not some:
            return False
        return times.is_serial(column, some) or all(float(value) >= _EPOCH for value in some)
    try:
        return _most(one is not None for one in _read(column, some))
    except BadInput:
        return True  # days and months that may stand either way are times all the same


def is_one(text: str) -> bool:
    """Whether a text is a time by itself, which no column is named after."""
    return clock(text) is not None or _second(text) is not None


def read(columns: Mapping[str, Sequence[str]], name: str, place: str) -> Moments:
    """The times of a column, completed by a column of times of day or zones. Raises BadInput naming `place`."""
    values = columns[name]
    if are_clocks(values):
        return Moments([clock(value) for value in values], False)
    notes: list[str] = []
    if other := _beside(columns, name):
        columns = {
            **columns,
            name: [f"{day.strip()} {_spelled(of)}" for day, of in zip(values, columns[other], strict=True)],
        }
        notes.append(f"The times of {name!r} are completed by {other!r}.")
        values = columns[name]
    else:
        try:
            values, said = clocks.completed(columns, name)
        except BadInput as error:
            raise BadInput(f"{place}, {error.field}", error.reason) from None
        notes += said
    known = dict(
        zip(words := list(dict.fromkeys(value.strip() for value in values)), _read(name, words, place), strict=True)
    )
    serial = times.serial_said(name, [word for word in words if not missing_values.is_missing(word)])
    return Moments([known[value.strip()] for value in values], True, (*notes, *([serial] if serial else [])))


def _read(column: str, words: Sequence[str], place: str = "") -> list[float | None]:
    """The seconds of each word. A form that few words have is not what tells how the others are read."""
    shapes = Counter(_shape(word) for word in words)
    common = [word for word in words if shapes[_shape(word)] >= _RARE * len(words)]
    common = [word for word in common if not missing_values.is_missing(word)]
    try:
        plain = dict(zip(common, times.plain(common, column), strict=True))
    except dates.Ambiguous as error:
        reason = f"{str(error)[:40]!r} may have the day or the month first, and no value tells which; write ISO 8601"
        raise BadInput(f"{place}, column {column!r}", reason) from None
    return [_second(plain.get(word, word)) for word in words]


def _second(text: str) -> float | None:
    try:
        found = dates.instant(text)
    except (ValueError, OverflowError):
        return None
    return found if _EPOCH <= found <= dates.YEARS[1] else None


def _beside(columns: Mapping[str, Sequence[str]], name: str) -> str:
    """The column of times of day that completes one of nothing but days; "" for none."""
    if any(":" in value or "T" in value.strip() for value in _some(columns[name])):
        return ""
    return next((other for other, values in columns.items() if other != name and are_clocks(values)), "")


def _spelled(text: str) -> str:
    seconds = clock(text)
    return text if seconds is None else f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"


def _shape(word: str) -> str:
    return _DIGITS.sub("9", word)


def _some(values: Sequence[str]) -> list[str]:
    some: dict[str, None] = {}
    for value in values:
        if not missing_values.is_missing(value):
            some[value.strip()] = None
        if len(some) >= _SAMPLE:
            break
    return list(some)


def _most(found: Iterable[bool]) -> bool:
    marks = list(found)
    return bool(marks) and sum(marks) >= _SHARE * len(marks)
