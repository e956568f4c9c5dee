"""What the detector expected and saw of each series, minute by minute: played again from a kept state. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np

from core.statuses.detector import alarm, composition, volume
from core.statuses.detector.arrays import Array
from core.statuses.detector.detector import Evidence
from core.statuses.detector.line import line
from core.statuses.detector.params import Params
from core.statuses.feed import KINDS, NOTHING, TOTAL, Counts, Feed, advance

_NEW = 2  # the first columns of shares: a status and a code that nobody names


@dataclass(slots=True)
class Track:
    """The minutes from `first` to `feed.at`: counts, and for shares and volumes what was expected and the evidence.

    A series that was named later has no column in the minutes before. One that fires has the line as its evidence.
    """

    feed: Feed
    first: int
    counts: list[Counts] = field(default_factory=list)
    shares: list[tuple[Array, Array]] = field(default_factory=list)
    volumes: list[tuple[Array, Array]] = field(default_factory=list)

    def series(self) -> list[tuple[str, str]]:
        """Kind and name of every series: volumes, then statuses, then codes as they were named."""
        watched = [("volume", self.feed.watched)] if self.feed.watched else []
        return [("volume", ""), *watched, *((KINDS[kind], name) for kind, name in self.feed.names)]

    def values(self, kind: str, name: str, first: int, after: int) -> tuple[list[float | None], ...] | None:
        """Counts, expected and evidence of a series in minutes [first, after), as far as they are known."""
        column = self._column(kind, name)
        if column is None:
            return None
        places = range(max(0, first - self.first), min(len(self.counts), after - self.first))
        kept = self.volumes if kind == "volume" else self.shares
        read = [
            [None if column >= len(kept[at][part]) else round(float(kept[at][part][column]), 3) for at in places]
            for part in (0, 1)
        ]
        return [counted(self.counts[at], kind, name) for at in places], read[0], read[1]

    def firing(self, kind: str, name: str) -> tuple[bool, int]:
        """Whether a series fires now, and where a volume that fires points (1 up, -1 down)."""
        column, state = self._column(kind, name), self.feed.state
        if column is None:
            return False, 0
        if kind == "volume":
            rows = state.volume.rows
            fires = bool(rows[volume.ALARM][alarm.FIRED][column] > 0)
            return fires, int(rows[volume.DIRECTION][column]) if fires else -1
        return bool(state.composition[composition.ALARM][alarm.FIRED][column] > 0), 1

    def _column(self, kind: str, name: str) -> int | None:
        if kind == "volume":
            return TOTAL if not name else 1 if name == self.feed.watched else None
        return self.feed.column(KINDS.index(kind), name) if kind in KINDS else None

    def forget(self, before: int) -> None:
        """Drop the minutes before one."""
        drop = max(0, before - self.first)
        for kept in (self.counts, self.shares, self.volumes):
            del kept[:drop]
        self.first += drop


def counted(counts: Counts, kind: str, name: str) -> float | None:
    """What a minute had of a series; None where it had no row of that kind."""
    given = counts.codes if kind == "code" else counts.statuses
    if given is None:
        return None
    return float(sum(given.values()) if kind == "volume" and not name else given.get(name, 0.0))


def play(
    track: Track,
    counts: Mapping[int, Counts],
    until: int,
    p: Params,
    tests: int,
    turns: Mapping[int, Iterable[object]] | None = None,
) -> None:
    """Go on to minute `until`, in place. `turns` are what people changed at a minute: a function of the feed each."""
    feed = track.feed
    while feed.at < until:
        at = feed.at + 1
        for turn in (turns or {}).get(at, ()):
            feed = turn(feed)  # type: ignore[operator]
        given = counts.get(at, NOTHING)
        _look_down(feed)
        feed, evidence, _ = advance(feed, at, given, p, tests)
        if at >= track.first:
            _record(track, feed, evidence, given, line(p.budget, max(tests, feed.tests)))
    track.feed = feed


def _look_down(feed: Feed) -> None:
    """A volume that does not fire is shown against what is expected at least, whatever it did before; in place."""
    rows = feed.state.volume.rows
    rows[volume.DIRECTION] = np.where(rows[volume.ALARM][alarm.FIRED] > 0, rows[volume.DIRECTION], -1)


def _record(track: Track, feed: Feed, evidence: Evidence, given: Counts, above: float) -> None:
    track.counts.append(given)
    shares, volumes = feed.state.composition, feed.state.volume.rows
    for kept, judged, fired in (
        (track.shares, evidence.composition, shares[composition.ALARM][alarm.FIRED]),
        (track.volumes, evidence.volume, volumes[volume.ALARM][alarm.FIRED]),
    ):
        seen = np.where(fired > 0, np.maximum(judged.evidence, above), judged.evidence)
        kept.append((judged.expected, seen))
