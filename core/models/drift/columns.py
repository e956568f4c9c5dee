"""Reads a column of whatever kind into numbers, words or times, and says what could not be read. Pure.

Numbers are kept in single precision, as the model sees them and the predictions store them, sorted and without the
missing ones.
"""

import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from core.tabular import dates, missing_values

Singles = npt.NDArray[np.float32]
Values = Sequence[Any] | npt.NDArray[Any]
# A column is one of numbers when this share of what is present is: the rest is reported as unreadable.
NUMERIC_SHARE = 0.95
_TRIED = 20
# Which words that say true or false are 1 and 0: of a column that has no others, every one, or none.
Truths = Literal["alone", "each", "never"]
_LARGEST = np.finfo(np.float32).max


@dataclass(frozen=True, slots=True)
class Numbers:
    """Sorted present `values` (n,); `unreadable` values were no numbers, `example` is one of them with its row."""

    values: Singles
    missing: int = 0
    unreadable: int = 0
    example: str = ""

    @property
    def rows(self) -> int:
        """All rows, missing and unreadable ones too."""
        return len(self.values) + self.missing + self.unreadable

    def words(self) -> "Words":
        """The same as categories, each number in its shortest form."""
        found, counts = np.unique(self.values, return_counts=True)
        named = {f"{value:.7g}": int(n) for value, n in zip(found.tolist(), counts, strict=True)}
        return Words(named, self.missing + self.unreadable)


@dataclass(frozen=True, slots=True)
class Words:
    """How often each category occurs."""

    counts: dict[str, int] = field(default_factory=dict)
    missing: int = 0

    @property
    def rows(self) -> int:
        """All rows, missing ones too."""
        return sum(self.counts.values()) + self.missing


@dataclass(frozen=True, slots=True)
class Times:
    """A column of times, which always move on; `first` and `last` in ISO 8601, or of the file where they are not."""

    rows: int
    first: str
    last: str


Column = Numbers | Words | Times


def read(values: Values, share: float = NUMERIC_SHARE, truths: Truths = "alone") -> Column:
    """The column; of numbers when at least `share` of the present values can be read as such.

    Words that only say true and false are 1 and 0, as pandas (`True`), R (`TRUE`), PostgreSQL (`t`) and the model
    itself may each have written the same column. With `each`, for a column that was one of truths, they are also
    beside others, which are categories then: one odd word says nothing of the rest.
    """
    array = values if isinstance(values, np.ndarray) else None
    if array is not None and array.dtype.kind == "M":
        return _times(array)
    if array is not None and array.dtype.kind in "fiub":
        with np.errstate(over="ignore"):
            return _numbers(array.astype(np.float32))
    # Objects are read where they are; text of fixed width would be made anew one by one.
    listed: Any = values if array is None or array.dtype.kind == "O" else array.tolist()
    if len(listed) and isinstance(listed[0], str) and listed[0].strip() and _number(listed[0]) is None:
        return _mixed(listed, share, truths)
    try:
        with np.errstate(over="ignore"):
            return _numbers(np.asarray(listed, dtype=np.float64).astype(np.float32))
    except (ValueError, TypeError, OverflowError):
        return _mixed(listed, share, truths)


def categories(values: Values) -> Words:
    """The column as categories, whatever its values look like: whole numbers without a point, words as they are."""
    counted: Counter[Any] = Counter(values.tolist() if isinstance(values, np.ndarray) else values)
    named: Counter[str] = Counter()
    missing = 0
    for value, n in counted.items():
        if (text := category(value)) is None:
            missing += n
        else:
            named[text] += n
    return Words(dict(named), missing)


def category(value: Any) -> str | None:
    """One value as the category that it is, None where it is missing."""
    text = _text(value)
    small = text.lower()
    if small in missing_values.MISSING:
        return None
    return missing_values.pointless(text if small not in missing_values.SPELLED else small)


def _text(value: Any) -> str:
    """A value as text; accents that were typed as two characters are one, as everywhere."""
    return "" if value is None else unicodedata.normalize("NFC", str(value).strip())


def _numbers(singles: Singles, unreadable: int = 0, example: str = "") -> Numbers:
    """The numbers of an array that is ours: it is sorted where it is."""
    ordered = singles.ravel()
    ordered.sort()
    present = int(np.searchsorted(ordered, np.float32(np.nan)))  # NaN sorts to the end
    kept = ordered[:present]
    if present and not (np.isfinite(kept[0]) and np.isfinite(kept[-1])):
        kept = np.clip(kept, -_LARGEST, _LARGEST)
    return Numbers(kept, len(ordered) - present - unreadable, unreadable, example)


def _mixed(values: Sequence[Any], share: float, truths: Truths) -> Column:
    """Words, times, or numbers among which some are none."""
    try:
        counted: Counter[Any] = Counter(values)
    except TypeError:
        counted = Counter(map(str, values))
    words: dict[str, int] = {}
    numbers: dict[str, float] = {}
    missing = 0
    for value, n in counted.items():
        text = _text(value)
        if text.lower() in missing_values.MISSING:
            missing += n
            continue
        words[text] = words.get(text, 0) + n
        if (number := _number(text)) is not None:
            numbers[text] = number
    if truths == "alone" and missing_values.are_truths(words):
        numbers = {text: float(bool(missing_values.truth(text))) for text in words}
    said = {text: float(is_true) for text in words if (is_true := missing_values.truth(text)) is not None}
    if truths == "each" and said:
        numbers |= said
        if len(numbers) < len(words):
            return _categories(words, numbers, missing)
    present = len(values) - missing
    readable = sum(words[text] for text in numbers)
    if present and readable >= share * present:
        kept = np.repeat(list(numbers.values()), [words[text] for text in numbers])
        odd = next((text for text in words if text not in numbers), "")
        example = f"{odd[:40]!r} in row {_row(values, odd)}" if odd else ""
        nothing = np.full(len(values) - len(kept), np.nan)
        with np.errstate(over="ignore"):
            singles = np.concatenate([kept, nothing]).astype(np.float32)
        return _numbers(singles, present - readable, example)
    if words and all(_is_time(text) for text in list(words)[:_TRIED]):
        return Times(len(values), min(words), max(words))
    if dates.are_days(words):
        return Times(len(values), next(iter(words)), next(reversed(words)))
    return Words(words, missing)


def _categories(words: dict[str, int], numbers: dict[str, float], missing: int) -> Words:
    """Words, of which numbers and truths have the shortest form of their number."""
    named: Counter[str] = Counter()
    for text, n in words.items():
        named[f"{numbers[text]:.7g}" if text in numbers else text] += n
    return Words(dict(named), missing)


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _row(values: Sequence[Any], text: str) -> int:
    """The row of the first such value, counting from 1."""
    return next((row for row, value in enumerate(values, 1) if str(value).strip() == text), 0)


def _is_time(text: str) -> bool:
    if not (text[:4].isdigit() and "-" in text):
        return False
    try:
        datetime.fromisoformat(text.removesuffix(" UTC"))
    except ValueError:
        return False
    return True


def _times(array: npt.NDArray[Any]) -> Times | Words:
    present = array[~np.isnat(array)]
    if not len(present):
        return Words({}, len(array))
    return Times(len(array), str(present.min()), str(present.max()))
