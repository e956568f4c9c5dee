"""The pieces in which a range of endpoints is read and kept: what is known of a piece is good as long as its version.

A piece lies within a day (rows of hours), an hour that is summed up, or ten minutes of one that is not. Its version is
how many rows and hits it has; where a sum of it is right, the sum is asked, which is fewer rows. Whatever is added
makes either more.
"""

from collections.abc import Iterator, Sequence, Set
from typing import NamedTuple

from api.endpoint_spans import DAY, HOUR, MINUTE, Span
from core.db.engine import Connection
from core.db.queries import query

BLOCK = 10  # minutes
OPEN = 3  # the newest minutes, to which rows are added all the time, are a piece of their own
Version = tuple[int, int]


class Piece(NamedTuple):
    """Minutes of the epoch [first, after), the width of its rows, and of which rows the version is: minutes [start,
    end) of `by`."""

    width: int
    first: int
    after: int
    by: int
    start: int
    end: int


def cut(spans: Sequence[Span], hours: Set[int], days: Set[int], newest: int) -> list[Piece]:
    """The pieces of spans. `hours` and `days` (their first minutes) are those whose sums are not right; `newest` is
    the end of what is read now.
    """
    wrong_days = days | {hour // DAY * DAY for hour in hours}
    return [piece for span in spans for piece in _cut(span, hours, wrong_days, newest)]


def _cut(span: Span, hours: Set[int], days: Set[int], newest: int) -> Iterator[Piece]:
    if span.width == DAY:
        yield Piece(*span, DAY, span.first, span.after)
        return
    parent, wrong = (DAY, days) if span.width == HOUR else (HOUR, hours)
    at = span.first
    while at < span.after:
        whole = at // parent * parent
        after = min(span.after, whole + parent)
        if whole not in wrong:
            yield Piece(span.width, at, after, parent, whole, whole + parent)
        elif span.width == HOUR:
            yield Piece(span.width, at, after, HOUR, at, after)
        else:
            after = min(after, at // BLOCK * BLOCK + BLOCK)
            if at < newest - OPEN < after:
                after = newest - OPEN
            yield Piece(MINUTE, at, after, MINUTE, at, after)
        at = after


def versions(connection: Connection, pieces: Sequence[Piece]) -> dict[Piece, Version]:
    """The version of each."""
    asked = sorted({(piece.by, piece.start, piece.end) for piece in pieces})
    wanted = {
        "widths": [by for by, _, _ in asked], "starts": [60 * start for _, start, _ in asked],
        "ends": [60 * end for _, _, end in asked],
    }  # fmt: skip
    found = {
        asked[place - 1]: (int(rows), int(hits or 0))
        for place, rows, hits in connection.execute(query("endpoints.versions"), wanted)
    }
    return {piece: found.get((piece.by, piece.start, piece.end), (0, 0)) for piece in pieces}
