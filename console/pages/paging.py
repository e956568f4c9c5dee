"""A long list on pages of its own: fifty rows at a time, worst or newest first, and links to the rest."""

from collections.abc import Sequence
from typing import Generic, NamedTuple, TypeVar

T = TypeVar("T")
ROWS = 50


class Page(NamedTuple, Generic[T]):
    """The rows of page `number` of `pages`, `first` to `last` of `total`, all counted from 1."""

    rows: Sequence[T]
    number: int
    pages: int
    first: int
    last: int
    total: int


def page_of(rows: Sequence[T], wanted: str, size: int = ROWS) -> Page[T]:
    """The page that an address asks for, the nearest one there is; pure."""
    pages = max(1, -(-len(rows) // size))
    number = min(pages, max(1, int(wanted))) if wanted.isascii() and wanted.isdecimal() and len(wanted) < 9 else 1
    start = (number - 1) * size
    shown = rows[start : start + size]
    return Page(shown, number, pages, start + bool(shown), start + len(shown), len(rows))


def titles(names: Sequence[str], most: int = 3) -> str:
    """A few names and how many more there are, for what is read aloud; pure."""
    rest = len(names) - most
    return ", ".join(names[:most]) + (f" and {rest} more" if rest > 0 else "")
