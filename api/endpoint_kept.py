"""What a process keeps of pieces of endpoints' ranges that it read before: a bounded number of rows, the oldest go.

Of a range, all pieces but the newest, to which rows are added all the time, are also kept together as one.
"""

from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from threading import Lock
from typing import Any

from api.endpoint_pieces import Piece, Version

MOST_ROWS = 40_000  # some 30 MB


class KeptPieces:
    """Rows of a piece, or of several together, by what they are, which pieces, and their versions."""

    def __init__(self, most: int = MOST_ROWS) -> None:
        self._most = most
        self._rows = 0
        self._kept: OrderedDict[Hashable, Sequence[Any]] = OrderedDict()
        self._lock = Lock()

    def gather(
        self,
        what: Hashable,
        versions: Mapping[Piece, Version],
        read: Callable[[list[Piece]], Iterable[Sequence[Any]]],
        merge: Callable[[list[Sequence[Any]]], Sequence[Any]],
    ) -> list[Sequence[Any]]:
        """The rows of the pieces: of all but the newest merged, and of the newest.

        `read` gives those of pieces that are not known, in their order.
        """
        keys = [(what, piece, version) for piece, version in versions.items()]
        whole = (what, *keys[:-1])
        old = self._get(whole)
        wanted = keys if old is None else keys[-1:]
        found = {key: rows for key in wanted if (rows := self._get(key)) is not None}
        if missing := [key for key in wanted if key not in found]:
            for key, rows in zip(missing, read([key[1] for key in missing]), strict=True):
                found[key] = rows
                self._keep(key, rows)
        if old is None:
            old = merge([found[key] for key in keys[:-1]])
            self._keep(whole, old)
        return [old, found[keys[-1]]]

    def _get(self, key: Hashable) -> Sequence[Any] | None:
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
            return self._kept.get(key)

    def _keep(self, key: Hashable, rows: Sequence[Any]) -> None:
        with self._lock:
            self._rows += len(rows) - len(self._kept.pop(key, ()))
            self._kept[key] = rows
            while self._rows > self._most or len(self._kept) > self._most // 40:
                _, gone = self._kept.popitem(last=False)
                self._rows -= len(gone)
