"""CSV that spreadsheets open safely: what would be taken as a formula gets an apostrophe in front.

Excel splits by the separator of the country it runs in, and then takes no notice of quotes in the middle of what it
sees as a cell; so text after a semicolon, a tab, a bar or a line break inside a cell counts as the start of a cell too.
Also finds the delimiter of CSV that others wrote.
"""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence

DELIMITERS = (",", ";", "\t", "|")
_ANNOUNCED = re.compile(r'\s*"?sep=(.)"?\r?(?=\n)', re.IGNORECASE)
# A start of a cell somewhere, blanks, then a sign that begins a formula (also in its full-width form).
_FORMULA = re.compile("((?:^|[;\t|\r\n])[ \u00a0]*)(?=[=+\\-@\uff1d\uff0b\uff0d\uff20])")
_NUMBER = re.compile(r"[+-]?\d{1,40}(\.\d{1,40})?([eE][+-]?\d{1,4})?")


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
    """The cell's text, never a formula; a number stays one."""
    text = "" if cell is None else str(cell)
    if not text or text.isalnum():  # nothing in it begins a formula
        return text
    if isinstance(cell, (int, float)) or _NUMBER.fullmatch(text):
        return text
    text = _FORMULA.sub(r"\1'", text)
    return f"'{text}" if text.startswith(("\t", "\r", "\n")) else text


def _with_header(header: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[Sequence[object]]:
    yield header
    yield from rows
