"""A file of training data as columns of text, whatever it came as: CSV with any delimiter and mark, gzip, or Parquet.

Rows are counted as a person sees them in an editor: the header is row 1, and a value with line breaks spans several.
Every problem is one BadInput whose field names the file and, where there is one, the row and the column.
"""

import csv
import hashlib
import io
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path

from core import csv_text, decimals, encodings, packed, units
from core.errors import BadInput
from ml import parquet, r_table
from ml.limits import Limits

__all__ = ["Limits", "Sheet", "parse", "read"]
SHOWN = 10  # columns that a sentence names
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
    """`columns` by name, all of the length of `numbers`, the rows as an editor counts them; SHA-256 of the content.

    `notes` are sentences on how the file was read, where a person may have meant otherwise; `left_out` says of columns
    that hold nothing to learn from why they are not here.
    """

    name: str
    columns: Mapping[str, Sequence[str]]
    numbers: Sequence[int]
    fingerprint: str
    notes: tuple[str, ...] = ()
    left_out: Mapping[str, str] = field(default_factory=dict)

    def place(self, index: int, column: str) -> str:
        """Where a value stands, for a message."""
        return f"{self.name}, row {self.numbers[index]}, column {column!r}"


_USUAL = Limits()


def read(path: Path, wanted: Sequence[str] = (), delimiter: str | None = None, encoding: str | None = None) -> Sheet:
    """The file at `path`. `wanted` are columns that must be there; they also tell delimiters apart."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise BadInput(str(path), f"cannot be read: {error.strerror}") from error
    return parse(content, str(path), wanted, delimiter, encoding=encoding)


def parse(
    content: bytes,
    name: str,
    wanted: Sequence[str] = (),
    delimiter: str | None = None,
    limits: Limits = _USUAL,
    encoding: str | None = None,
) -> Sheet:
    """The content of a file that is called `name`, within `limits`. Raises BadInput."""
    fingerprint = hashlib.sha256(content).hexdigest()
    try:
        content = packed.unpacked(content, limits.unpacked)
    except packed.Unusable as error:
        raise BadInput(name, str(error)) from error
    notes: list[str] = []
    left_out: dict[str, str] = {}
    if content[:4] == b"PAR1":
        header, body, left_out = parquet.read(content, name, wanted, limits)
        delimiter, numbers = "", list(range(1, len(body) + 1))
        _check_header(header, wanted, name)
    else:
        text, note = _text(content, name, encoding)
        notes += [note] if note else []
        delimiter, header, body, numbers = _csv(text, name, wanted, delimiter, limits)
    if not body:
        raise BadInput(name, "has a header but no rows")
    columns: dict[str, Sequence[str]] = dict(zip(header, zip(*body, strict=True), strict=True))
    columns, said = _plain(columns, delimiter)
    notes += said
    return Sheet(name, columns, numbers, fingerprint, tuple(notes), left_out)


def _plain(columns: Mapping[str, Sequence[str]], delimiter: str) -> tuple[dict[str, Sequence[str]], list[str]]:
    """The columns without units, and with points for decimal commas; sentences on both, where they may be meant
    otherwise.
    """
    found: dict[str, Sequence[str]] = {}
    examples, odd = [], []
    for column, values in columns.items():
        bare, example = units.plain(values)
        examples += [f"{column!r} ({example})"] if example else []
        found[column] = bare if example or not delimiter else decimals.pointed(values, delimiter)
        if delimiter not in ("", ",") and any("," in value for value in found[column]):
            said = decimals.commas(dict.fromkeys(value.strip() for value in found[column]))
            odd += [f"{column!r} ({said.example!r} beside {said.other!r})"] if said.are == "words" else []
    notes = [f"Numbers with a unit were read without it: {_listed(examples)}."] if examples else []
    return found, notes + ([f"Values with commas were taken for words, not numbers: {_listed(odd)}."] if odd else [])


def _listed(examples: Sequence[str]) -> str:
    return ", ".join(examples[:SHOWN]) + (" …" if len(examples) > SHOWN else "")


def _text(content: bytes, name: str, encoding: str | None) -> encodings.Decoded:
    for magic, reason in _NOT_CSV.items():
        if content.startswith(magic):
            raise BadInput(name, reason)
    if not content.strip():
        raise BadInput(name, "is empty")
    try:
        text, note = encodings.decode(content, encoding)
    except encodings.NotText as error:
        called = error.encoding.upper()
        advice = "; save it as CSV UTF-8, or say --encoding" if called == "UTF-8" else ""
        raise BadInput(f"{name}, row {error.row}", f"is not {called} at byte {error.byte}{advice}") from error
    if "\0" in text:
        row = text.count("\n", 0, text.index("\0")) + 1
        raise BadInput(f"{name}, row {row}", "holds a NUL character: not a text file, or UTF-16 without its mark")
    if not text.strip():
        raise BadInput(name, "is empty")
    first = text.lstrip()[:1]
    if first in "{[<" and first:
        raise BadInput(name, f"is {'HTML or XML' if first == '<' else 'JSON'}, not CSV")
    return encodings.Decoded(text, note)


def _csv(
    text: str, name: str, wanted: Sequence[str], delimiter: str | None, limits: Limits
) -> tuple[str, list[str], list[list[str]], list[int]]:
    if delimiter is not None and len(delimiter) != 1:
        raise BadInput(name, f"cannot be split at {delimiter!r}: a delimiter is one character")
    announced, text = csv_text.announced(text)
    chosen = delimiter or announced or _delimiter(text, wanted)
    records = _records(text, name, chosen)
    _, first = next(records)
    header = [value.strip() for value in first]
    if (second := next(records, None)) is not None:
        header = ["", *header] if r_table.names_rows(text, header, second[1]) else header
        records = chain([second], records)
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

    return " " if r_table.is_spaced(line) else max(csv_text.DELIMITERS, key=found)


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
