"""Times as spreadsheets write them, 31/12/2024 17:05 and 12/31/2024 5:05 PM; the whole column tells which comes first.

With points it is the day, as in all countries that write so. And their bare numbers, 45657.7118: days since 1900. Pure.
"""

import re
from collections.abc import Sequence

_WRITTEN = re.compile(
    r"(\d{1,2})([./-])(\d{1,2})\2(\d{4})"
    r"(?:(?:[ T]|, )(\d{1,2}):(\d\d)(?::(\d\d(?:\.\d{1,6})?))?(?: ?([AaPp])\.?[Mm]\.?)?)?$"
)
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
    if not found or len(found) < len(values):
        return None
    day_first = any(match[2] == "." or int(match[1]) > _MONTHS for match in found)
    month_first = any(match[2] != "." and int(match[3]) > _MONTHS for match in found)
    if not day_first and not month_first:
        raise Ambiguous(values[0])
    return None if day_first and month_first else [_iso(match, day_first) for match in found]


def are_serial(numbers: Sequence[float]) -> bool:
    """Whether all numbers are days of this century as Excel counts them."""
    return bool(numbers) and all(SERIAL[0] <= number < SERIAL[1] for number in numbers)


def of_serial(number: float) -> float:
    """Epoch seconds of Excel's day, to the second: more is not in the five digits that it writes."""
    return float(round((number - _EPOCH) * 86400))


def _iso(match: re.Match[str], day_first: bool) -> str:
    first, _, second, year, hour, minute, seconds, half = match.groups()
    day, month = (first, second) if day_first else (second, first)
    date = f"{year}-{month:0>2}-{day:0>2}"
    if hour is None:
        return date
    whole = int(hour) % 12 + 12 * (half in "Pp") if half else int(hour)
    return f"{date}T{whole:02d}:{minute}:{seconds or '00'}"
