"""The records of a CSV text with the lines on which they begin, its delimiter found out, and what is no record.

Rows are counted as a person sees them in an editor: the header is row 1, and a value with line breaks spans several.
"""

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import NamedTuple

from core.errors import BadInput
from core.tabular import csv_export, r_write_table
from core.tabular import header as headers
from core.tabular.csv_lines import Lines
from core.tabular.limits import Limits

Bad = tuple[int, str]


class Records(NamedTuple):
    """The header, the rows of its width with the line on which each begins, and what is none; `bad` are lines with why,
    `blank` is how many rows hold nothing, `twice` the columns that were numbered with the names that the file has.
    """

    delimiter: str
    header: list[str]
    body: list[list[str]]
    numbers: list[int]
    twice: dict[str, str]
    bad: list[Bad]
    blank: int


@dataclass(slots=True)
class _Noted:
    """What is wrong with rows, and how many lines are empty."""

    bad: list[Bad]
    blank: int = 0


def read(
    text: str, name: str, wanted: Sequence[str], delimiter: str | None, limits: Limits, lenient: bool = False
) -> Records:
    """The records of a file called `name`. Raises BadInput; `lenient` notes what is wrong with a row instead."""
    if delimiter is not None and len(delimiter) != 1:
        raise BadInput(name, f"cannot be split at {delimiter!r}: a delimiter is one character")
    announced, text = csv_export.announced(text)
    chosen = delimiter or announced or _delimiter(text, wanted, name, limits)
    noted = _Noted([])
    records = _records(text, name, chosen, limits.record, noted if lenient else None)
    begun, first = next(((n, r) for n, r in records if not lenient or any(cell.strip() for cell in r)), (1, []))
    names = [value.strip() for value in first]
    if not any(names):
        raise BadInput(f"{name}, row {begun}", "has no header: it names no column")
    if (second := next(records, None)) is not None:
        names = ["", *names] if r_write_table.names_rows(text, names, second[1]) else names
        records = chain([second], records)
    limits.check_columns(len(names), name)
    header, twice = headers.named(names)
    headers.check(header, wanted, f"{name}, row {begun}")
    found = _body(Records(chosen, header, [], [], twice, noted.bad, 0), first, records, name, limits, lenient)
    return found._replace(blank=found.blank + noted.blank)


def _body(
    found: Records, first: list[str], records: Iterator[tuple[int, list[str]]], name: str, limits: Limits, lenient: bool
) -> Records:
    header, width = found.header, len(found.header)
    values = blank = last = 0
    wrong: tuple[int, list[str]] | None = None
    for number, record in records:
        last = number
        if lenient and not any(cell.strip() for cell in record):
            blank += 1
            continue
        values += width + 1 if len(record) == width else len(record) + 1
        limits.check_values(values, name)
        limits.check_rows(len(found.body) + len(found.bad) + 1, name, number)
        if record == first:
            if not lenient:
                raise BadInput(f"{name}, row {number}", "repeats the header: two files in one?")
            found.bad.append((number, "repeats the header: two files in one?"))
        elif len(record) != width:
            wrong = wrong or (number, record)
            found.bad.append((number, f"has {len(record):,} values, the header {width}"))
        else:
            found.body.append(record)
            found.numbers.append(number)
    if wrong is not None and not lenient:
        raise _shape(name, header, *wrong, is_last=wrong[0] == last)
    found.bad.sort()
    return found._replace(blank=blank)


def _records(
    text: str, name: str, delimiter: str, longest: int, noted: _Noted | None
) -> Iterator[tuple[int, list[str]]]:
    """Records that are not empty lines, with the line on which each begins; what is no CSV is noted."""
    lines = Lines(text, longest)
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    line = 0
    while True:
        try:
            record: list[str] | None = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            reason = "a quoted value never ends" if "unexpected end" in str(error) else str(error)
            if noted is None:
                raise BadInput(f"{name}, row {line + 1}", f"is not CSV: {reason}") from error
            noted.bad.append((line + 1, f"not CSV: {reason}"))
            record = None
        except BadInput as error:
            raise BadInput(f"{name}, {error.field}", error.reason) from None
        lines.done()
        begun, line = line + 1, reader.line_num
        if record is None:
            continue
        if record and not (len(record) == 1 and not record[0].strip() and line > 1):
            yield begun, record
        elif noted is not None:
            noted.blank += 1


def _delimiter(text: str, wanted: Sequence[str], name: str, limits: Limits) -> str:
    """The delimiter by which the first line has most of the wanted columns, then most columns."""
    try:
        line = next((line for line in Lines(text, limits.record) if line.strip(" \t\r\n,;|")), "").rstrip("\r\n")
    except BadInput as error:
        raise BadInput(f"{name}, {error.field}", error.reason) from None

    def found(delimiter: str) -> tuple[int, int]:
        try:
            names = [name.strip() for name in next(csv.reader([line], delimiter=delimiter))]
        except (csv.Error, StopIteration):
            return 0, 0
        return sum(name in names for name in wanted), len(names)

    return " " if r_write_table.is_spaced(line) else max(csv_export.DELIMITERS, key=found)


def _shape(name: str, header: list[str], row: int, record: list[str], is_last: bool) -> BadInput:
    few = len(record) < len(header)
    missing = f": {header[len(record)]!r} is missing" if few else ""
    cut = " (the file may be cut off)" if few and is_last else ""
    where = f"{name}, row {row}" + (f", column {header[len(record)]!r}" if few else "")
    return BadInput(where, f"has {len(record)} values where the header has {len(header)} columns{missing}{cut}")
