"""What a row of a file of labels names: a transaction, no total, no number that a spreadsheet cut short. Pure."""

import re

from core.errors import BadInput
from core.tabular import missing_values

_TOTALS = re.compile(
    r"(?:grand |sub[- ]?)?(?:totals?|sum|summe|gesamt(?:summe)?|insgesamt|count|anzahl|somme|suma|итого)"
    r"(?:\s*[:(=].*|\s+.*)?$",
    re.IGNORECASE,
)
_SHORTENED = re.compile(r"\d(?:[.,]\d+)?[eE]\+\d{1,3}$")


def check_id(text: str, column: str) -> None:
    """Raises BadInput, naming the column, for what is no id of a transaction."""
    if missing_values.is_missing(text):
        raise BadInput(column, "is empty")
    if _SHORTENED.match(text):
        reason = "was shortened by a spreadsheet, and its digits are lost; export the column as text"
        raise BadInput(column, f"{text[:40]!r} {reason}")
    if _TOTALS.match(text):
        raise BadInput(column, f"{text[:40]!r} is a row of totals, not a transaction; remove it")
