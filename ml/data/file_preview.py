"""What a file holds, for the person who says which column is what: kinds, examples, guesses by name and content. Pure.

A guess is only a proposal; `ml/data/table.py` is what judges the mapping.
"""

import re
from collections import Counter
from collections.abc import Callable, Sequence

from core.errors import BadInput
from core.models.file_preview import ColumnLook, FilePreview, Kind
from core.tabular import missing_values, sheet
from core.tabular.limits import Limits
from core.tabular.missing_values import MISSING, is_number
from core.tabular.sheet import Sheet
from ml.data import columns, table

EXAMPLES, SAMPLE, FEW = 4, 200, 12
_LABEL = re.compile(r"label|fraud|class$|target|outcome|chargeback|cancel|churn|default$", re.I)
_TIME = re.compile(r"time|date|when|_at$|created|^ts$|epoch|stamp|(^|_)day$", re.I)
_ID = re.compile(r"(^|_|\b)(id|uuid|key|reference|number)$|transaction_?id", re.I)
_ENTITY = re.compile(r"entity|card|wallet|customer|user(?!_agent)|account|client|member", re.I)
_MEASURED = re.compile(r"(^|_)(age|count|hops|days|hours|ratio|rate|score|\d+[smhd])$", re.I)  # of a card, not the card
_AMOUNT = re.compile(r"amount|amt|price|value|total|usd|eur|sum$", re.I)


def at(given: Sheet) -> FilePreview:
    """Look at a sheet."""
    seen = [_column(given, name) for name in given.columns]
    rows = len(given.numbers)
    label, fraud_is = _label(seen)
    guesses = {"label": label} if label else {}
    for part, pattern, fits in (
        ("time", _TIME, lambda c: c.kind == "time"),
        ("id", _ID, lambda c: c.distinct == rows and c.kind != "time"),
        ("entity", _ENTITY, lambda c: FEW < c.distinct < 0.9 * rows and not _MEASURED.search(c.name)),
        ("amount", _AMOUNT, lambda c: c.kind == "number" and (c.low or 0) >= 0 and c.missing == 0),
    ):
        if found := _best(seen, guesses, pattern, fits):
            guesses[part] = found
    left_out = [f"Column {name!r} is excluded: {why}." for name, why in given.left_out.items()]
    return FilePreview(rows, seen, guesses, fraud_is, [*given.notes, *left_out])


def of_file(content: bytes, name: str, limits: Limits) -> FilePreview:
    """Look at a file. Raises BadInput."""
    return at(sheet.parse(content, name, limits=limits))


def names_label(name: str) -> bool:
    """Whether a column's name says that it holds what transactions really were."""
    return bool(_LABEL.search(name)) or name.lower() in ("y", "y_true")


def is_id(name: str, words: Sequence[str]) -> bool:
    """Whether the values only say which row it is: all of them differ, and the name says so."""
    return bool(_ID.search(name)) and len(set(words)) == len(words)


def _column(sheet: Sheet, name: str) -> ColumnLook:
    values = [value.strip() for value in sheet.columns[name]]
    counts = Counter(value for value in values if value.lower() not in MISSING)
    present = sum(counts.values())
    basic = columns.kind(values)
    kind: Kind = "empty" if basic is None else basic
    if tells_time(name, list(counts)):
        kind = "time"
    useless = "" if kind == "time" else table.useless(sheet, name, basic, False, True)[0]
    low, high = _extent(list(counts)) if kind == "number" else (None, None)
    return ColumnLook(
        name,
        kind,
        1 - present / len(values),
        len(counts),
        [value[:60] for value in list(counts)[:EXAMPLES]],
        [(value[:60], n) for value, n in counts.most_common()] if len(counts) <= FEW else [],
        low,
        high,
        useless,
    )


def tells_time(name: str, words: Sequence[str]) -> bool:
    """Whether the values are times: ISO 8601, or epoch times and days in a column whose name says so."""
    sample = words[:: max(1, len(words) // SAMPLE)]
    if not sample or (all(is_number(word) for word in sample) and not _TIME.search(name)):
        return False
    plain = Sheet("", {name: sample}, range(len(sample)), "")
    try:
        found = columns.times(plain, name)
    except BadInput:
        return False
    return bool((found > 1e8).all())  # small numbers are durations, not times


def _extent(words: Sequence[str]) -> tuple[float | None, float | None]:
    numbers = [float(word) for word in words if is_number(word)]
    finite = [number for number in numbers if abs(number) < float("inf")]
    return (min(finite), max(finite)) if finite else (None, None)


def _label(seen: Sequence[ColumnLook]) -> tuple[str, str]:
    """The column that says what was fraud, and the value that means it where that has to be said; empty for none."""
    binary = [column for column in seen if len(_decided(column)) == 2]
    ranked = sorted(
        (
            (3 * ("fraud" in words) + 2 * bool(_LABEL.search(column.name)) + (len(words) == 2), column)
            for column in seen
            if 2 <= column.distinct <= FEW and len(words := {value.lower() for value in _decided(column)}) >= 2
        ),
        key=lambda pair: -pair[0],
    )
    if not ranked or (ranked[0][0] < 3 and len(binary) != 1):
        return "", ""
    column = ranked[0][1] if ranked[0][0] >= 3 else binary[0]
    known = _decided(column)
    if None not in columns.truths(known).values():
        return column.name, ""
    return column.name, next((value for value in known if missing_values.label(value)), known[-1])


def _decided(column: ColumnLook) -> list[str]:
    """The values of a column but those that say that nothing is known."""
    none = columns.undecided(value for value, _ in column.values)
    return [value for value, _ in column.values if value not in none]


def _best(
    seen: Sequence[ColumnLook], taken: dict[str, str], pattern: re.Pattern[str], fits: Callable[[ColumnLook], bool]
) -> str:
    """The first column that fits and whose name says so; one that speaks of labels only when there is no other."""
    found = [c.name for c in seen if c.name not in taken.values() and pattern.search(c.name) and fits(c)]
    return min(found, key=lambda name: "label" in name.lower(), default="")
