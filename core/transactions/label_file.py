"""Labels from a file, read as training reads one: columns by usual names, exports of disputes, bad rows named. Pure.

Columns: `transaction_id` and `label`; `source`, `timestamp`, `comment`, `actor` where the file has them, otherwise
the source that the upload names and the time of the upload. A file of chargebacks needs no label: each row is a fraud,
unless it is an export of disputes, whose outcomes decide (`core/transactions/dispute_exports.py`).
"""

import re
from collections import Counter
from typing import Any, Self, cast

import msgspec

from core.config import UploadsConfig
from core.errors import BadInput
from core.events.base import LabelSource
from core.tabular import clocks, missing_values, sheet
from core.tabular.limits import Limits as SheetLimits
from core.tabular.sheet import Sheet
from core.transactions import dispute_exports, label_columns, label_rows
from core.transactions.label_columns import Roles
from core.transactions.label_times import Times
from core.transactions.labels import SOURCES, BadLabel, Given, LabelIn, given

_RECORD = 1_000_000  # characters of one row
_ASKING = ("isfraud", "fraud")  # headings whose column answers with truths
# Beside what a label says in any file (`core.tabular.missing_values.LABELS`), where an f is false.
_WORDS = {text: ("legit", "fraud")[said] for text, said in missing_values.LABELS.items()} | {
    "l": "legit", "u": "unsure", "unsure": "unsure",
}  # fmt: skip
_SPOKEN = ("fraud", "legit", "legitimate", "genuine", "unsure")


class Limits(msgspec.Struct, frozen=True):
    """What a file may hold: bytes when unpacked, rows, columns."""

    unpacked: int = 33_554_432
    rows: int = 100_000
    columns: int = 200

    @classmethod
    def of(cls, config: UploadsConfig) -> Self:
        """Those of `uploads.toml`."""
        return cls(config.labels_unpacked_bytes, config.labels_rows, config.labels_columns)


_USUAL = Limits()


class Asked(msgspec.Struct, frozen=True):
    """What somebody says of a file: the source of rows that name none, the zone of times without one, and the column
    of the transaction's id; empty: found out.
    """

    source: str | None = None
    zone: str = ""
    id_column: str = ""


class Rows(msgspec.Struct, frozen=True):
    """What a file held: the good labels with their row numbers, the bad rows, and how the file was read.

    `note` is a sentence on its encoding where that was guessed, `kind` what the file was recognised as, `guessed` are
    sentences on what was made of it. `ids` are columns that may name the transaction, with the values of the good rows.
    """

    good: list[Given]
    rows: list[int]
    bad: list[BadLabel]
    delimiter: str
    columns: dict[str, str]
    note: str = ""
    kind: str = ""
    guessed: list[str] = []
    ids: dict[str, list[str]] = {}


def parse(
    body: bytes,
    now: float,
    actor: str,
    ahead: float,
    source: str | Asked | None,
    limits: Limits = _USUAL,
) -> Rows:
    """The labels of a file, first row the header; `source` is that of rows which name none, or all that was `Asked`.

    Raises BadInput when the file as a whole cannot be read: not text, empty, no such column, more than `limits`.
    """
    asked = source if isinstance(source, Asked) else Asked(source)
    if asked.source is not None and asked.source not in SOURCES:
        raise BadInput("source", f"{asked.source[:40]!r} is not one of {', '.join(SOURCES)}")
    data = _sheet(body, limits)
    roles = label_columns.find(data, asked.source, asked.id_column)
    usual = asked.source or ("chargeback" if roles.outcomes or roles.kind else None)
    if not roles.source and usual is None:
        raise BadInput("row 1", "has no column 'source', and the upload does not set one")
    return _rows(data, roles, now, actor, ahead, usual, asked.zone)


def _rows(data: Sheet, roles: Roles, now: float, actor: str, ahead: float, source: str | None, zone: str) -> Rows:
    columns = roles.named()
    note = "".join(note for note in data.notes if note.startswith("The file is not UTF-8"))
    found = Rows([], [], [], data.delimiter, columns, note, roles.kind, [], {name: [] for name in roles.ids})
    found.bad.extend(BadLabel("row", reason, row=line) for line, reason in data.bad)
    words = _words(data, roles.label)
    moments, said_of = clocks.completed(data.columns, roles.timestamp) if roles.timestamp else ((), [])
    times = Times(roles.timestamp, moments, now, zone)
    said: dict[tuple[str, str], tuple[Given, int]] = {}
    needed = {*columns.values(), *roles.ids, *roles.outcomes, *([roles.stage] if roles.stage else [])}
    used = {name: data.columns[name] for name in needed} | ({roles.timestamp: moments} if roles.timestamp else {})
    for index, line in enumerate(data.numbers):
        row = {name: values[index].strip() for name, values in used.items()}
        try:
            label = _label(row, roles, columns, words, times, now, actor, ahead, source)
            before, at = said.setdefault((label.transaction_id, label.source), (label, line))
            if before.label != label.label and before.at == label.at:
                place = columns.get("label", columns["transaction_id"])
                raise BadInput(place, f"says {label.label} of a transaction that is {before.label} in row {at}")
        except BadInput as error:
            found.bad.append(BadLabel(error.field, error.reason, row=line))
            continue
        found.good.append(label)
        found.rows.append(line)
        for name in roles.ids:
            found.ids[name].append(row[name])
    found.bad.sort(key=lambda bad: bad.row or 0)
    found.guessed.extend([*roles.guessed, *said_of, *times.said, *_doubled(data, roles), *_other_reasons(found, roles)])
    return found


def _doubled(data: Sheet, roles: Roles) -> list[str]:
    """Columns of ours that the file has twice. Raises BadInput where they say which transaction it is, or what."""
    doubled = {*data.twice.values()}
    if wrong := doubled & {roles.ids[0], roles.label, *roles.outcomes}:
        raise BadInput("row 1", f"has the column {min(wrong)!r} twice")
    both = sorted(doubled & {*roles.named().values()})
    return [f"The column {name!r} appears twice; the first one is used." for name in both]


def _other_reasons(found: Rows, roles: Roles) -> list[str]:
    """Lost disputes whose reason is not fraud: the money is gone, and yet nobody may have stolen the card."""
    if not roles.outcomes:
        return []
    reasons = Counter(one.comment for one in found.good if one.label == "fraud" and one.comment)
    others = [
        (text, n) for text, n in reasons.most_common() if "fraud" not in text.lower() and "auth" not in text.lower()
    ]
    if not others:
        return []
    shown = ", ".join(f"{text[:40]!r}: {n:,}" for text, n in others[:3]) + (" …" if len(others) > 3 else "")
    return [
        f"{sum(n for _, n in others):,} lost disputes have a reason other than fraud ({shown}); they count as fraud."
    ]


def _words(data: Sheet, column: str) -> dict[str, str]:
    """What the label column's words mean. Raises BadInput where an f may be fraud or false, naming what says so.

    Letters stand for fraud, legit and unsure, or, as PostgreSQL writes truths, for true and false: an l or u in the
    column tells the former, a t the latter; without either, a heading that asks a question does. Such a heading and a
    u alone tell both.
    """
    first: dict[str, tuple[int, str]] = {}
    if column:
        for line, value in zip(data.numbers, data.columns[column], strict=True):
            first.setdefault(missing_values.label_word(value), (line, value.strip()))
    if "f" not in first:
        return _WORDS
    asks = dispute_exports.key(column) in _ASKING
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
        raise BadInput(f"row {line}, column {column!r}", f"{reason}; write fraud and legit")
    return _WORDS | {"f": "fraud"} if letter else _WORDS


def _first(first: dict[str, tuple[int, str]], *words: str) -> tuple[int, str] | None:
    """The first row with one of the words, and how it is written there."""
    return min((first[word] for word in words if word in first), default=None)


def _label(
    row: dict[str, str],
    roles: Roles,
    columns: dict[str, str],
    words: dict[str, str],
    times: Times,
    now: float,
    actor: str,
    ahead: float,
    source: str | None,
) -> Given:
    """One row. Raises BadInput whose field is the file's own name of the column."""
    label_rows.check_id(row[roles.ids[0]], roles.ids[0])
    said = (row[roles.source].lower() if roles.source else "") or source
    if said not in SOURCES:
        raise BadInput(roles.source or "source", f"{said or ''!r} is not one of {', '.join(SOURCES)}")
    raw: dict[str, Any] = {
        "transaction_id": row[roles.ids[0]],
        "label": _said(row, roles, words, said),
        "source": cast(LabelSource, said),
        "timestamp": times.at(row[roles.timestamp]) if roles.timestamp else None,
    }
    for name in ("comment", "actor"):
        if name in columns and (text := row[columns[name]]):
            raw[name] = text.replace("\r\n", "\n")
    try:
        return given(msgspec.convert(raw, LabelIn), now, actor, ahead)
    except msgspec.ValidationError as error:
        reason, _, place = str(error).partition(" - at ")
        name = place.strip("`").removeprefix("$.")
        reason = "contains characters that are not allowed here" if "matching regex" in reason else reason
        raise BadInput(columns.get(name, name or "row"), reason.replace("`", "'")) from None
    except BadInput as error:
        name = error.field.removeprefix("$.")
        raise BadInput(columns.get(name, name), error.reason) from None


def _said(row: dict[str, str], roles: Roles, words: dict[str, str], source: str) -> str:
    """What a row says. Raises BadInput where that is nothing that is known."""
    if roles.outcomes or (roles.stage and roles.kind):
        outcomes, stage = [row[name] for name in roles.outcomes], row[roles.stage] if roles.stage else ""
        found = dispute_exports.says(outcomes, stage)
        if found is None:
            text = next((text for text in (*outcomes, stage) if text), "")
            reason = f"{text[:40]!r} is not a dispute outcome: won, lost, open …" if text else "is empty"
            raise BadInput((roles.outcomes or [roles.stage])[0], reason)
        return found
    if not roles.label:
        if source == "chargeback":
            return "fraud"
        raise BadInput("label", f"{source} needs a label: fraud, legit, unsure, 1 or 0")
    text = row[roles.label]
    if missing_values.is_missing(text):
        raise BadInput(roles.label, f"{text!r} is ambiguous; use fraud, legit or unsure" if text else "is empty")
    if word := words.get(missing_values.label_word(text)):
        return word
    if missing_values.is_undecided(text):
        return "unsure"
    raise BadInput(roles.label, f"{text[:40]!r} is not a label: fraud, legit, unsure, 1 or 0")


def _sheet(body: bytes, limits: Limits) -> Sheet:
    """The file's columns. Raises BadInput whose field is `file`, or the row."""
    most = SheetLimits(limits.unpacked, limits.columns, (limits.columns + 1) * (limits.rows + 1), _RECORD, limits.rows)
    try:
        return sheet.parse(body, "file", limits=most, lenient=True)
    except BadInput as error:
        field, reason = error.field.removeprefix("file, "), error.reason
        if not_text := re.match(r"is not (UTF-\S+)", reason):
            reason = f"is not {not_text[1].lower()} text; save the file as CSV UTF-8"
        elif "NUL character" in reason:
            field, reason = "file", f"is not text ({field} {reason}); save it as CSV"
        raise BadInput(field, reason) from None
