"""What rows of statuses come to while they are still coming in: the recommendation of `POST /api/transaction`.

The judge's state is the truth; it is a minute or two behind. What came in since is caught up with here from the counts
that every process notes in Redis, so the advice on a minute is that of the detector, in a replay at any pace, too.
Without Redis it knows the rows of this process's own requests, without PostgreSQL what it knew last.
"""

import sys
import time
from collections import defaultdict
from collections.abc import Sequence
from threading import Lock
from typing import Literal

from msgspec import Struct

from api import status_preview as preview
from api import store_status_minutes as store_minutes
from api.status_preview import Preview, Steps
from api.status_rows import StatusRow
from core import clock
from core.errors import BadInput, DatabaseUnavailable, RedisUnavailable
from core.statuses import feed_codec, store
from core.statuses.detector import line
from core.statuses.detector.detector import SHIPPED
from core.statuses.detector.params import Params
from core.statuses.episode import MINUTE, Stored, identify
from core.statuses.feed import CODE, KINDS, NOTHING, STATUS, Counts, Feed, start
from core.stores import Stores

KEPT_SECONDS = 1.0  # for which a state and the open episodes are not read again
MOST_MINUTES = 3000  # of a request that are looked at; of a larger import only its episodes are known, once judged
MOST_ROWS = 5000  # of a request that are noted for the other processes
MOST_SOURCES, MOST_EPISODES = 64, 200
TOTAL = "total"  # the name of the volume of all statuses


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


class _Source:
    """What this process knows of a source: its state, its episodes of the minutes `covered`, when both were read."""

    def __init__(self, params: Params) -> None:
        self.lock = Lock()
        self.feed: Feed | None = None
        self.steps = Steps(params)
        self.read_at = float("-inf")
        self.tests = 0
        self.covered = range(0)
        self.episodes: list[Stored] = []


class StatusAdvice:
    """Advises on rows. Safe between threads; one a process."""

    def __init__(self, stores: Stores, params: Params = SHIPPED) -> None:
        self._stores, self._params = stores, params
        self._sources: dict[str, _Source] = {}
        self._lock = Lock()

    def advise(self, rows: Sequence[StatusRow]) -> list[Advice]:
        """Advice on each row, in order. Raises nothing: advice that cannot be given says nothing."""
        found: list[Advice] = [Advice()] * len(rows)
        by_source: dict[str, list[int]] = defaultdict(list)
        for place, row in enumerate(rows):
            by_source[row.source].append(place)
        for source, places in by_source.items():
            known = self._known(source)
            with known.lock:
                own = [rows[place] for place in places]
                for place, advice in zip(places, self._of(source, known, own), strict=True):
                    found[place] = advice
        return found

    def thresholds(self, source: str) -> dict[tuple[str, str], Threshold]:
        """What is expected of each series of a source in a usual minute, by kind (status, code, volume) and name."""
        known = self._known(source)
        with known.lock:
            self._read(source, known, [int(clock.now() // MINUTE)])
            feed = known.feed
        if feed is None:
            return {}
        above = round(line.line(self._params.budget, max(known.tests, feed.tests)), 2)
        found = {}
        for kind, name in feed.names:
            most = preview.expected(feed, kind, name, float(feed.state.source.typical[kind]), self._params)
            found[KINDS[kind], name] = Threshold(Range(0.0, round(most or 0.0, 2)), above)
        for name, (low, high) in preview.volumes(feed, self._params).items():
            found["volume", name or TOTAL] = Threshold(Range(round(low, 2), round(high, 2)), above)
        return found

    def _known(self, source: str) -> _Source:
        with self._lock:
            known = self._sources.pop(source, None) or _Source(self._params)
            self._sources[source] = known
            while len(self._sources) > MOST_SOURCES:
                self._sources.pop(next(iter(self._sources)))
        return known

    def _of(self, source: str, known: _Source, rows: list[StatusRow]) -> list[Advice]:
        minutes = sorted({row.minute for row in rows})
        self._read(source, known, minutes)
        feed = known.feed or start(minutes[0] - 1)
        counts = self._counts(source, feed, rows, minutes)
        looked: dict[int, Preview] = {}
        if len(minutes) <= MOST_MINUTES:
            for minute in minutes:
                if minute > feed.at:
                    came, tests = counts.get(minute, NOTHING), known.tests
                    feed = preview.caught_up(feed, minute, counts, known.steps, tests)
                    step = known.steps.after(feed, minute, came, tests)
                    looked[minute] = preview.look(step, came, self._params, tests)
            known.feed = feed
        totals = {minute: _totals(counts.get(minute, NOTHING)) for minute in minutes}
        said: dict[tuple[int, str, str], Advice] = {}  # rows that differ in dimensions alone are one series
        for row in rows:
            key = row.minute, row.status, row.auth_code
            if key not in said:
                said[key] = self._advice(source, row, feed, looked.get(row.minute), totals[row.minute], known.episodes)
        return [said[row.minute, row.status, row.auth_code] for row in rows]

    def _read(self, source: str, known: _Source, minutes: list[int]) -> None:
        """Take the judge's state where it is newer, and the episodes, unless both were read just now."""
        is_covered = minutes[0] in known.covered and minutes[-1] in known.covered
        if is_covered and time.monotonic() - known.read_at <= KEPT_SECONDS:
            return
        try:
            with self._stores.database.transaction() as connection:
                row = store.newest_state(connection, source)
                known.tests = line.shared(sum(one.tests for one in store.sources(connection).values()))
                known.episodes = store.episodes_since(connection, source, minutes[0], MOST_EPISODES)
            if row is not None and (known.feed is None or row[0] >= known.feed.at):
                known.feed = feed_codec.decode(row[1])
            is_whole = len(known.episodes) < MOST_EPISODES
            known.covered = range(minutes[0], sys.maxsize if is_whole else known.episodes[-1].onset)
            known.read_at = time.monotonic()
        except (DatabaseUnavailable, BadInput):
            return

    def _counts(self, source: str, feed: Feed, rows: list[StatusRow], minutes: list[int]) -> dict[int, Counts]:
        gap = range(feed.at + 1, minutes[0]) if 0 < minutes[0] - feed.at <= preview.MOST else range(0)
        if len(rows) > MOST_ROWS or len(minutes) > MOST_MINUTES:
            return store_minutes.summed(rows)
        try:
            return store_minutes.note(self._stores.live, source, rows, [*gap, *minutes])
        except RedisUnavailable:
            return store_minutes.summed(rows)

    def _advice(
        self,
        source: str,
        row: StatusRow,
        feed: Feed,
        looked: Preview | None,
        totals: tuple[float, float],
        episodes: list[Stored],
    ) -> Advice:
        kind, name = (STATUS, row.status) if row.status else (CODE, row.auth_code)
        stored = next((one for one in episodes if _touches(one, row.minute)), None)
        episode = None if stored is None else _shown(stored)
        judged = stored is not None and stored.pages and _moved(stored, kind, name)
        if looked is None:  # a minute that is judged already
            high = preview.expected(feed, kind, name, totals[kind], self._params)
            return Advice(
                "alert" if judged else "ok", None if high is None else Range(0.0, round(high, 2)), episode=episode
            )
        keys = [(STATUS, row.status), (CODE, row.auth_code)]
        own = [looked.series[key] for key in keys if key in looked.series]
        first = looked.series[kind, name]
        if episode is None and looked.episode is not None:
            began = looked.episode
            episode = EpisodeOfRow(
                identify(source, began.fired), clock.iso(began.onset * MINUTE), None, began.pages, ""
            )
        return Advice(
            "alert" if judged or any(one.alerts for one in own) else "ok",
            Range(round(first.low, 2), round(first.high, 2)),
            round(max(one.evidence for one in own), 2),
            round(looked.line, 2),
            episode,
        )


def _touches(one: Stored, minute: int) -> bool:
    return one.onset <= minute and (one.ended is None or minute < one.ended)


def _moved(one: Stored, kind: int, name: str) -> bool:
    """Whether a series is among those that moved, or all of them are: a volume."""
    return any(
        (moved.kind == KINDS[kind] and moved.name == name) or (moved.kind == "volume" and moved.name in ("", name))
        for moved in one.evidence.moved
    )


def _shown(one: Stored) -> EpisodeOfRow:
    ended = None if one.ended is None else clock.iso(one.ended * MINUTE)
    return EpisodeOfRow(one.id, clock.iso(one.onset * MINUTE), ended, one.pages, one.evidence.headline)


def _totals(counts: Counts) -> tuple[float, float]:
    return sum((counts.statuses or {}).values()), sum((counts.codes or {}).values())
