"""Sources, counts, states and episodes in PostgreSQL. Every function raises DatabaseUnavailable.

`scoring` and `sales` are our own sources, read from the roll-ups: what was decided, and what was sold or transferred.
"""

from collections import defaultdict
from collections.abc import Collection
from typing import Any, NamedTuple

import msgspec

from core import codec
from core.db.engine import Connection
from core.db.queries import query
from core.statuses.episode import MINUTE, Evidence, Stored, Totals
from core.statuses.feed import NOTHING, Counts

DUTY = "statuses"  # the lease of who judges
OWN = {"scoring": ("decisions", ("approved", "review", "blocked")), "sales": ("sales", ("purchase", "transfer"))}


class Known(NamedTuple):
    """A row of `status_sources`; minutes of the epoch, `received_at` epoch seconds."""

    source: str
    first: int
    newest: int
    received_at: float
    judged: int | None = None
    late: int = 0
    problem: str = ""
    tests: int = 0


def sources(connection: Connection) -> dict[str, Known]:
    """What is known of every source."""
    return {row[0]: Known(*row) for row in connection.execute(query("status_feed.sources"))}


def is_judging(connection: Connection) -> bool:
    """Whether a process judges."""
    return bool(connection.execute(query("status_feed.is_judging"), {"duty": DUTY}).scalar())


def put_source(connection: Connection, known: Known) -> None:
    """Write what is known of a source."""
    connection.execute(query("status_feed.put_source"), known._asdict())


def counts(connection: Connection, source: str, first: int, after: int) -> dict[int, Counts]:
    """The counts of minutes [first, after) that have any."""
    bounds = {"start": first * MINUTE, "end": after * MINUTE}
    if own := OWN.get(source):
        found = connection.execute(query(f"status_feed.{own[0]}"), bounds)
        return {row[0]: Counts(dict(zip(own[1], map(float, row[1:]), strict=True)), None) for row in found}
    read: list[dict[int, dict[str, float]]] = [defaultdict(dict), defaultdict(dict)]
    for name, into in zip(("statuses", "codes"), read, strict=True):
        for minute, word, count in connection.execute(query(f"status_feed.{name}"), {"source": source, **bounds}):
            into[minute][word] = count
    return {minute: Counts(read[0].get(minute), read[1].get(minute)) for minute in {*read[0], *read[1]}}


def totals(given: dict[int, Counts], minutes: Collection[int]) -> Totals:
    """The sums of some minutes; pure."""
    sums: tuple[dict[str, float], dict[str, float]] = defaultdict(float), defaultdict(float)
    for minute in minutes:
        for one, of in zip(given.get(minute, NOTHING), sums, strict=True):
            for name, count in (one or {}).items():
                of[name] += count
    return Totals(len(minutes), dict(sums[0]), dict(sums[1]))


def newest_state(connection: Connection, source: str) -> tuple[int, bytes] | None:
    """The newest minute that was judged, and the state after it."""
    row = connection.execute(query("status_feed.newest_state"), {"source": source}).first()
    return None if row is None else (int(row[0]), bytes(row[1]))


def put_episode(connection: Connection, one: Stored, now: float) -> None:
    """Write an episode; what people said of it stays."""
    values: dict[str, Any] = {name: getattr(one, name) for name in one.__struct_fields__}
    connection.execute(
        query("status_feed.put_episode"), {**values, "evidence": codec.encode(one.evidence).decode(), "now": now}
    )


def episodes_between(connection: Connection, first: int, after: int, source: str = "", most: int = 200) -> list[Stored]:
    """Episodes of a stretch of minutes, the newest first."""
    values = {"source": source, "start": first, "end": after, "most": most}
    return [stored(row) for row in connection.execute(query("status_feed.episodes_between"), values)]


def episodes_since(connection: Connection, source: str, first: int, most: int = 200) -> list[Stored]:
    """Episodes of a source that go on or went on at minute `first` or after it, the oldest first."""
    values = {"source": source, "first": first, "most": most}
    return [stored(row) for row in connection.execute(query("status_feed.episodes_since"), values)]


def open_episodes(connection: Connection, since: float) -> list[Stored]:
    """Episodes that are open, or changed since an epoch second."""
    return [stored(row) for row in connection.execute(query("status_feed.open_episodes"), {"since": since})]


def episode(connection: Connection, name: str) -> Stored | None:
    """One episode."""
    row = connection.execute(query("status_feed.episode"), {"id": name}).first()
    return None if row is None else stored(row)


def judge_episode(connection: Connection, name: str, judgement: str, by: str, now: float) -> bool:
    """Note what a person says of an episode; whether there is one."""
    values = {"id": name, "judgement": judgement, "by": by, "now": now}
    return connection.execute(query("status_feed.judge_episode"), values).first() is not None


def stored(row: Any) -> Stored:
    """A row of `episode` and its like; pure."""
    values = list(row)
    values[8] = msgspec.convert(values[8], Evidence)
    return Stored(*values)
