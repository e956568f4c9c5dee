"""The lines of a CSV text for `csv.reader`, one at a time and bounded: no record grows without end.

`io.StringIO` would hold the text four times over, and a header of a million commas is a list before anybody counts it.
Lines end as files end them (LF, CRLF, CR); other separators stay within values. Pure.
"""

import re
from collections.abc import Iterable, Iterator

from core.errors import BadInput

LONGEST = 1_000_000  # characters of one record; a hundred columns of a field's limit of csv are far below
_ENDS = re.compile(r"\r\n|\n|\r")


class Lines:
    """An iterator over the lines of a text, or over lines. Call `done` after each record; a longer one is BadInput."""

    def __init__(self, lines: str | Iterable[str], longest: int = LONGEST) -> None:
        self._lines = split(lines) if isinstance(lines, str) else iter(lines)
        self._longest = longest
        self._taken = self._row = 0

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = next(self._lines)
        self._row += 1
        self._taken += len(line)
        if self._taken > self._longest:
            raise BadInput(f"row {self._row}", f"is longer than {self._longest:,} characters, the limit of a row")
        return line

    def done(self) -> None:
        """A record is whole; the next may be as long again."""
        self._taken = 0


def split(text: str) -> Iterator[str]:
    """The lines of a text with their ends, each cut out when it is asked for."""
    begun = 0
    for end in _ENDS.finditer(text):
        yield text[begun : end.end()]
        begun = end.end()
    if begun < len(text):
        yield text[begun:]
