"""What the cells of other people's files mean: nothing, a truth, a label, a number. One home, whoever reads them. Pure.

pandas writes True, R TRUE, PostgreSQL t, JSON true and many a report 1.0; missing values have as many names. A letter
alone may be something else (F and M), so truths are told by a whole column, never by one cell.
"""

import re
from collections.abc import Iterable

from core import nfc

# What tools write where there is no value, in small letters: R, pandas, PostgreSQL's COPY, spreadsheets, UCI's files.
MISSING = frozenset(
    {"", "-", "?", ".", "na", "n/a", "#n/a", "<na>", "nan", "nat", "null", "(null)", "[null]", "none", r"\n"}
)
# Truths that are spelled out say so by themselves; letters only beside nothing but truths.
SPELLED = {"true": True, "false": False}
TRUTHS = {**SPELLED, "t": True, "f": False}
# What a column of labels says by itself: fraud or legitimate. Letters of a file of labels are
# `core/transactions/label_file.py`'s.
LABELS = {
    **dict.fromkeys(("1", "true", "t", "yes", "y", "fraud", "chargeback"), True),
    **dict.fromkeys(("0", "false", "f", "no", "n", "legit", "legitimate", "genuine"), False),
}
# What a column of labels says of a transaction that nobody has judged yet: no more than an empty cell.
_UNDECIDED = (
    "unknown, not known, unlabelled, unlabeled, no label, not labelled, not labeled, pending, open, undecided, "
    "undetermined, unresolved, unverified, unconfirmed, unclassified, unsure, uncertain, not sure, inconclusive, "
    "in review, under review, not reviewed, unreviewed, to review, tbd, tba, in progress, under investigation, "
    "awaiting review, not available, unavailable, missing, to do, unbekannt, offen, inconnu, desconocido, pendiente"
)
UNDECIDED = frozenset(_UNDECIDED.split(", "))
_MARKS = re.compile(r"[?.\-–—_/ ]+$")
_POINTLESS = re.compile(r"([+-]?\d+)\.0+$")


def is_missing(text: str) -> bool:
    """Whether a cell stands for no value."""
    return text.strip().lower() in MISSING


def is_number(text: str) -> bool:
    """Whether a text is a decimal number."""
    try:
        float(text)
    except ValueError:
        return False
    return "_" not in text


def is_undecided(text: str) -> bool:
    """Whether a label's cell says that nothing is known: an empty one, `?`, `unknown`, `pending`, `in_review`."""
    word = text.strip().lower()
    return word in MISSING or bool(_MARKS.match(word)) or " ".join(re.split(r"[\s_-]+", word)) in UNDECIDED


def truth(word: str) -> bool | None:
    """What a word says in a column of truths; None where it is none."""
    return TRUTHS.get(word.strip().lower())


def are_truths(words: Iterable[str]) -> bool:
    """Whether a column's words, missing ones aside, are truths throughout; False where there are none."""
    present = {word.strip().lower() for word in words} - MISSING
    return bool(present) and present <= TRUTHS.keys()


def pointless(word: str) -> str:
    """A whole number without a point, as `12` for `12.0`; any other word as it is."""
    found = _POINTLESS.match(word)
    return found[1] if found else word


def plain(word: str) -> str:
    """The plainest spelling of a category's word: whole numbers without a point, truths as JSON writes them."""
    found = _POINTLESS.match(word)
    if found:
        return found[1]
    # Small, large, or with a capital, as tools write it; `tRUE` is somebody's own word.
    said = TRUTHS.get(word.lower()) if word in (word.lower(), word.upper(), word.capitalize()) else None
    return word if said is None else ("false", "true")[said]


def label_word(text: str) -> str:
    """A label in its plainest spelling, by which two are the same: small letters, whole numbers without a point."""
    return pointless(nfc.text(text.strip().lower())).removeprefix("+")


def label(text: str) -> bool | None:
    """Whether a label says fraud (True) or legitimate (False); None where it says neither by itself."""
    return LABELS.get(label_word(text))
