"""The words of a category, whatever wrote them: one model meets its words in CSV, in Parquet and in JSON.

pandas writes a column of whole numbers with a gap as `12.0` and a truth as `True`, PostgreSQL a truth as `t`; JSON says
12 and true. An accented letter may be one character or two. They are the same word, unless a model tells them apart.
Pure.
"""

from collections.abc import Sequence
from math import nan

from core import nfc
from core.tabular.missing_values import MISSING, plain


class Codes:
    """The codes of a feature's words: `codes(word)` is `unseen` for a word that it has not, and NaN for what stands
    where there is none.
    """

    def __init__(self, categories: Sequence[str], unseen: float) -> None:
        named = {word: float(code) for code, word in enumerate(categories)}
        self._codes = {_one_form(word): code for word, code in named.items()} | named
        self._unseen = unseen

    def __call__(self, word: str) -> float:
        word = word.strip()
        code = self._codes.get(word)
        if code is None:
            code = self._codes.get(_one_form(word))
        if code is None:
            return nan if word.lower() in MISSING else self._unseen
        return code


def _one_form(word: str) -> str:
    return plain(nfc.text(word))


def spelled(value: float | str) -> str:
    """The word that a value of JSON writes."""
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(int(value)) if float(value).is_integer() else str(value)
