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
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from core.errors import BadInput

MOST_BYTES = 2_000_000_000  # of a file when unpacked
DELIMITERS = (",", ";", "\t", "|")
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
class Sheet:
    """`columns` by name, all of the length of `numbers`, the rows as an editor counts them; SHA-256 of the content."""

    name: str
    columns: Mapping[str, Sequence[str]]
    numbers: Sequence[int]
    fingerprint: str

    def place(self, index: int, column: str) -> str:
        """Where a value stands, for a message."""
        return f"{self.name}, row {self.numbers[index]}, column {column!r}"


def read(path: Path, wanted: Sequence[str] = (), delimiter: str | None = None) -> Sheet:
    """The file at `path`. `wanted` are columns that must be there; they also tell delimiters apart."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise BadInput(str(path), f"cannot be read: {error.strerror}") from error
    return parse(content, str(path), wanted, delimiter)


def parse(
    content: bytes, name: str, wanted: Sequence[str] = (), delimiter: str | None = None, most: int = MOST_BYTES
) -> Sheet:
    """The content of a file that is called `name`, at most `most` bytes when unpacked. Raises BadInput."""
    fingerprint = hashlib.sha256(content).hexdigest()
    if content[:2] == b"\x1f\x8b":
        content = _unpacked(content, name, most)
    if content[:4] == b"PAR1":
        header, body, numbers = _parquet(content, name, most)
        _check_header(header, wanted, name)
    else:
        header, body, numbers = _csv(_text(content, name), name, wanted, delimiter)
    if not body:
        raise BadInput(name, "has a header but no rows")
    columns = dict(zip(header, zip(*body, strict=True), strict=True))
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
        raise BadInput(f"{name}, row {row}", f"is not {encoding[:6].upper()} at byte {error.start}") from error
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
    text: str, name: str, wanted: Sequence[str], delimiter: str | None
) -> tuple[list[str], list[list[str]], list[int]]:
    if delimiter is not None and len(delimiter) != 1:
        raise BadInput(name, f"cannot be split at {delimiter!r}: a delimiter is one character")
    chosen = delimiter or _delimiter(text, wanted)
    records = _records(text, name, chosen)
    _, first = next(records)
    header = [value.strip() for value in first]
    _check_header(header, wanted, name)
    body, numbers, last = [], [], 1
    wrong: tuple[int, list[str]] | None = None
    for number, record in records:
        last = number
        if record == first:
            raise BadInput(f"{name}, row {number}", "repeats the header: two files in one?")
        if len(record) != len(header) and wrong is None:
            wrong = number, record
        body.append(record)
        numbers.append(number)
    if wrong is not None:
        raise _shape(name, header, *wrong, is_last=wrong[0] == last)
    return header, body, numbers


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

    return max(DELIMITERS, key=found)


def _shape(name: str, header: list[str], row: int, record: list[str], is_last: bool) -> BadInput:
    few = len(record) < len(header)
    missing = f": {header[len(record)]!r} is missing" if few else ""
    cut = " (the file may be cut off)" if few and is_last else ""
    where = f"{name}, row {row}" + (f", column {header[len(record)]!r}" if few else "")
    return BadInput(where, f"has {len(record)} values where the header has {len(header)} columns{missing}{cut}")


def _check_header(header: list[str], wanted: Sequence[str], name: str) -> None:
    if not any(header):
        raise BadInput(f"{name}, row 1", "names no column")
    twice = sorted({column for column in header if column and header.count(column) > 1})
    if twice:
        raise BadInput(f"{name}, row 1", f"names the column {twice[0]!r} twice")
    for column in wanted:
        if column not in header:
            alike = [known for known in header if known.lower() == column.lower()]
            hint = f"; did you mean {alike[0]!r}?" if alike else ""
            listed = ", ".join(header[:30]) + (" …" if len(header) > 30 else "")
            raise BadInput(f"{name}, row 1", f"has no column {column!r}{hint} (it has {listed})")
    empty = 0
    for index, column in enumerate(header):
        if not column:
            empty += 1
            header[index] = f"unnamed {empty}"


def _parquet(content: bytes, name: str, most: int) -> tuple[list[str], list[list[str]], list[int]]:
    import duckdb  # only who trains from Parquet pays for it

    with tempfile.NamedTemporaryFile(suffix=".parquet") as file, duckdb.connect() as connection:
        file.write(content)
        file.flush()
        try:
            size = connection.execute("SELECT sum(total_uncompressed_size) FROM parquet_metadata(?)", [file.name])
            if ((size.fetchone() or (0,))[0] or 0) > most:
                raise BadInput(name, f"is more than {most:,} bytes when unpacked")
            found = connection.execute("SELECT * FROM read_parquet(?)", [file.name])
            header = [str(column[0]) for column in found.description or []]
            body = [[_written(value) for value in row] for row in found.fetchall()]
        except duckdb.Error as error:
            reason = str(error).replace(file.name, name).splitlines()[0]
            raise BadInput(name, f"is a damaged Parquet file: {reason}") from error
    return header, body, list(range(1, len(body) + 1))


def _written(value: Any) -> str:
    """A Parquet value as it would stand in CSV."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return value.isoformat() if isinstance(value, (datetime, date)) else str(value)
