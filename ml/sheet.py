"""A file of training data as columns of text, whatever it came as: CSV with any delimiter, BOM, gzip, or Parquet.

Rows are counted as a person sees them in an editor: the header is row 1, and a value with line breaks spans several.
Every problem is one BadInput whose field names the file and, where there is one, the row and the column.
"""

import csv
import gzip
import hashlib
import io
import tempfile
import zlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from core import csv_text, decimals
from core.errors import BadInput

FETCHED = 1000  # rows of Parquet at a time
_NOT_CSV = {
    b"PK\x03\x04": "is a ZIP archive or an Excel workbook; export it as CSV",
    b"\xd0\xcf\x11\xe0": "is an old Excel workbook; export it as CSV",
    b"%PDF": "is a PDF document, not CSV",
    b"\x89PNG": "is a picture, not CSV",
    b"BZh": "is packed with bzip2; unpack it or use gzip",
    b"\xfd7zXZ": "is packed with xz; unpack it or use gzip",
    b"\x28\xb5\x2f\xfd": "is packed with Zstandard; unpack it or use gzip",
    b"SQLite format 3": "is an SQLite database, not CSV",
}


@dataclass(frozen=True, slots=True)
class Limits:
    """What a file may hold at most: bytes when unpacked, columns, and values in all (each row counts as one more)."""

    unpacked: int = 2_000_000_000
    columns: int = 100_000
    values: int = 1_000_000_000

    def check_columns(self, count: int, name: str) -> None:
        """Raises BadInput when there are too many."""
        if count > self.columns:
            raise BadInput(f"{name}, row 1", f"names {count:,} columns; at most {self.columns:,} are taken here")

    def check_values(self, count: int, name: str) -> None:
        """Raises BadInput when there are too many."""
        if count > self.values:
            raise BadInput(name, f"holds more than {self.values:,} values, which is more than is taken here")


@dataclass(frozen=True, slots=True)
class Sheet:
    """`columns` by name, all of the length of `numbers`, the rows as an editor counts them; SHA-256 of the content."""

    name: str
    columns: Mapping[str, Sequence[str]]
    numbers: Sequence[int]
    fingerprint: str

    def place(self, index: int, column: str) -> str:
        """Where a value stands, for a message."""
        return f"{self.name}, row {self.numbers[index]}, column {column!r}"


_USUAL = Limits()


def read(path: Path, wanted: Sequence[str] = (), delimiter: str | None = None) -> Sheet:
    """The file at `path`. `wanted` are columns that must be there; they also tell delimiters apart."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise BadInput(str(path), f"cannot be read: {error.strerror}") from error
    return parse(content, str(path), wanted, delimiter)


def parse(
    content: bytes, name: str, wanted: Sequence[str] = (), delimiter: str | None = None, limits: Limits = _USUAL
) -> Sheet:
    """The content of a file that is called `name`, within `limits`. Raises BadInput."""
    fingerprint = hashlib.sha256(content).hexdigest()
    if content[:2] == b"\x1f\x8b":
        content = _unpacked(content, name, limits.unpacked)
    if content[:4] == b"PAR1":
        delimiter, (header, body, numbers) = None, _parquet(content, name, limits)
        _check_header(header, wanted, name)
    else:
        delimiter, header, body, numbers = _csv(_text(content, name), name, wanted, delimiter, limits)
    if not body:
        raise BadInput(name, "has a header but no rows")
    columns: dict[str, Sequence[str]] = dict(zip(header, zip(*body, strict=True), strict=True))
    if delimiter:
        columns = {column: decimals.pointed(values, delimiter) for column, values in columns.items()}
    return Sheet(name, columns, numbers, fingerprint)


def _unpacked(content: bytes, name: str, most: int) -> bytes:
    try:
        with gzip.open(io.BytesIO(content)) as packed:
            found = packed.read(most + 1)
    except EOFError as error:
        raise BadInput(name, "is a gzip file that is cut off") from error
    except (OSError, zlib.error) as error:
        raise BadInput(name, f"is a damaged gzip file: {error}") from error
    if len(found) > most:
        raise BadInput(name, f"is more than {most:,} bytes when unpacked")
    return found


def _text(content: bytes, name: str) -> str:
    for magic, reason in _NOT_CSV.items():
        if content.startswith(magic):
            raise BadInput(name, reason)
    if not content.strip():
        raise BadInput(name, "is empty")
    encoding = "utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        row = content.count(b"\n", 0, error.start) + 1
        called = encoding.removesuffix("-sig").upper()
        advice = "; save it as CSV UTF-8" if called == "UTF-8" else ""
        raise BadInput(f"{name}, row {row}", f"is not {called} at byte {error.start}{advice}") from error
    if "\0" in text:
        row = text.count("\n", 0, text.index("\0")) + 1
        raise BadInput(f"{name}, row {row}", "holds a NUL character: not a text file, or UTF-16 without its mark")
    if not text.strip():
        raise BadInput(name, "is empty")
    first = text.lstrip()[:1]
    if first in "{[<" and first:
        raise BadInput(name, f"is {'HTML or XML' if first == '<' else 'JSON'}, not CSV")
    return text


def _csv(
    text: str, name: str, wanted: Sequence[str], delimiter: str | None, limits: Limits
) -> tuple[str, list[str], list[list[str]], list[int]]:
    if delimiter is not None and len(delimiter) != 1:
        raise BadInput(name, f"cannot be split at {delimiter!r}: a delimiter is one character")
    chosen = delimiter or _delimiter(text, wanted)
    records = _records(text, name, chosen)
    _, first = next(records)
    header = [value.strip() for value in first]
    limits.check_columns(len(header), name)
    _check_header(header, wanted, name)
    body, numbers, last, values = [], [], 1, 0
    wrong: tuple[int, list[str]] | None = None
    for number, record in records:
        last = number
        if record == first:
            raise BadInput(f"{name}, row {number}", "repeats the header: two files in one?")
        if len(record) != len(header) and wrong is None:
            wrong = number, record
        values += len(record) + 1
        limits.check_values(values, name)
        body.append(record)
        numbers.append(number)
    if wrong is not None:
        raise _shape(name, header, *wrong, is_last=wrong[0] == last)
    return chosen, header, body, numbers


def _records(text: str, name: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Records that are not blank, with the line on which each begins."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    line = 0
    while True:
        try:
            record = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            reason = "a quoted value never ends" if "unexpected end" in str(error) else str(error)
            raise BadInput(f"{name}, row {line + 1}", f"is not CSV: {reason}") from error
        begun, line = line + 1, reader.line_num
        if record and not (len(record) == 1 and not record[0].strip() and line > 1):
            yield begun, record


def _delimiter(text: str, wanted: Sequence[str]) -> str:
    """The delimiter by which the first line has most of the wanted columns, then most columns."""
    line = next((line for line in text.splitlines() if line.strip()), "")

    def found(delimiter: str) -> tuple[int, int]:
        try:
            names = [name.strip() for name in next(csv.reader([line], delimiter=delimiter))]
        except (csv.Error, StopIteration):
            return 0, 0
        return sum(name in names for name in wanted), len(names)

    return max(csv_text.DELIMITERS, key=found)


def _shape(name: str, header: list[str], row: int, record: list[str], is_last: bool) -> BadInput:
    few = len(record) < len(header)
    missing = f": {header[len(record)]!r} is missing" if few else ""
    cut = " (the file may be cut off)" if few and is_last else ""
    where = f"{name}, row {row}" + (f", column {header[len(record)]!r}" if few else "")
    return BadInput(where, f"has {len(record)} values where the header has {len(header)} columns{missing}{cut}")


def _check_header(header: list[str], wanted: Sequence[str], name: str) -> None:
    if not any(header):
        raise BadInput(f"{name}, row 1", "names no column")
    empty = 0
    for index, column in enumerate(header):
        if not column:
            empty += 1
            header[index] = f"unnamed {empty}"
    known = Counter(header)
    if twice := sorted(column for column, count in known.items() if count > 1):
        raise BadInput(f"{name}, row 1", f"names the column {twice[0]!r} twice")
    for column in wanted:
        if column not in known:
            alike = [other for other in known if other.lower() == column.lower()]
            hint = f"; did you mean {alike[0]!r}?" if alike else ""
            listed = ", ".join(header[:30]) + (" …" if len(header) > 30 else "")
            raise BadInput(f"{name}, row 1", f"has no column {column!r}{hint} (it has {listed})")


def _parquet(content: bytes, name: str, limits: Limits) -> tuple[list[str], list[list[str]], list[int]]:
    import duckdb  # only who trains from Parquet pays for it

    with tempfile.NamedTemporaryFile(suffix=".parquet") as file, duckdb.connect() as connection:
        file.write(content)
        file.flush()
        try:
            size = connection.execute("SELECT sum(total_uncompressed_size) FROM parquet_metadata(?)", [file.name])
            if ((size.fetchone() or (0,))[0] or 0) > limits.unpacked:
                raise _unpacked_too_large(name, limits)
            kinds = connection.execute("DESCRIBE SELECT * FROM read_parquet(?)", [file.name]).fetchall()
            header = [str(kind[0]) for kind in kinds]
            limits.check_columns(len(header), name)
            connection.execute("SET TimeZone = 'UTC'")
            shown = ", ".join(_shown(str(kind[0]), str(kind[1])) for kind in kinds)
            found = connection.execute(f"SELECT {shown} FROM read_parquet(?)", [file.name])
            body = _fetched(iter(lambda: found.fetchmany(FETCHED), []), name, limits)
        except (duckdb.Error, ValueError, OverflowError) as error:
            reason = str(error).replace(file.name, name).splitlines()[0]
            raise BadInput(name, f"is a damaged Parquet file: {reason}") from error
    return header, body, list(range(1, len(body) + 1))


def _fetched(portions: Iterator[Sequence[Sequence[Any]]], name: str, limits: Limits) -> list[list[str]]:
    """Rows as text, counted while they come: equal values weigh next to nothing in the file, and all in memory."""
    body: list[list[str]] = []
    values = letters = 0
    for portion in portions:
        for row in portion:
            record = [_written(value) for value in row]
            whole = "".join(record)
            values, letters = values + len(record) + 1, letters + len(whole)
            if "\0" in whole:
                raise BadInput(f"{name}, row {len(body) + 1}", "holds a NUL character")
            body.append(record)
        limits.check_values(values, name)
        if letters > limits.unpacked:
            raise _unpacked_too_large(name, limits)
    return body


def _shown(column: str, kind: str) -> str:
    """How a column is asked for: a time with a zone as one in UTC, for which no further library is needed."""
    quoted = '"' + column.replace('"', '""') + '"'
    if kind == "TIMESTAMP WITH TIME ZONE":
        return f"{quoted}::TIMESTAMP"
    return f"{quoted}::VARCHAR" if "TIME ZONE" in kind else quoted


def _unpacked_too_large(name: str, limits: Limits) -> BadInput:
    return BadInput(name, f"is more than {limits.unpacked:,} bytes when unpacked")


def _written(value: Any) -> str:
    """A Parquet value as it would stand in CSV."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return value.isoformat() if isinstance(value, (datetime, date)) else str(value)
