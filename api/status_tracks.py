"""What the detector expected of each source's minutes: played again from kept states, and continued as minutes come.

A process keeps at most a day of each source; a look at an older day is played by itself. What takes longer (how soon a
change is seen, the profile of the week) is computed in the background once an hour.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import TypeVar, cast

from core import log
from core.db.engine import Connection
from core.db.queries import query
from core.errors import BadInput, GatehouseError
from core.statuses import feed_codec, store
from core.statuses.detector.params import DAY, Params
from core.statuses.episode import MINUTE
from core.statuses.feed import Feed, renewed, rested, start
from core.statuses.store import Known
from core.statuses.track import Track, play

MOST = DAY  # minutes that are kept and shown
REACH = DAY + 360  # minutes that are played before them at most
SOURCES, OLD = 32, 4
T = TypeVar("T")
Key = tuple[str, int, int]
_log = log.get(__name__)


@dataclass(slots=True)
class _Kept:
    late: int
    track: Track


class Tracks:
    """One process's. `of` is safe to use from several threads."""

    def __init__(self, params: Params) -> None:
        self._params = params
        self._kept: OrderedDict[str, _Kept] = OrderedDict()
        self._old: OrderedDict[Key, Track] = OrderedDict()
        self._lock = threading.Lock()

    @contextmanager
    def of(self, connection: Connection, known: Known, first: int, after: int, tests: int) -> Iterator[Track | None]:
        """The minutes from `first`, at most a day that ends with the range or with what is judged; None before any is.

        It is good only within: the next caller may continue it. Raises DatabaseUnavailable.
        """
        if known.judged is None:
            yield None
            return
        end = min(after - 1, known.judged)
        first = max(first, end - MOST + 1, known.first)
        with self._lock:
            if first > end:
                yield None
            elif end < known.judged - MOST:
                yield self._past(connection, known, first, end, tests)
            else:
                yield self._newest(connection, known, first, tests)

    def _newest(self, connection: Connection, known: Known, first: int, tests: int) -> Track:
        assert known.judged is not None
        kept = self._kept.pop(known.source, None)
        first = max(first, known.judged - MOST + 1)
        if (
            kept is None
            or kept.late != known.late
            or kept.track.first > first
            or not 0 <= known.judged - kept.track.feed.at <= MOST
        ):
            kept = _Kept(known.late, begun(connection, known, first))
        self._go_on(connection, known.source, kept.track, known.judged, tests)
        kept.track.forget(known.judged - MOST + 1)
        self._kept[known.source] = kept
        while len(self._kept) > SOURCES:
            self._kept.popitem(last=False)
        return kept.track

    def _past(self, connection: Connection, known: Known, first: int, end: int, tests: int) -> Track:
        key = (known.source, first, end)
        track = self._old.pop(key, None) or begun(connection, known, first)
        self._go_on(connection, known.source, track, end, tests)
        self._old[key] = track
        while len(self._old) > OLD:
            self._old.popitem(last=False)
        return track

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

    def __init__(self, most: int = 64) -> None:
        self._made: OrderedDict[str, tuple[int, object]] = OrderedDict()
        self._waiting: OrderedDict[str, tuple[int, Callable[[], object]]] = OrderedDict()
        self._most = most
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None

    def get(self, key: str, stamp: int, make: Callable[[], T]) -> T | None:
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
