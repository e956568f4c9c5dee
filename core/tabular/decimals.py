"""What commas in numbers mean: 1,5 as Excel, R and pandas of half the world write it, 1,234.50 as the other half does.

The column tells: a comma that cannot part thousands marks decimals, and one beside a decimal point parts thousands.
What may be either (1,234 and nothing else) or is both stays, and is an error by name later; without this such a column
would be one of words, each of which is learnt by itself. And seats (12,14 and 1,2 and 1,20) are words. Pure.
"""

import re
from collections.abc import Iterable, Sequence
from typing import Literal, NamedTuple

from core.tabular import missing_values

_COMMA = re.compile(r"[+-]?(?:[1-9]\d{0,2}(?:\.\d{3})+|\d+)?,(\d+)(?:[eE][+-]?\d+)?$")  # 1,5 and 1.234,5
_WHOLE = re.compile(r"[+-]?\d+$")
_GROUPED = re.compile(r"[+-]?[1-9]\d{0,2}(?:\.\d{3})+$")  # 1.234, or a number with three decimals
_POINT = re.compile(r"[+-]?(?:\d+\.\d*|\.\d+)(?:[eE][+-]?\d+)?$")
_NOUGHT = re.compile(r"[+-]?0*\.0*$")  # a default that some program wrote: it means the same either way
_PAIR = re.compile(r"\d{1,2},\d{1,2}$")  # two small whole numbers, such as row and seat
_CENTS = re.compile(r"[+-]?(?:\d{1,3}(?:\.\d{3})+|\d+),\d{2}$")
_THOUSANDS = re.compile(r"[+-]?[1-9]\d{0,2}(?:,\d{3})+(?:\.\d+)?$")


class Commas(NamedTuple):
    """What the commas of a column's numbers are; `example` is the first of these, `other` one that does not fit to it.

    `unclear`: they may be either, or are both; `words`: these are no numbers; `none`: there are no such values.
    """

    are: Literal["decimals", "thousands", "unclear", "words", "none"]
    example: str = ""
    other: str = ""


def is_marked(text: str) -> bool:
    """Whether a text is a number but for its commas, whatever they mean."""
    return "," in text and bool(_COMMA.match(text) or _THOUSANDS.match(text))


def may_be_either(text: str) -> bool:
    """Whether one comma may mark decimals or part thousands."""
    return bool(_COMMA.match(text) and _THOUSANDS.match(text))


def commas(words: Iterable[str]) -> Commas:
    """What the commas of a column's different words mean."""
    words = list(words)
    marked = [word for word in words if is_marked(word)]
    if not marked:
        return Commas("none")
    first = marked[0]
    decimal = next((word for word in marked if not _THOUSANDS.match(word)), "")
    thousands = next((word for word in marked if not _COMMA.match(word)), "")
    thousands = thousands or next((word for word in words if _tells_point(word)), "")
    if bool(decimal) is bool(thousands):
        return Commas("unclear", first, thousands if thousands != first else decimal)
    if thousands:
        return Commas("thousands", first)
    odd = _uneven(marked, pairs=all(map(_PAIR.match, words)))
    return Commas("words", *odd) if odd else Commas("decimals", first)


def pointed(values: Sequence[str], delimiter: str) -> Sequence[str]:
    """The column with points for its decimal commas and without its marks of thousands; as it is when half of it is not
    written so, or it may mean either. `delimiter` is the file's: where it is a comma, commas in values often part items
    of a list, and are marks only where they cannot: 1,234.50, or money with two decimals throughout, some of it even.
    """
    if not any("," in value for value in values):
        return values
    present = [word for value in values if not missing_values.is_missing(word := value.strip())]
    are = commas(dict.fromkeys(present)).are
    if are not in ("decimals", "thousands") or (delimiter == "," and not _is_money(present, are)):
        return values
    number = _COMMA if are == "decimals" else _THOUSANDS
    # Beside decimal commas a point parts thousands, and beside parted thousands it is one already.
    bare = _GROUPED if are == "decimals" else _POINT
    if 2 * sum(bool(number.match(w) or _WHOLE.match(w) or bare.match(w)) for w in present) < len(present):
        return values
    if are == "thousands":
        return [value.strip().replace(",", "") if _THOUSANDS.match(value.strip()) else value for value in values]
    return [_point(value) for value in values]


def _is_money(present: Sequence[str], are: str) -> bool:
    """Whether the commas of a column are no marks between the items of a list."""
    marked = [word for word in present if is_marked(word)]
    if are == "thousands":
        return any(map(_tells_point, present)) or any("." in word for word in marked)
    return all(map(_CENTS.match, marked)) and any("." in word or word[-2] == "0" for word in marked)


def _tells_point(word: str) -> bool:
    """Whether a point marks decimals in it for sure."""
    return bool(_POINT.match(word)) and not _GROUPED.match(word) and not _NOUGHT.match(word)


def _uneven(marked: Sequence[str], pairs: bool) -> tuple[str, str] | None:
    """Two words that would become one number though they are none: 1,5 and 01,5; in a column of nothing but `pairs` of
    small numbers also 1,2 and 1,20. Elsewhere 1,2 and 1,20 are one amount, formatted in two ways.
    """
    if any("." in word for word in marked):
        return None  # with marks of thousands they are a person's numbers
    seen: dict[str, str] = {}
    for word in marked:
        if not (found := _COMMA.match(word)):
            continue
        whole = word[: word.index(",")].lstrip("+")
        if not whole.lstrip("-") or whole.lstrip("-") == "0":
            continue
        sign = "-" if whole.startswith("-") else ""
        digits = found[1].rstrip("0") if pairs else found[1]
        before = seen.setdefault(f"{sign}{whole.lstrip('-').lstrip('0')},{digits}", word)
        if before.lstrip("+") != word.lstrip("+"):
            return before, word
    return None


def _point(value: str) -> str:
    word = value.strip()
    return word.replace(".", "").replace(",", ".") if _COMMA.match(word) or _GROUPED.match(word) else value
