"""Pieces that were read are not read again until their version is another; a bounded number of rows is kept."""

from collections.abc import Sequence
from typing import Any

from api.endpoint_kept import KeptPieces
from api.endpoint_pieces import Piece, Version

PIECES = [Piece(1, at, at + 10, 1, at, at + 10) for at in range(0, 50, 10)]


class Reader:
    """Gives rows that name their piece, and notes what was read."""

    def __init__(self, kept: KeptPieces, rows: int = 1) -> None:
        self.kept, self.rows, self.read = kept, rows, list[int]()

    def __call__(self, versions: dict[Piece, Version], what: str = "x") -> list[int]:
        """All rows of the pieces."""

        def read(pieces: list[Piece]) -> list[list[int]]:
            self.read += [piece.first for piece in pieces]
            return [[piece.first] * self.rows for piece in pieces]

        def merge(parts: list[Sequence[Any]]) -> list[int]:
            return [row for part in parts for row in part]

        return [row for part in self.kept.gather(what, versions, read, merge) for row in part]


def test_only_what_changed_is_read_again() -> None:
    reader = Reader(KeptPieces())
    known = dict.fromkeys(PIECES, (1, 1))
    assert reader(known) == [0, 10, 20, 30, 40]
    assert reader(known) == [0, 10, 20, 30, 40]
    assert reader.read == [0, 10, 20, 30, 40]
    assert reader(known | {PIECES[1]: (1, 2), PIECES[4]: (2, 2)}) == [0, 10, 20, 30, 40]
    assert reader.read[5:] == [10, 40]
    assert reader(dict.fromkeys(PIECES[2:], (1, 1))) == [20, 30, 40]
    assert reader.read[7:] == []
    reader(known, "y")
    assert reader.read[7:] == [0, 10, 20, 30, 40], "another filter"
    assert reader({PIECES[0]: (1, 1)}) == [0]


def test_a_bounded_number_of_rows_is_kept_and_the_oldest_go() -> None:
    kept = KeptPieces(most=100)
    reader = Reader(kept, rows=20)
    for at in range(1000):
        assert reader({PIECES[0]: (at, at), PIECES[1]: (at, at)}) == [0] * 20 + [10] * 20
        assert sum(len(rows) for rows in kept._kept.values()) == kept._rows <= 100
    large = Reader(KeptPieces(most=100), rows=500)
    assert len(large({PIECES[0]: (1, 1), PIECES[1]: (1, 1)})) == 1000, "what is too large is read and not kept"
