"""What is said of rows of statuses as they come in, and of series: judged against what was learnt of their source."""

from collections.abc import Sequence
from typing import Any, Literal

from msgspec import Struct

from api.status_rows import MINUTE, StatusRow
from core.clock import iso
from core.db.queries import query
from core.errors import Unreachable
from core.stores import Stores


class Range(Struct, frozen=True):
    """Counts a minute that are usual."""

    low: float
    high: float


class EpisodeOfRow(Struct, frozen=True):
    """The episode that a row's minute lies in; `ended` is null while it is open. One that `pages` is told to people."""

    id: str
    onset: str
    ended: str | None
    pages: bool
    headline: str


class Advice(Struct, frozen=True):
    """What is said of a row: evidence of its series and the line from which it alarms, in nats; null: not judged."""

    recommendation: Literal["ok", "alert"] = "ok"
    expected: Range | None = None
    evidence: float | None = None
    line: float | None = None
    episode: EpisodeOfRow | None = None


class Threshold(Struct, frozen=True):
    """What is expected of a series in the next minute, and the line in nats from which it alarms."""

    expected: Range
    line: float


NOTHING = Advice()


class StatusAdvice:
    """Advises on rows and series from what is stored."""

    def __init__(self, stores: Stores) -> None:
        self._stores = stores

    def advise(self, rows: Sequence[StatusRow]) -> list[Advice]:
        """What is said of each row; nothing while PostgreSQL is away."""
        minutes = [row.minute for row in rows]
        sources = sorted({row.source for row in rows})
        try:
            with self._stores.database.transaction() as connection:
                given = {"sources": sources, "first": min(minutes), "last": max(minutes)}
                found = connection.execute(query("status_reads.covering"), given).all()
        except Unreachable:
            found = []
        if not found:
            return [NOTHING] * len(rows)
        known = [(one, _advice(one)) for one in found]
        return [
            next((advice for one, advice in known if one.source == row.source and _covers(one, row.minute)), NOTHING)
            for row in rows
        ]

    def thresholds(self, source: str) -> dict[tuple[str, str], Threshold]:
        """What is expected of each series of a source, by kind (status, code, volume) and name."""
        return {}


def _covers(one: Any, minute: int) -> bool:
    return one.onset <= minute and (one.ended is None or minute <= one.ended)


def _advice(one: Any) -> Advice:
    ended = None if one.ended is None else iso(one.ended * MINUTE)
    episode = EpisodeOfRow(one.id, iso(one.onset * MINUTE), ended, one.pages, one.headline or "")
    return Advice("alert" if one.pages else "ok", episode=episode)
