"""Decimal commas: where Excel, R and pandas of half the world write 1,5 (and part values by `;` or tabs) it is 1.5.

Without this such a column would be one of words, each of which is learnt by itself. A mark of thousands goes only
where a comma shows which mark is which; what may be either (`1,234` between tabs) stays, and is an error later. Pure.
"""

import re
from collections.abc import Sequence

from core.cells import MISSING

_COMMA = re.compile(r"[+-]?(?:\d{1,3}(?:\.\d{3})+|\d+)?,\d+(?:[eE][+-]?\d+)?$")  # 1,5 and 1.234,5
_WHOLE = re.compile(r"[+-]?\d+$")
_GROUPED = re.compile(r"[+-]?\d{1,3}(?:\.\d{3})+$")
_THOUSANDS = re.compile(r"[+-]?\d{1,3}(?:,\d{3})+(?:\.\d+)?$")


def is_marked(text: str) -> bool:
    """Whether a text is a number but for its commas, whatever they mean."""
    return "," in text and bool(_COMMA.match(text) or _THOUSANDS.match(text))


def pointed(values: Sequence[str], delimiter: str) -> Sequence[str]:
    """The column with points for its decimal commas; as it is when half of it is not written so, or it may mean
    thousands. `delimiter` is the file's: a comma there is no sign of a decimal comma here.
    """
    if delimiter == "," or not any("," in value for value in values):
        return values
    present = [word for value in values if (word := value.strip()).lower() not in MISSING]
    commas = [word for word in present if _COMMA.match(word)]
    grouped = any("." in word for word in commas)
    whole = _GROUPED if grouped else _WHOLE
    right = len(commas) + sum(bool(_WHOLE.match(word) or whole.match(word)) for word in present)
    plainly = delimiter == ";" or any(not _THOUSANDS.match(word) for word in commas)
    if not commas or 2 * right < len(present) or not plainly or any(map(_otherwise, present)):
        return values
    return [_point(value, grouped) for value in values]


def _otherwise(word: str) -> bool:
    """Whether a word shows that commas part thousands here: 1,234.5 or 1,234,567."""
    return bool(_THOUSANDS.match(word)) and ("." in word or word.count(",") > 1)


def _point(value: str, grouped: bool) -> str:
    word = value.strip()
    if _COMMA.match(word) or (grouped and _GROUPED.match(word)):
        return word.replace(".", "").replace(",", ".")
    return value
