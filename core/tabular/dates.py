"""Times as files write them: 31/12/2024 17:05 and 12/31/2024 5:05 PM, Excel's days since 1900, epoch times in any unit.

Of spreadsheets' days the whole column tells what comes first; with points it is the day, as in all countries that write
so. Versions and addresses have points as well, so a column of days is one only when every value is a day that exists.
Pure.
"""

import re
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime

from core.tabular import missing_values

YEARS = (0.0, 4102444800.0)  # epoch seconds of 1970 … 2100
MILLISECONDS = 1e11  # an epoch time from here on is in milliseconds
_MICROSECONDS, _NANOSECONDS = 1e14, 1e17  # 1973 in both; the smaller unit would be the year 5138
# Years of two digits only between strokes: 4.2.10 is a version.
_WRITTEN = re.compile(
    r"(\d{1,2})([./-])(\d{1,2})\2(\d{4}|(?<=/)\d\d)"
    r"(?:(?:[ T]|, )(\d{1,2}):(\d\d)(?::(\d\d(?:\.\d{1,6})?))?(?: ?([AaPp])\.?[Mm]\.?)?)?$"
)
# A day and whatever follows it, for telling a column of times: there the year may have two digits when all have two.
_BEGINS = re.compile(
    r"(\d{1,2})([./-])(\d{1,2})\2(\d{4}|(?<=/)\d\d)(?=$|[ T,:])|(\d\d)([.-])(\d\d)\6(\d\d)(?=$|[ T,:])"
)
_SHARE = 0.95  # of different words that must be days; the rest may be 00/00/0000 and its kin
_DAY = re.compile(r"(?:19[7-9]|20\d)\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(?:\.0)?$")
_MONTHS = 12
SERIAL = (36526.0, 49310.0)  # 2000 to 2034 in Excel's days
_EPOCH = 25569  # 1970 in Excel's days


class Ambiguous(ValueError):
    """Every value may be read with the day or with the month first."""


def iso(values: Sequence[str]) -> list[str] | None:
    """The values in ISO 8601 (of days and hours that may not exist); None when not all of them are written so.

    Raises Ambiguous.
    """
    found = [match for value in values if (match := _WRITTEN.match(value))]
    if not found or len(found) < len(values) or any(len(match[4]) == 2 for match in found):
        return None
    day_first = any(match[2] == "." or int(match[1]) > _MONTHS for match in found)
    month_first = any(match[2] != "." and int(match[3]) > _MONTHS for match in found)
    if not day_first and not month_first:
        raise Ambiguous(values[0])
    return None if day_first and month_first else [_iso(match, day_first) for match in found]


def are_days(words: Iterable[str]) -> bool:
    """Whether the words are days that exist, with a time behind them in any form or not, and the day or the month comes
    first in all. Nearly all: a few that are no day make no other kind of column of them.
    """
    found, count = [], 0
    for count, word in enumerate(words, 1):
        if match := _BEGINS.match(word):
            found.append(match)
        elif count <= 5 and not found:
            return False  # most columns are none, and have many words
    enough = max(1.0, _SHARE * count)
    return any(sum(_exists(match, day_first) for match in found) >= enough for day_first in (True, False))


def seconds(number: float) -> float:
    """Epoch seconds of an epoch time in seconds or milliseconds."""
    return number / 1000 if number >= MILLISECONDS else number


def epoch(text: str) -> float:
    """Epoch seconds of ISO 8601 (UTC without an offset) or of a number of seconds. Raises ValueError, OverflowError."""
    try:
        return float(text)
    except ValueError:
        when = datetime.fromisoformat(text)
    return (when if when.tzinfo else when.replace(tzinfo=UTC)).timestamp()


def instant(text: str) -> float:
    """Epoch seconds of a time by itself: ISO 8601 (UTC without an offset, or with BigQuery's), epoch seconds or
    milliseconds. Raises ValueError for what is none, OverflowError for one that is beyond all counting.
    """
    try:
        return seconds(float(text))
    except ValueError:
        when = datetime.fromisoformat(text.removesuffix(" UTC"))
    return (when if when.tzinfo else when.replace(tzinfo=UTC)).timestamp()


def plain(values: Sequence[str]) -> Sequence[str]:
    """A column of times such that `instant` reads each; as it is where each tells for itself. Raises Ambiguous.

    A column of nothing but days such as 20240131 is one of days: as seconds, all of them would be one day of 1970. One
    of nothing but micro- or nanoseconds, as pandas turns times into whole numbers, is one of these.
    """
    if all(map(_DAY.match, values)):
        return [f"{value[:4]}-{value[4:6]}-{value[6:8]}" for value in values]
    if (written := iso(values)) is not None:
        return written
    if values and all(map(missing_values.is_number, values)):
        least = min(map(float, values))
        unit = 1e9 if least >= _NANOSECONDS else 1e6 if least >= _MICROSECONDS else 0.0
        return [str(float(value) / unit) for value in values] if unit else values
    return values


def are_serial(numbers: Sequence[float]) -> bool:
    """Whether all numbers are days of this century as Excel counts them."""
    return bool(numbers) and all(SERIAL[0] <= number < SERIAL[1] for number in numbers)


def of_serial(number: float) -> float:
    """Epoch seconds of Excel's day, to the second: more is not in the five digits that it writes."""
    return float(round((number - _EPOCH) * 86400))


def _exists(match: re.Match[str], day_first: bool) -> bool:
    first, mark, second, year = (part for part in match.groups() if part)
    day, month = (first, second) if day_first else (second, first)
    if not day_first and mark == ".":
        return False
    try:
        date(int(year) + (2000 if len(year) == 2 else 0), int(month), int(day))
    except ValueError:
        return False
    return True


def _iso(match: re.Match[str], day_first: bool) -> str:
    first, _, second, year, hour, minute, seconds, half = match.groups()
    day, month = (first, second) if day_first else (second, first)
    date = f"{year}-{month:0>2}-{day:0>2}"
    if hour is None:
        return date
    whole = int(hour) % 12 + 12 * (half in "Pp") if half else int(hour)
    return f"{date}T{whole:02d}:{minute}:{seconds or '00'}"
