"""A file as columns of text, whatever it came as: CSV with any delimiter and mark, packed or not, or Parquet.

Rows are counted as a person sees them in an editor: the header is row 1, and a value with line breaks spans several.
Every problem is one BadInput whose field names the file and, where there is one, the row and the column.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from core import nfc
from core.errors import BadInput
from core.tabular import compression, currency, decimals, parquet, records
from core.tabular import encoding as encodings
from core.tabular import header as headers
from core.tabular.limits import Limits

__all__ = ["Limits", "Sheet", "parse", "read"]
SHOWN = 10  # columns that a sentence names
_NOT_CSV = {
    b"PK\x03\x04": "is a ZIP archive or an Excel workbook; export it as CSV",
    b"\xd0\xcf\x11\xe0": "is an old Excel workbook; export it as CSV",
    b"%PDF": "is a PDF document, not CSV",
    b"\x89PNG": "is a picture, not CSV",
    b"SQLite format 3": "is an SQLite database, not CSV",
}


@dataclass(frozen=True, slots=True)
class Sheet:
    """`columns` by name, all of the length of `numbers`, the rows as an editor counts them; SHA-256 of the content.

    `notes` are sentences on how the file was read, where a person may have meant otherwise; `left_out` says of columns
    that hold nothing to learn from why they are not here, `twice` are columns that were numbered with their names in
    the file, `categories` those that the file declares as such. Where rows may be wrong, `bad` are their lines and
    why; `blank` is how many hold nothing.
    """

    name: str
    columns: Mapping[str, Sequence[str]]
    numbers: Sequence[int]
    fingerprint: str
    notes: tuple[str, ...] = ()
    left_out: Mapping[str, str] = field(default_factory=dict)
    twice: Mapping[str, str] = field(default_factory=dict)
    bad: tuple[tuple[int, str], ...] = ()
    blank: int = 0
    delimiter: str = ""
    categories: frozenset[str] = frozenset()

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
    lenient: bool = False,
) -> Sheet:
    """The content of a file that is called `name`, within `limits`. Raises BadInput; `lenient` takes the rows that are
    right, if there are any, and notes the others.
    """
    wanted = nfc.every(list(wanted))
    fingerprint = hashlib.sha256(content).hexdigest()
    try:
        content = compression.unpacked(content, limits.unpacked)
    except compression.Unusable as error:
        raise BadInput(name, str(error)) from error
    if content[:4] == b"PAR1":
        names, body, left_out, categories = parquet.read(content, name, wanted, limits)
        header, twice = headers.named(names)
        headers.check(header, wanted, f"{name}, row 1")
        found, note = records.Records("", header, body, list(range(1, len(body) + 1)), twice, [], 0), ""
    else:
        text, note = _text(content, name, encoding)
        categories = frozenset()
        found, left_out = records.read(text, name, wanted, delimiter, limits, lenient), {}
    if not found.body and not lenient:
        raise BadInput(name, "has a header but no rows")
    rows = zip(*found.body, strict=True) if found.body else [() for _ in found.header]
    columns, said = _plain(dict(zip(found.header, rows, strict=True)), found.delimiter)
    notes = (*([note] if note else []), *headers.said(found.twice), *said)
    return Sheet(
        name,
        columns,
        found.numbers,
        fingerprint,
        notes,
        left_out,
        found.twice,
        tuple(found.bad),
        found.blank,
        found.delimiter,
        categories,
    )


def _plain(columns: Mapping[str, Sequence[str]], delimiter: str) -> tuple[dict[str, Sequence[str]], list[str]]:
    """The columns without units, and with points for decimal commas; sentences on both, where they may be meant
    otherwise.
    """
    found: dict[str, Sequence[str]] = {}
    examples, odd, parted = [], [], []
    for column, values in columns.items():
        bare, example = currency.plain(values)
        examples += [f"{column!r} ({example})"] if example else []
        found[column] = bare if example or not delimiter else decimals.pointed(values, delimiter)
        if delimiter == "," and not example and found[column] is not values:
            shown, number = next(pair for pair in zip(values, found[column], strict=True) if pair[0] != pair[1])
            parted += [f"{column!r} ({shown.strip()[:20]!r} is {number})"]
        if delimiter not in ("", ",") and any("," in value for value in found[column]):
            said = decimals.commas(dict.fromkeys(value.strip() for value in found[column]))
            odd += [f"{column!r} ({said.example!r} beside {said.other!r})"] if said.are == "words" else []
    notes = [f"Numbers with a unit were read without it: {_listed(examples)}."] if examples else []
    notes += [f"Commas in numbers were read by the format of their column: {_listed(parted)}."] if parted else []
    return found, notes + ([f"Values with commas were read as text, not numbers: {_listed(odd)}."] if odd else [])


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
        advice = "; save it as CSV UTF-8 or set --encoding" if called == "UTF-8" else ""
        raise BadInput(f"{name}, row {error.row}", f"is not {called} at byte {error.byte}{advice}") from error
    if "\0" in text:
        row = text.count("\n", 0, text.index("\0")) + 1
        raise BadInput(f"{name}, row {row}", "contains a NUL character: not a text file, or UTF-16 without its mark")
    if not text.strip():
        raise BadInput(name, "is empty")
    first = text.lstrip()[:1]
    if first in "{[<" and first:
        raise BadInput(name, f"is {'HTML or XML' if first == '<' else 'JSON'}, not CSV")
    return encodings.Decoded(text, note)
