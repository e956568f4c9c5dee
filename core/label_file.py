"""Labels from a CSV file: packing, encoding and delimiter found out, columns by usual names, bad rows named. Pure.

Columns: `transaction_id` and `label`; `source`, `timestamp`, `comment`, `actor` where the file has them, otherwise
the source that the upload names and the time of the upload. A file of chargebacks needs no label: each row is a fraud.
"""

import csv
import io
from collections.abc import Iterator
from typing import Any, cast

import msgspec

from core import cells, csv_text, encodings, packed
from core.errors import BadInput
from core.events import LabelSource
from core.labels import SOURCES, BadLabel, Given, LabelIn, given

ROWS = 100_000
UNPACKED = 100_000_000  # bytes of a packed file: a thousand for each row
_COLUMNS = {
    "transaction_id": ("transaction_id", "transaction", "txn_id", "txn", "id"),
    "label": ("label", "is_fraud", "fraud", "class", "verdict"),
    "source": ("source",),
    "timestamp": ("timestamp", "labelled_at", "date", "time", "chargeback_date", "reported_at"),
    "comment": ("comment", "reason", "note", "notes", "reason_code"),
    "actor": ("actor", "analyst", "user", "by"),
}
_ASKING = ("is_fraud", "fraud")  # headings whose column answers with truths
# Beside what a label says in any file (`core.cells.LABELS`), where an f is false.
_WORDS = {text: ("legit", "fraud")[said] for text, said in cells.LABELS.items()} | {
    "l": "legit", "u": "unsure", "unsure": "unsure",
}  # fmt: skip
_SPOKEN = ("fraud", "legit", "legitimate", "genuine", "unsure")


class Rows(msgspec.Struct, frozen=True):
    """What a file held: the good labels with their row numbers, the bad rows, and how the file was read.

    `note` is a sentence on its encoding where that was guessed.
    """

    good: list[Given]
    rows: list[int]
    bad: list[BadLabel]
    delimiter: str
    columns: dict[str, str]
    note: str = ""


def parse(body: bytes, now: float, actor: str, ahead: float, source: str | None, most: int = ROWS) -> Rows:
    """The labels of a file, first row the header; `source` is that of rows which name none.

    Raises BadInput when the file as a whole cannot be read: not text, empty, no such column, more than `most` rows.
    """
    if source is not None and source not in SOURCES:
        raise BadInput("source", f"{source[:40]!r} is none of {', '.join(SOURCES)}")
    text, note = _text(body)
    announced, text = csv_text.announced(text)
    delimiter = announced or csv_text.delimiter(text.lstrip().partition("\n")[0])
    table = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    header, columns = _header(table, source)
    found = Rows([], [], [], delimiter, {name: header[place] for name, place in columns.items()}, note)
    records = list(_records(table, found, most))
    words = _words(columns.get("label"), header, records)
    said: dict[tuple[str, str], tuple[Given, int]] = {}
    for line, row in records:
        try:
            if len(row) != len(header):
                raise BadInput("row", f"has {len(row)} values, the header {len(header)}")
            values = {name: row[place].strip() for name, place in columns.items()}
            label = _label(values, found.columns, words, now, actor, ahead, source)
            before, at = said.setdefault((label.transaction_id, label.source), (label, line))
            if before.label != label.label and before.at == label.at:
                place = found.columns.get("label", found.columns["transaction_id"])
                raise BadInput(place, f"says {label.label} of a transaction that is {before.label} in row {at}")
            found.good.append(label)
            found.rows.append(line)
        except BadInput as error:
            found.bad.append(BadLabel(error.field, error.reason, row=line))
    found.bad.sort(key=lambda bad: bad.row or 0)
    return found


def _records(table: Any, found: Rows, most: int) -> Iterator[tuple[int, list[str]]]:
    """Rows that are not blank with their lines; what is no CSV is noted. Raises BadInput for more than `most`."""
    count = 0
    while True:
        try:
            row = next(table)
        except StopIteration:
            return
        except csv.Error as error:
            found.bad.append(BadLabel("row", f"not CSV: {error}", row=table.line_num))
            continue
        if not any(cell.strip() for cell in row):
            continue
        if count + len(found.bad) >= most:
            raise BadInput(f"row {table.line_num}", f"the file has more than {most:,} rows; split it")
        count += 1
        yield table.line_num, row


def _words(place: int | None, header: list[str], records: list[tuple[int, list[str]]]) -> dict[str, str]:
    """What the label column's words mean. Raises BadInput where an f may be fraud or false, naming what says so.

    Letters stand for fraud, legit and unsure, or, as PostgreSQL writes truths, for true and false: an l or u in the
    column tells the former, a t the latter; without either, a heading that asks a question does. Such a heading and a
    u alone tell both.
    """
    first: dict[str, tuple[int, str]] = {}
    for line, row in records:
        if place is not None and len(row) > place:
            first.setdefault(cells.label_word(row[place]), (line, row[place].strip()))
    if place is None or "f" not in first:
        return _WORDS
    asks = header[place].lower().replace(" ", "_").replace("-", "_") in _ASKING
    letter, truth = _first(first, "l", "u"), _first(first, "t", "true", "false")
    if letter is None and "t" not in first:
        # A truth that is spelled out, or a word of ours, may have strayed into a column of the other kind.
        letter = _first(first, *_SPOKEN) if asks else first["f"]
        truth = truth if not asks else first["f"] if letter else None
    if letter and not truth and asks and "l" not in first:
        truth = first["f"]  # what is not known may be written u beside true and false, too
    if letter and truth:
        (line, one), (other, two) = sorted((letter, truth))
        reason = f"{one[:40]!r} is here and {two[:40]!r} in row {other}, so an f may be fraud or false"
        raise BadInput(f"row {line}, column {header[place]!r}", f"{reason}; write fraud and legit")
    return _WORDS | {"f": "fraud"} if letter else _WORDS


def _first(first: dict[str, tuple[int, str]], *words: str) -> tuple[int, str] | None:
    """The first row with one of the words, and how it is written there."""
    return min((first[word] for word in words if word in first), default=None)


def _label(
    row: dict[str, str],
    columns: dict[str, str],
    words: dict[str, str],
    now: float,
    actor: str,
    ahead: float,
    source: str | None,
) -> Given:
    """One row. Raises BadInput whose field is the file's own name of the column."""
    said = row.get("source", "").lower() or source
    if said not in SOURCES:
        raise BadInput(columns.get("source", "source"), f"{said or ''!r} is none of {', '.join(SOURCES)}")
    text = row.get("label", "").lower()
    word = words.get(cells.label_word(text)) or ("fraud" if said == "chargeback" and not text else None)
    if word is None:
        raise BadInput(columns.get("label", "label"), f"{text[:40]!r} is no label: fraud, legit, unsure, 1 or 0")
    if not row["transaction_id"]:
        raise BadInput(columns["transaction_id"], "is empty")
    raw: dict[str, Any] = {
        "transaction_id": row["transaction_id"],
        "label": word,
        "source": cast(LabelSource, said),
        "timestamp": _moment(row.get("timestamp", "")),
        **{name: row[name].replace("\r\n", "\n") for name in ("comment", "actor") if row.get(name)},
    }
    try:
        return given(msgspec.convert(raw, LabelIn), now, actor, ahead)
    except msgspec.ValidationError as error:
        reason, _, place = str(error).partition(" - at ")
        name = place.strip("`").removeprefix("$.")
        reason = "holds characters that are not allowed here" if "matching regex" in reason else reason
        raise BadInput(columns.get(name, name or "row"), reason.replace("`", "'")) from None
    except BadInput as error:
        name = error.field.removeprefix("$.")
        raise BadInput(columns.get(name, name), error.reason) from None


def _moment(text: str) -> str | float | None:
    try:
        return float(text) if text else None
    except ValueError:
        return text


def _text(body: bytes) -> encodings.Decoded:
    try:
        body = packed.unpacked(body, UNPACKED)
        if not body.strip():
            raise BadInput("file", "is empty")
        found = encodings.decode(body)
    except packed.Unusable as error:
        raise BadInput("file", str(error)) from None
    except encodings.NotText as error:
        raise BadInput(f"row {error.row}", f"is not {error.encoding} text; save the file as CSV UTF-8") from None
    if "\0" in found.text:
        raise BadInput("file", "is not text; save it as CSV")
    return found


def _header(table: Any, source: str | None) -> tuple[list[str], dict[str, int]]:
    try:
        header = next(filled for row in table if any(filled := [name.strip() for name in row]))
    except (StopIteration, csv.Error) as error:
        raise BadInput("row 1", f"has no header: {error or 'nothing there'}") from None
    lower = [name.lower().replace(" ", "_").replace("-", "_") for name in header]
    columns: dict[str, int] = {}
    for name, usual in _COLUMNS.items():
        place = next((lower.index(word) for word in usual if word in lower), None)
        if place is not None and place not in columns.values():
            columns[name] = place
    twice = sorted({name for name in lower if name and lower.count(name) > 1})
    if twice:
        raise BadInput("row 1", f"has the column {twice[0]!r} twice")
    for name in ("transaction_id", "label"):
        if name not in columns and not (name == "label" and (source == "chargeback" or "source" in columns)):
            raise BadInput("row 1", f"has no column {name!r}; it has {', '.join(header) or 'nothing'}")
    if "source" not in columns and source is None:
        raise BadInput("row 1", "has no column 'source', and the upload names none")
    return header, columns
