"""What a sender says of a minute of transaction statuses, as the values that are stored. Pure.

A series is source, status, authorisation code and dimensions. Words are compared without outer blanks, statuses and
sources without case; a code is text, so that "00" stays what it is.
"""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, NamedTuple

from core import codec
from core.errors import BadInput
from core.events import senders

SOURCE = "default"
SCORING, SALES = "scoring", "sales"  # our own: predictions by decision, transactions by type
MOST_COUNT = 10**12
MOST_DIMENSIONS, LONGEST_NAME, LONGEST = 6, 40, 100
_WHOLE = re.compile(r"([0-9]{1,13})(?:\.0{1,9})?")
_OWN = {"gatehouse", SCORING, SALES}
_WORDS = 8192  # that are remembered


class Series(NamedTuple):
    """What is counted: at least one of status and code is not empty; dimensions are a JSON object as text, or ""."""

    source: str
    status: str
    auth_code: str
    dimensions: str


def series(source: Any, status: Any, auth_code: Any, dimensions: Mapping[str, Any]) -> Series:
    """The series that these values name; None is what was not given. Raises BadInput naming the field."""
    return named(source, status, auth_code, dimensions_text(dimensions) if dimensions else "")


def named(source: Any, status: Any, auth_code: Any, dimensions: str) -> Series:
    """The same with dimensions as `dimensions_text` gives them."""
    try:
        found = Series(_source(source), _status(status), code(auth_code), dimensions)
    except TypeError:  # a list or an object, which no cache takes
        wrong = next(
            name
            for name, v in (("source", source), ("status", status), ("auth_code", auth_code))
            if isinstance(v, (list, dict))
        )
        raise BadInput(f"$.{wrong}", "expected text") from None
    if not found.status and not found.auth_code:
        raise BadInput("$.status", "is required where there is no auth_code")
    return found


@lru_cache(_WORDS, typed=True)
def code(value: Any) -> str:
    """A code as text, "" for none; a whole number from 0 to 99 is taken as two digits. Raises BadInput."""
    if value is None or value == "":
        return ""
    if type(value) is int and 0 <= value < 100:
        return f"{value:02}"
    if not isinstance(value, str):
        raise BadInput("$.auth_code", 'expected text such as "00", or a whole number from 0 to 99')
    return _word(value, "$.auth_code")


def count(value: Any) -> int:
    """How many transactions: a whole number from 0 to 10**12, also as 5.0 or "5". Raises BadInput."""
    if value is None:
        raise BadInput("$.count", "is required")
    if isinstance(value, str):
        found = _WHOLE.fullmatch(value.strip())
        value = int(found[1]) if found else value[:40]
    elif isinstance(value, float) and value.is_integer():
        value = int(value)
    if type(value) is not int:
        said = codec.encode(value).decode() if isinstance(value, (str, float, bool)) else "another type"
        raise BadInput("$.count", f"expected a whole number, not {said}")
    if not 0 <= value <= MOST_COUNT:
        raise BadInput("$.count", f"{'negative' if value < 0 else 'too large'}: expected 0 to {MOST_COUNT:,}")
    return value


def adds(value: Any) -> bool:
    """Whether a count is added to what is stored. Raises BadInput."""
    if value is None or isinstance(value, bool):
        return bool(value)
    raise BadInput("$.add", "expected true or false")


@lru_cache(_WORDS)
def _source(value: Any) -> str:
    if value is None:
        return SOURCE
    found = _word(value, "$.source").lower()
    if found in _OWN or senders.is_reserved(found):
        raise BadInput("$.source", f"{found[:40]!r} is reserved; choose another name")
    return found


@lru_cache(_WORDS)
def _status(value: Any) -> str:
    return "" if value is None else _word(_word(value, "$.status").lower(), "$.status")


def dimensions_text(given: Mapping[str, Any]) -> str:
    """Names and texts as a JSON object in the order of its names, without those that are empty. Raises BadInput."""
    kept = sorted([pair for pair in given.items() if pair[1] is not None and pair[1] != ""])
    if len(kept) > MOST_DIMENSIONS:
        raise BadInput("$.dimensions", f"{len(kept)} dimensions; at most {MOST_DIMENSIONS} are accepted")
    try:
        return "{" + ",".join([_pair(name, value) for name, value in kept]) + "}" if kept else ""
    except TypeError:  # a list or an object, which no cache takes
        raise BadInput("$.dimensions", "expected an object with text values") from None


@lru_cache(_WORDS)
def _pair(name: str, value: Any) -> str:
    if not name.isprintable() or not 0 < len(name) <= LONGEST_NAME:
        raise BadInput("$.dimensions", f"a name is not 1 to {LONGEST_NAME} printable characters: {name[:40]!r}")
    return codec.encode({name: _word(value, f"$.dimensions.{name}")}).decode()[1:-1]


def _word(value: Any, field: str) -> str:
    if not isinstance(value, str):
        raise BadInput(field, "expected text")
    word = value.strip() if len(value) <= 2 * LONGEST else ""
    if not 0 < len(word) <= LONGEST or not word.isprintable():
        raise BadInput(field, f"expected 1 to {LONGEST} printable characters")
    return word
