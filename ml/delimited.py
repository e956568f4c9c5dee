"""Reads a delimited text file into columns of text: CSV with comma, semicolon, tab or bar, plain or gzip, with or
without a byte-order mark. Rows are counted as a person sees them in an editor: the header is row 1.
"""

import csv
import gzip
import zlib
from pathlib import Path

from core.errors import BadInput

_DELIMITERS = ",;\t|"
_GZIP = b"\x1f\x8b"


def read(path: Path) -> dict[str, list[str]]:
    """The columns by name, in the file's order; a column without a name is called `column N`.

    Raises BadInput naming the file and the row for what cannot be read, an empty file, a name that is there twice and
    a row of another length.
    """
    text = _text(path)
    delimiter = max(_DELIMITERS, key=text.partition("\n")[0].count)
    try:
        rows = [row for row in csv.reader(text.splitlines(keepends=True), delimiter=delimiter, strict=True) if row]
    except csv.Error as error:
        raise BadInput(str(path), f"is not CSV: {error}") from error
    if not rows or not any(rows[0]):
        raise BadInput(str(path), "is empty")
    header = [name.strip() or f"column {number}" for number, name in enumerate(rows[0], 1)]
    twice = next((name for name in header if header.count(name) > 1), None)
    if twice is not None:
        raise BadInput(f"{path}, row 1", f"names the column {twice!r} twice")
    for number, row in enumerate(rows, 1):
        if len(row) != len(header):
            cut = " (the file may be cut off)" if number == len(rows) and len(row) < len(header) else ""
            raise BadInput(
                f"{path}, row {number}", f"has {len(row)} values where the header has {len(header)} columns{cut}"
            )
    body = rows[1:]
    columns = zip(*body, strict=True) if body else [()] * len(header)
    return {name: list(column) for name, column in zip(header, columns, strict=True)}


def _text(path: Path) -> str:
    try:
        content = path.read_bytes()
    except OSError as error:
        raise BadInput(str(path), f"cannot be read: {error.strerror}") from error
    if content[:2] == _GZIP:
        try:
            content = gzip.decompress(content)
        except (OSError, EOFError, zlib.error) as error:
            raise BadInput(str(path), f"is damaged gzip: {error}") from error
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadInput(str(path), f"is not UTF-8 at byte {error.start}") from error
