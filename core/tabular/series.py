"""Series of values over time from columns of a file: what a backtest judges instead of stored data. Pure.

The file is read as training reads one: encoding, delimiter, units, marks of thousands, times.
"""

import math
import statistics
from collections.abc import Callable, Sequence

from core.errors import BadInput
from core.tabular import dates, missing_values, sheet
from core.tabular import times as moments
from core.tabular.limits import Limits
from core.tabular.sheet import Sheet

COLUMNS = 1000
RECORD = 1_000_000  # characters of a row
PARTS = 200  # series of one file
_NAMED = 12
Points = list[tuple[float, float | None]]
# What several values at one time come to, where somebody says so.
COMBINED: dict[str, Callable[[Sequence[float]], float]] = {
    "sum": math.fsum,
    "mean": statistics.fmean,
    "min": min,
    "max": max,
    "last": lambda values: values[-1],
}


def parse(
    raw: bytes,
    name: str,
    time: str,
    value: str,
    most_bytes: int,
    most_points: int,
    by: str = "",
    combine: str = "",
) -> dict[str, Points]:
    """(epoch seconds, value) of two columns, ascending: of one series named "", or one for each value of column `by`.

    Several values of one series at one time are an error, unless `combine` (of COMBINED) says what they come to. Raises
    BadInput naming file, row and column.
    """
    if combine and combine not in COMBINED:
        raise BadInput("$.combine", f"must be one of {', '.join(COMBINED)}")
    data = table(raw, name, most_bytes, most_points)
    _check(data, {"time": time, "value": value, "by": by})
    found = _parts(data, time, value, by, combine)
    if len({when for points in found.values() for when in points}) < 2:
        raise BadInput("$.file", f"{name} has fewer than two rows with different times")
    return {
        series: [(when, _one(values, combine)) for when, values in sorted(points.items())]
        for series, points in sorted(found.items())
    }


def table(raw: bytes, name: str, most_bytes: int, most_points: int) -> Sheet:
    """The file's columns within what a backtest may take. Raises BadInput."""
    if len(raw) > most_bytes:
        raise BadInput("$.file", f"{name} is larger than {most_bytes // 1024**2} MB")
    limits = Limits(most_bytes, COLUMNS, (COLUMNS + 1) * (most_points + 1), RECORD, most_points)
    try:
        return sheet.parse(raw, name, limits=limits)
    except BadInput as error:
        raise BadInput("$.file", f"{error.field}: {error.reason}") from None


def epochs(data: Sheet, column: str) -> list[float]:
    """Epoch seconds of a column of times, whose form the whole column tells. Raises BadInput."""
    given = [text.strip() for text in data.columns[column]]
    try:
        plain = moments.plain(given, column)
    except dates.Ambiguous as error:
        reason = f"{str(error)[:40]!r} is ambiguous: day or month may come first; use ISO 8601"
        raise BadInput("$.file", f"{data.name}, column {column!r}: {reason}") from None
    return [
        _epoch(text, said, _place(data, i, column)) for i, (text, said) in enumerate(zip(plain, given, strict=True))
    ]


def _parts(data: Sheet, time: str, value: str, by: str, combine: str) -> dict[str, dict[float, list[float | None]]]:
    found: dict[str, dict[float, list[float | None]]] = {}
    rows: dict[tuple[str, float], int] = {}
    for index, (when, text) in enumerate(zip(epochs(data, time), data.columns[value], strict=True)):
        given = _number(text.strip(), _place(data, index, value))
        series = data.columns[by][index].strip() or "(empty)" if by else ""
        values = found.setdefault(series, {}).setdefault(when, [])
        first = rows.setdefault((series, when), data.numbers[index])
        if values and not combine and given != values[0]:
            raise _twice(data, index, first, series, (time, value, by))
        values.append(given)
        if len(found) > PARTS:
            raise BadInput("$.by", f"{data.name} has more than {PARTS} series by {by!r}")
    return found


def _one(values: Sequence[float | None], combine: str) -> float | None:
    known = [value for value in values if value is not None]
    return COMBINED[combine or "last"](known) if known else None


def _twice(data: Sheet, index: int, first: int, series: str, columns: tuple[str, str, str]) -> BadInput:
    """What is wrong with a second value at one time, and how to say what is meant."""
    others = [column[:40] for column in data.columns if column not in columns][:_NAMED]
    advice = f"set a series column ({', '.join(others)})" if others else ""
    advice += " or " if others else ""
    advice += f"choose how to combine duplicate timestamps ({', '.join(COMBINED)})"
    whose = f" of {series[:40]!r}" if series else ""
    time = data.columns[columns[0]][index].strip()
    where = f"{data.name}, row {data.numbers[index]}"
    return BadInput("$.file", f"{where}: {time[:40]!r}{whose} has another value in row {first}; {advice}")


def _place(data: Sheet, index: int, column: str) -> str:
    return f"{data.name}, row {data.numbers[index]}, column {column}"


def _check(data: Sheet, columns: dict[str, str]) -> None:
    for field, column in columns.items():
        if column not in data.columns and (column or field != "by"):
            listed = ", ".join(other[:40] for other in list(data.columns)[:_NAMED])
            raise BadInput(f"$.{field}", f"{data.name} has no column {column!r}; it has {listed}")


def _epoch(text: str, said: str, where: str) -> float:
    try:
        found = dates.instant(text)
    except (ValueError, OverflowError):
        raise BadInput("$.file", f"{where}: {said[:40]!r} is not a time") from None
    if not dates.YEARS[0] <= found <= dates.YEARS[1]:
        raise BadInput("$.file", f"{where}: {said[:40]!r} is not a time between 1970 and 2100")
    return found


def _number(text: str, where: str) -> float | None:
    if missing_values.is_missing(text):
        return None
    try:
        found = float(text)
    except ValueError:
        found = math.nan
    if not math.isfinite(found):
        raise BadInput("$.file", f"{where}: {text[:40]!r} is not a number")
    return found
