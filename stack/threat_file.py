"""Block-lists from files: one value a line, or CSV with a column of values; bad lines are named. Pure.

A list without a header is one value a line; `#` and `;` begin a comment. A CSV file has a header; its column is the one
that is asked for, or the first of the usual names.
"""

import csv
from collections.abc import Iterable, Iterator
from typing import Any

from msgspec import Struct

from core.errors import BadInput
from core.security.threats import ThreatKind, canonical, kind_of
from core.tabular.csv_lines import Lines

COLUMNS = ("address", "banned_address", "wallet", "wallet_address", "ip", "ip_address", "indicator", "value")
TELL = 20


class BadLine(Struct, frozen=True):
    """A line that contains no IP address or wallet; `line` counts from 1."""

    line: int
    reason: str


class Found(Struct, frozen=True):
    """What a file held: values by kind, each once, in their order; and what was wrong."""

    values: list[tuple[ThreatKind, str]]
    bad: list[BadLine]
    doubled: int


def parse(text: str, kind: ThreatKind | None = None, column: str | None = None) -> Found:
    """The values of a file; `kind` None: each says what it is. Raises BadInput when the file has no such column."""
    lines = text.removeprefix("\ufeff").splitlines()
    rows = _column(lines, column) if column or _is_csv(lines) else _plain(lines)
    seen: dict[tuple[ThreatKind, str], None] = {}
    bad: list[BadLine] = []
    n = 0
    for number, value in rows:
        n += 1
        try:
            of_kind = kind or kind_of(value)
            seen[of_kind, canonical(of_kind, value)] = None
        except BadInput as error:
            bad.append(BadLine(number, error.reason))
    return Found(list(seen), bad, n - len(bad) - len(seen))


def _is_csv(lines: list[str]) -> bool:
    first = next((line for line in lines if line.strip()), "")
    names = [name.strip().strip('"').lower() for name in first.split(",")]
    return any(name in COLUMNS for name in names)


def _plain(lines: list[str]) -> Iterator[tuple[int, str]]:
    for number, line in enumerate(lines, 1):
        value = line.split("#")[0].split(";")[0].strip()
        if value:
            yield number, value


def _column(lines: Iterable[str], column: str | None) -> Iterator[tuple[int, str]]:
    bounded = Lines(lines)
    table = csv.reader(bounded)
    try:
        yield from _values(table, bounded, column)
    except csv.Error as error:
        raise BadInput("file", f"line {table.line_num} is not CSV: {error}") from None


def _values(table: Any, lines: Lines, column: str | None) -> Iterator[tuple[int, str]]:
    header = [name.strip().lower() for name in next(table, [])]
    wanted = column.lower() if column else next(name for name in COLUMNS if name in header)
    if wanted not in header:
        raise BadInput("column", f"the file has no column {wanted!r}; it has {', '.join(header[:TELL])}")
    place = header.index(wanted)
    for row in table:
        lines.done()
        if any(cell.strip() for cell in row):
            yield table.line_num, row[place].strip() if place < len(row) else ""
