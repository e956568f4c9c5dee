"""CSV that spreadsheets open safely: a cell that would be taken as a formula gets an apostrophe in front.

And the delimiter of CSV that others wrote.
"""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence

DELIMITERS = (",", ";", "\t", "|")
_ANNOUNCED = re.compile(r'\s*"?sep=(.)"?\r?(?=\n)', re.IGNORECASE)
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def lines(header: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    """The header and every row as CSV lines (RFC 4180); None is an empty cell."""
    for row in _with_header(header, rows):
        buffer = io.StringIO()
        csv.writer(buffer).writerow([safe(cell) for cell in row])
        yield buffer.getvalue()


def delimiter(header: str) -> str:
    """The one that splits a header line into most columns."""
    return max(DELIMITERS, key=header.count)


def announced(text: str) -> tuple[str, str]:
    """The delimiter that a first line `sep=;` names for Excel ("" without one), and the text with that line blank."""
    found = _ANNOUNCED.match(text)
    return (found[1], text[found.end() :]) if found else ("", text)


def safe(cell: object) -> str:
    """The cell's text, never a formula."""
    text = "" if cell is None else str(cell)
    return f"'{text}" if text.startswith(_FORMULA) and not isinstance(cell, (int, float)) else text


def _with_header(header: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[Sequence[object]]:
    yield header
    yield from rows
