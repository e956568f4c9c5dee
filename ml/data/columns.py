"""Columns of text become numbers, flags, categories, labels and times; whatever does not fit is named by its place."""

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import numpy.typing as npt

from core.tabular import currency, dates, decimals, missing_values
from core.tabular import times as moments
from core.tabular.missing_values import MISSING, is_number
from core.tabular.sheet import Sheet
from ml.data.column_errors import BadColumn, Role
from ml.data.features import Kind

Doubles = npt.NDArray[np.float64]
_SIGNED = {"-1": False, "1": True}  # as LIBSVM and its kin write two classes
_INDEX = re.compile(r"(?:unnamed \d+|Unnamed: \d+(?:\.\d+)?|__index_level_\d+__)$")
_SHOWN = 5
_SINGLE = float(np.finfo(np.float32).max)


def kind(values: Sequence[str]) -> Kind | None:
    """What a column holds, None when it is empty; where half the values are numbers, the others are mistakes.

    A number with commas or a unit counts as one, so that it is named and does not become a word; but pairs with commas
    that cannot be numbers of one column, such as seats, are words.
    """
    given = Counter(values).items()  # most columns hold few values many times
    present = [(word, n) for value, n in given if (word := value.strip().lower()) not in MISSING]
    if not present:
        return None
    if all(word in missing_values.SPELLED for word, _ in present):
        return "flag"
    written = {word for word, _ in present if decimals.is_marked(word)}
    if written and decimals.commas(word for word, _ in present).are == "words":
        written.clear()
    right = sum(
        n
        for word, n in present
        if is_number(word) or word in missing_values.SPELLED or word in written or currency.is_marked(word)
    )
    return "number" if right * 2 >= sum(n for _, n in present) else "category"


def truths(values: Iterable[str]) -> dict[str, float | None]:
    """What each value of a column of labels says: 1 for fraud, 0 for legitimate, None for nothing by itself."""
    words = {value: missing_values.label_word(value) for value in dict.fromkeys(values)}
    known: Mapping[str, bool] = _SIGNED if _is_signed(words.values()) else missing_values.LABELS
    return {value: float(known[word]) if word in known else None for value, word in words.items()}


def is_signed(values: Iterable[str]) -> bool:
    """Whether a column of labels writes two classes as -1 and 1; a 0 beside them would be a third."""
    return _is_signed([missing_values.label_word(value) for value in dict.fromkeys(values)])


def _is_signed(words: Iterable[str]) -> bool:
    return {word for word in words if not missing_values.is_undecided(word)} == {"-1", "1"}


def undecided(values: Iterable[str], named: bool = True) -> set[str]:
    """The values of a column of labels that say nothing: empty ones, `unknown`, `pending` and their like; and, where
    the value that means fraud is `named`, -1 beside 0 and 1, by which learning from few labels marks the rest.
    """
    words = {value: missing_values.label_word(value) for value in dict.fromkeys(values)}
    none = {value for value, word in words.items() if missing_values.is_undecided(word)}
    if named and {word for value, word in words.items() if value not in none} == {"-1", "0", "1"}:
        none |= {value for value, word in words.items() if word == "-1"}
    return none


def is_index(name: str) -> bool:
    """Whether a column's name says that it only numbers the rows: one without a name, or as pandas calls its index."""
    return bool(_INDEX.match(name))


def numbers(sheet: Sheet, column: str, role: Role = "feature") -> Doubles:
    """A column of numbers, missing as NaN. Raises BadColumn naming the first value that is none."""
    return np.array([_number(value, sheet, i, column, role) for i, value in enumerate(sheet.columns[column])])


def amounts(sheet: Sheet, column: str) -> Doubles:
    """A column of money. Raises BadColumn for what is missing, negative or no number."""
    found = numbers(sheet, column, "amount")
    for index in np.flatnonzero(~(found >= 0)):
        what = "is missing" if math.isnan(found[index]) else "is negative"
        raise BadColumn(sheet.place(int(index), column), "amount", f"the amount {what}")
    return found


def categories(sheet: Sheet, column: str) -> tuple[tuple[str, ...], Doubles]:
    """The distinct values of a column, sorted, and each row's index among them, missing as NaN."""
    words = [value.strip() for value in sheet.columns[column]]
    known = tuple(sorted({word for word in words if word.lower() not in MISSING}))
    index = {word: float(number) for number, word in enumerate(known)}
    return known, np.array([index.get(word, math.nan) for word in words])


def labels(sheet: Sheet, column: str, fraud: str | None = None, legit: Sequence[str] = ()) -> Doubles:
    """1 for fraud, 0 for legitimate, NaN for what nobody knows (`undecided`). With `fraud`, that value is fraud and
    each other that says something is not; with `legit`, these are not, and beside both no other says anything.

    Raises BadColumn naming the first value that is no label, or the column when nothing in it is `fraud`.
    """
    said = truths(sheet.columns[column])
    none = undecided(said, fraud is not None)
    named = {missing_values.label_word(word): 0.0 for word in legit}
    if fraud is not None:
        named[missing_values.label_word(fraud)] = 1.0
        said = dict.fromkeys(said, math.nan if legit else 0.0)
    said |= dict.fromkeys(none, math.nan)
    said |= {value: named[word] for value in said if (word := missing_values.label_word(value)) in named}
    found = np.empty(len(sheet.numbers))
    for index, value in enumerate(sheet.columns[column]):
        what = said[value]
        if what is None:
            reason = f"{value[:40]!r} is not a label: 0/1, true/false, yes/no or fraud/legit"
            raise BadColumn(sheet.place(index, column), "label", reason, "fraud_is")
        found[index] = what
    if fraud is not None and not (found == 1).any():
        known = sorted({value.strip()[:40] for value in sheet.columns[column]})
        listed = ", ".join(map(repr, known[:_SHOWN])) + (" …" if len(known) > _SHOWN else "")
        reason = f"has no fraud: none is {fraud[:40]!r}; it has {listed}"
        raise BadColumn(f"{sheet.name}, column {column!r}", "label", reason)
    return found


def times(sheet: Sheet, column: str) -> Doubles:
    """Epoch seconds of a column of times: ISO 8601 (UTC without an offset), epoch seconds or milliseconds, or as
    spreadsheets write them, where the column tells whether the day or the month is first.

    Raises BadColumn naming the first value that is none.
    """
    given = [value.strip() for value in sheet.columns[column]]
    try:
        values = moments.plain(given, column)
    except dates.Ambiguous:
        reason = f"{given[0][:40]!r} is ambiguous: day or month may come first; use ISO 8601"
        raise BadColumn(sheet.place(0, column), "time", reason) from None
    pairs = enumerate(zip(values, given, strict=True))
    return np.array([_time(value, said, sheet, i, column) for i, (value, said) in pairs])


def serial_said(sheet: Sheet, column: str) -> str:
    """How times that are Excel's days were read; "" where they are not."""
    return moments.serial_said(column, [value.strip() for value in sheet.columns[column]])


def distinct(sheet: Sheet, column: str) -> tuple[str, ...]:
    """A column of ids. Raises BadColumn naming the first that is missing or comes twice."""
    seen: dict[str, int] = {}
    for index, value in enumerate(sheet.columns[column]):
        word = value.strip()
        if word.lower() in MISSING:
            raise BadColumn(sheet.place(index, column), "id", "the id is missing")
        if word in seen:
            reason = f"the id {word[:200]!r} was in row {sheet.numbers[seen[word]]} already"
            raise BadColumn(sheet.place(index, column), "id", reason)
        seen[word] = index
    return tuple(seen)


def _number(value: str, sheet: Sheet, index: int, column: str, role: Role) -> float:
    word = value.strip().lower()
    if word in MISSING:
        return math.nan
    if word in missing_values.SPELLED:
        return float(missing_values.SPELLED[word])
    try:
        found = float(word) if "_" not in word else math.nan
    except ValueError:
        found = math.nan
    if math.isnan(found):
        reason = f"{value[:40]!r} is not a number"
        if decimals.may_be_either(word):
            reason += ": its comma may mark decimals or thousands, and no value tells which"
        raise BadColumn(sheet.place(index, column), role, reason, "use" if role == "feature" else None)
    if abs(found) > _SINGLE:
        raise BadColumn(sheet.place(index, column), role, f"{value[:40]!r} is beyond single precision")
    return found


def _time(value: str, said: str, sheet: Sheet, index: int, column: str) -> float:
    try:
        seconds = dates.instant(value)
    except (ValueError, OverflowError):
        what = (
            "the time is missing"
            if missing_values.is_missing(value)
            else f"{said[:40]!r} is not ISO 8601 or epoch seconds"
        )
        raise BadColumn(sheet.place(index, column), "time", what) from None
    if not dates.YEARS[0] <= seconds <= dates.YEARS[1]:
        raise BadColumn(sheet.place(index, column), "time", f"{said[:40]!r} is not a time between 1970 and 2100")
    return seconds
