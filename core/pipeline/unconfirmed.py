"""What one process put in a shard of the stream and no collector has stored yet."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from core.pipeline.stream_replies import Id

EARLY = 10_000


class Kept(NamedTuple):
    """An entry and its name (`core.pipeline.accepted`)."""

    payload: bytes
    name: bytes


@dataclass(slots=True)
class Unconfirmed:
    """The entries by id, within bounds, and the life of the shard's Redis in which they were put there."""

    number: int
    entries: dict[Id, Kept] = field(default_factory=dict)
    early: set[tuple[Id, bytes]] = field(default_factory=set)  # stored before this process had noted them
    size: int = 0
    life: bytes | None = None

    def keep(self, entry: Id, kept: Kept, most: int) -> None:
        """Note an entry, and drop the oldest over `most` bytes.

        Redis gives an id twice when the stream was deleted in that millisecond. What becomes of that id says nothing of
        either entry then: both are noted before all of that millisecond, so the next look finds them gone and asks.
        """
        if (entry, kept.name) in self.early:
            self.early.discard((entry, kept.name))
            return
        if (entry, b"") in self.early:
            self.early.discard((entry, b""))
            entry = self._before(entry)
        if other := self.entries.get(entry):
            self.forget(entry, other)
            self._note(self._before(entry), other)
            entry = self._before(entry)
        self._note(entry, kept)
        while self.size > most:
            self.forget(*next(iter(self.entries.items())))

    def confirm(self, stored: Sequence[tuple[Id, bytes]]) -> None:
        """Forget what a collector stored. Older ones tell no names: what is known by its id alone is asked for."""
        self.early.clear()
        for entry, name in stored:
            kept = self.entries.get(entry)
            if kept and name in (kept.name, b""):
                self.forget(entry, kept)
                if not name:
                    self._note(self._before(entry), kept)
            elif len(self.early) < EARLY:
                self.early.add((entry, name))

    def forget(self, entry: Id, kept: Kept) -> None:
        """Drop this entry, and no other that has its id by now."""
        if self.entries.get(entry) is kept:
            del self.entries[entry]
            self.size -= len(kept.payload)

    def _note(self, entry: Id, kept: Kept) -> None:
        self.entries[entry] = kept
        self.size += len(kept.payload)

    def _before(self, entry: Id) -> Id:
        """An id of that millisecond that Redis never gives, and nobody has here."""
        return entry[0], next(number for number in itertools.count(-1, -1) if (entry[0], number) not in self.entries)
