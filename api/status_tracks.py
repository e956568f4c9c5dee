"""What the detector expected of each source's minutes: played again from kept states, and continued as minutes come.

A process keeps at most a day of each source; a look at an older day is played by itself. What takes longer is made in
the background: many minutes, and once an hour how soon a change is seen and the profile of the week.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import TypeVar, cast

from api.status_track import Track, play
from core import log
from core.db.engine import Connection, Database
from core.db.queries import query
from core.errors import BadInput, GatehouseError
from core.statuses import feed_codec, store
from core.statuses.detector.params import DAY, Params
from core.statuses.episode import MINUTE
from core.statuses.feed import Feed, renewed, rested, start
from core.statuses.store import Known

MOST = DAY  # minutes that are kept and shown
REACH = DAY + 360  # minutes that are played before them at most
BRIEF = 120  # minutes that a read plays itself
SOURCES = 32
T = TypeVar("T")
_log = log.get(__name__)


@dataclass(slots=True)
class _Kept:
    late: int
    track: Track


class Tracks:
    """One process's. `of` is safe to use from several threads; `facts` plays what is many minutes."""

    def __init__(self, database: Database, params: Params, facts: "Background") -> None:
        self._database = database
        self._params = params
        self._facts = facts
        self._kept: OrderedDict[str, _Kept] = OrderedDict()
        self._lock = threading.Lock()

    @contextmanager
    def of(self, connection: Connection, known: Known, first: int, after: int, tests: int) -> Iterator[Track | None]:
        """The minutes from `first`, at most a day that ends with the range or with what is judged; None before any is.

        Of many minutes those that are known already, until all are. It is good only within: the next caller may
        continue it. Raises DatabaseUnavailable.
        """
        if known.judged is None:
            yield None
            return
        end = min(after - 1, known.judged)
        first = max(first, end - MOST + 1, known.first)
        if first > end:
            yield None
        elif end < known.judged - MOST:
            yield self._played(f"past {known.source} {first} {end}", known.late, known, first, end, tests)
        else:
            with self._lock:
                yield self._newest(connection, known, max(first, known.judged - MOST + 1), tests)

    def _played(self, key: str, stamp: object, known: Known, first: int, end: int, tests: int) -> Track | None:
        """Minutes that the background plays; None until it has."""

        def made() -> Track:
            with self._database.transaction() as connection:
                track = begun(connection, known, first)
                self._go_on(connection, known.source, track, end, tests)
            return track

        return self._facts.get(key, stamp, made)

    def _newest(self, connection: Connection, known: Known, first: int, tests: int) -> Track:
        judged = known.judged
        assert judged is not None
        kept = self._kept.pop(known.source, None)
        if kept is not None and (kept.late != known.late or not 0 <= judged - kept.track.feed.at <= BRIEF):
            kept = None
        if judged - first > BRIEF and (kept is None or kept.track.first > first):
            stamp = (known.late, (judged - first) // 60, judged // BRIEF)
            longer = self._played(f"track {known.source}", stamp, known, first, judged, tests)
            if longer is not None and longer.first <= first and 0 <= judged - longer.feed.at <= BRIEF:
                kept = _Kept(known.late, longer)
            first = max(first, judged - BRIEF // 2)  # until the longer one is there
        if kept is None or kept.track.first > first:
            kept = _Kept(known.late, begun(connection, known, first))
        self._go_on(connection, known.source, kept.track, judged, tests)
        kept.track.forget(judged - MOST + 1)
        self._kept[known.source] = kept
        while len(self._kept) > SOURCES:
            self._kept.popitem(last=False)
        return kept.track

    def _go_on(self, connection: Connection, source: str, track: Track, until: int, tests: int) -> None:
        at = track.feed.at
        if at >= until:
            return
        bounds = {"source": source, "start": (at + 1) * MINUTE, "end": (until + 1) * MINUTE}
        turns: dict[int, list[Callable[[Feed], Feed]]] = {}
        for minute, state in connection.execute(query("status_baselines.between"), bounds):
            turns.setdefault(minute, []).append(partial(_baseline, bytes(state)))
        for (minute,) in connection.execute(query("status_feed.renewals"), bounds):
            turns.setdefault(minute, []).append(partial(renewed, p=self._params))
        play(track, store.counts(connection, source, at + 1, until + 1), until, self._params, tests, turns)


def begun(connection: Connection, known: Known, first: int) -> Track:
    """A track of the minutes from `first`, or from the nearest later state where none is kept near enough."""
    for before in (first, first + 360, first + DAY):
        row = connection.execute(query("status_feed.checkpoint"), {"source": known.source, "before": before}).first()
        if row is None or first - row[0] > REACH:
            continue
        try:
            feed = feed_codec.decode(bytes(row[1]))
        except BadInput as error:
            _log.warning("state cannot be read", source=known.source, reason=str(error))
            continue
        return Track(feed, max(first, feed.at + 1))
    at = known.first if first - known.first <= REACH else first
    values = {"source": known.source, "end": at * MINUTE}
    baseline = connection.execute(query("status_baselines.before"), values).scalar()
    cold = start(at - 1)
    return Track(cold if baseline is None else _baseline(bytes(baseline), cold), first)


def _baseline(state: bytes, feed: Feed) -> Feed:
    try:
        return rested(feed_codec.decode(state), feed.at)
    except BadInput as error:
        _log.warning("a baseline cannot be read", reason=str(error))
        return feed


class Background:
    """Values that take long, by key: `get` gives the last one at once and has it made anew where its stamp is another.

    One thread makes them one after another; what cannot be made is asked for again at the next stamp.
    """

    def __init__(self, most: int = 32) -> None:
        self._made: OrderedDict[str, tuple[object, object]] = OrderedDict()
        self._waiting: OrderedDict[str, tuple[object, Callable[[], object]]] = OrderedDict()
        self._most = most
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None

    def get(self, key: str, stamp: object, make: Callable[[], T]) -> T | None:
        """The last value of the key; None before there is one."""
        with self._lock:
            found = self._made.get(key)
            if found is None or found[0] != stamp:
                self._waiting[key] = (stamp, make)
                if self._thread is None:
                    self._thread = threading.Thread(target=self._work, name="status facts", daemon=True)
                    self._thread.start()
            return None if found is None else cast(T | None, found[1])

    def wait(self, seconds: float) -> None:
        """Until nothing is waited for any more."""
        if thread := self._thread:
            thread.join(seconds)

    def _work(self) -> None:
        while True:
            with self._lock:
                if not self._waiting:
                    self._thread = None
                    return
                key, (stamp, make) = self._waiting.popitem(last=False)
            try:
                value: object | None = make()
            except GatehouseError as error:
                _log.warning("not computed", key=key, reason=str(error))
                value = None
            except Exception as error:  # the next read asks again at the next stamp
                _log.error("not computed", key=key, exc_info=error)
                value = None
            with self._lock:
                before = self._made.pop(key, (0, None))
                self._made[key] = (stamp, before[1] if value is None else value)
                while len(self._made) > self._most:
                    self._made.popitem(last=False)
