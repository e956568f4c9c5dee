"""Columns of text become numbers, flags, categories, labels and times; whatever does not fit is named by its place."""

import math
from collections.abc import Sequence
from datetime import UTC, datetime

import numpy as np
import numpy.typing as npt

from ml.features import Kind
from ml.mistakes import BadColumn, Role
from ml.sheet import Sheet

Doubles = npt.NDArray[np.float64]
MISSING = frozenset({"", "na", "n/a", "nan", "null", "none", "-"})
_FLAGS = {"true": 1.0, "false": 0.0}
_LABELS = {
    **dict.fromkeys(("1", "1.0", "true", "fraud", "yes", "y"), 1.0),
    **dict.fromkeys(("0", "0.0", "false", "legit", "legitimate", "no", "n"), 0.0),
}
_SINGLE = float(np.finfo(np.float32).max)
_MILLISECONDS = 1e11  # a time from here on is in milliseconds
_YEARS = (0.0, 4102444800.0)  # 1970 … 2100


def kind(values: Sequence[str]) -> Kind | None:
    """What a column holds, None when it is empty; where half the values are numbers, the others are mistakes."""
    present = [word for value in values if (word := value.strip().lower()) not in MISSING]
    if not present:
        return None
    if all(word in _FLAGS for word in present):
        return "flag"
    right = sum(is_number(word) or word in _FLAGS for word in present)
    return "number" if right * 2 >= len(present) else "category"


def is_number(text: str) -> bool:
    """Whether a text is a decimal number."""
    try:
        float(text)
    except ValueError:
        return False
    return "_" not in text


def is_label(text: str) -> bool:
    """Whether a text says fraud or legitimate by itself."""
    return text.strip().lower() in _LABELS


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


def labels(sheet: Sheet, column: str, fraud: str | None = None) -> Doubles:
    """1 for fraud, 0 for legitimate, NaN for what is empty. With `fraud`, that value is fraud and every other is not.

    Raises BadColumn naming the first value that is no label.
    """
    found = np.empty(len(sheet.numbers))
    for index, value in enumerate(sheet.columns[column]):
        word = value.strip().lower()
        if word in MISSING:
            found[index] = math.nan
        elif fraud is not None:
            found[index] = float(word == fraud.strip().lower())
        elif word in _LABELS:
            found[index] = _LABELS[word]
        else:
            reason = f"{value[:40]!r} is not a label: 0/1, true/false, yes/no or fraud/legit"
            raise BadColumn(sheet.place(index, column), "label", reason, "fraud_is")
    return found


def times(sheet: Sheet, column: str) -> Doubles:
    """Epoch seconds of a column of times: ISO 8601 (UTC without an offset), epoch seconds or milliseconds.

    Raises BadColumn naming the first value that is none.
    """
    return np.array([_time(value.strip(), sheet, i, column) for i, value in enumerate(sheet.columns[column])])


def distinct(sheet: Sheet, column: str) -> tuple[str, ...]:
    """A column of ids. Raises BadColumn naming the first that is missing or comes twice."""
    seen: dict[str, int] = {}
    for index, value in enumerate(sheet.columns[column]):
        word = value.strip()
        if not word:
            raise BadColumn(sheet.place(index, column), "id", "the id is missing")
        if word in seen:
            reason = f"the id {word[:40]!r} was in row {sheet.numbers[seen[word]]} already"
            raise BadColumn(sheet.place(index, column), "id", reason)
        seen[word] = index
    return tuple(seen)


def _number(value: str, sheet: Sheet, index: int, column: str, role: Role) -> float:
    word = value.strip().lower()
    if word in MISSING:
        return math.nan
    if word in _FLAGS:
        return _FLAGS[word]
    try:
        found = float(word) if "_" not in word else math.nan
    except ValueError:
        found = math.nan
    if math.isnan(found):
        reason = f"{value[:40]!r} is not a number"
        raise BadColumn(sheet.place(index, column), role, reason, "use" if role == "feature" else None)
    if abs(found) > _SINGLE:
        raise BadColumn(sheet.place(index, column), role, f"{value[:40]!r} is beyond single precision")
    return found


def _time(value: str, sheet: Sheet, index: int, column: str) -> float:
    try:
        seconds = float(value)
        seconds = seconds / 1000 if seconds >= _MILLISECONDS else seconds
    except ValueError:
        try:
            when = datetime.fromisoformat(value)
            seconds = (when if when.tzinfo else when.replace(tzinfo=UTC)).timestamp()
        except (ValueError, OverflowError):
            what = "the time is missing" if not value else f"{value[:40]!r} is not ISO 8601 or epoch seconds"
            raise BadColumn(sheet.place(index, column), "time", what) from None
    if not _YEARS[0] <= seconds <= _YEARS[1]:
        raise BadColumn(sheet.place(index, column), "time", f"{value[:40]!r} is not a time between 1970 and 2100")
    return seconds
