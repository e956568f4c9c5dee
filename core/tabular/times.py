"""A column of times as files write them, such that `core.tabular.dates.instant` reads each by itself. Pure."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime

from core.tabular import dates, missing_values

_DATED = re.compile(r"date|day(?!s)|when|stamp|created|_at$", re.IGNORECASE)


def plain(given: Sequence[str], column: str) -> Sequence[str]:
    """The times of a column of that name, none of them missing. Raises `days.Ambiguous` where the day or the month may
    come first.
    """
    values = dates.plain(given)
    if values is given and is_serial(column, values):
        return [str(dates.of_serial(float(value))) for value in values]
    return values


def is_serial(column: str, values: Sequence[str]) -> bool:
    """Whether times are Excel's days since 1900: all of this century's, in a column that is named after a date.

    By its values alone it might count seconds of a day; the order would be right, and each day wrong.
    """
    return (
        all(map(missing_values.is_number, values))
        and bool(_DATED.search(column))
        and dates.are_serial(list(map(float, values)))
    )


def serial_said(column: str, values: Sequence[str]) -> str:
    """How times that are Excel's days were read; "" where they are not."""
    if not is_serial(column, values):
        return ""
    first = datetime.fromtimestamp(dates.of_serial(float(values[0])), UTC)
    return f"The times are Excel's days since 1900: {values[0]} was read as {first:%Y-%m-%d %H:%M:%S}."
