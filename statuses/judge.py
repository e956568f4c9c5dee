"""Judges the minutes of every source that are closed, one process at a time (T2, T4, T5).

A minute closes by watermark: a grace after its end, where the feed is live; of older times when a later minute has
come, or none for the grace. What comes later is judged again from the newest state before it, so that episodes follow
from the counts alone, in whatever order they came. State, episodes and what is known of a source are one transaction,
which begins by locking the lease.
"""

import time
from typing import NamedTuple

from core import log
from core.db import leases
from core.db.engine import Connection, Database
from core.db.leases import Lease, LeaseLost
from core.db.queries import query
from core.errors import BadInput, DatabaseUnavailable
from core.statuses import feed_codec, store
from core.statuses.detector import line
from core.statuses.detector.episodes import Episode
from core.statuses.detector.params import DAY, Params
from core.statuses.episode import MINUTE
from core.statuses.feed import NOTHING, Feed, advance, renewed, rested, start
from core.statuses.store import Known
from statuses import episodes
from statuses.episodes import LIVE, Judged

LEASE_SECONDS = 10.0
GRACE = 15  # seconds after the end of a minute
CHUNK, CHUNK_SECONDS = DAY, 2.0  # minutes that are judged in a transaction, at most for so long
REST = 2 * DAY  # minutes without a row, after which no more are judged until there is one
HISTORY = 14 * DAY  # minutes of our own past to begin with
KEPT = ((15, 180), (360, 2 * DAY), (DAY, 40 * DAY))  # a state every so many minutes, of the last so many
_log = log.get("statuses")


class Changes(NamedTuple):
    """Minutes of a source that changed since they were judged: the first, the newest, when rows of the newest came, and
    how many had been judged.
    """

    first: int
    newest: int
    received_at: float
    late: int


class Judge:
    """`step(now)` judges what is closed if this process holds the lease; how many minutes that were."""

    def __init__(self, database: Database, params: Params, holder: str) -> None:
        self._database = database
        self._params = params
        self._holder = holder
        self._lease: Lease | None = None

    @property
    def leads(self) -> bool:
        """Whether this process held the lease a moment ago."""
        return self._lease is not None

    def step(self, now: float) -> int:
        """Judge every source. Raises DatabaseUnavailable; what was not committed is judged at the next step."""
        self._lease = None
        self._lease = leases.take(self._database, store.DUTY, self._holder, LEASE_SECONDS)
        if self._lease is None:
            return 0
        with self._database.transaction() as connection:
            known = store.sources(connection)
            changed = {row[0] for row in connection.execute(query("status_feed.changed"))}
        tests = line.shared(sum(one.tests for one in known.values()))
        judged = 0
        for source in sorted({*known, *changed}):
            before = known.get(source)
            if source not in changed and before is not None and not _due(before, now):
                continue
            try:
                judged += self._judge(source, before, tests, now)
            except LeaseLost:
                self._lease = None
                return judged
            except DatabaseUnavailable:
                raise
            except Exception as error:  # of one source: the others go on
                self._fails(source, before, f"{error.__class__.__name__}: {error}"[:300])
        return judged

    def give_up(self) -> None:
        """Let another process have the lease at once."""
        if self._lease is not None:
            leases.give_up(self._database, self._lease)

    def _fails(self, source: str, before: Known | None, problem: str) -> None:
        """Say with a source why it cannot be judged, once; it is tried again at every step."""
        if before is None:
            _log.error("a source cannot be judged", source=source, reason=problem)
        elif before.problem != problem:
            _log.error("a source cannot be judged", source=source, reason=problem)
            with self._database.transaction() as connection:
                store.put_source(connection, before._replace(problem=problem))

    def _judge(self, source: str, before: Known | None, tests: int, now: float) -> int:
        with self._database.transaction() as connection:
            assert self._lease is not None
            leases.hold(connection, self._lease, LEASE_SECONDS)
            changes = _taken(connection, source, before)
            if (known := _known(connection, source, before, changes)) is None:
                return 0
            feed = self._from(connection, known, changes.first if changes else None)
            until = closed(known, now)
            after = feed
            if until > feed.at:
                after, over = self._play(connection, known, feed, until, tests)
                above = line.line(self._params.budget, max(tests, after.tests))
                episodes.write(connection, Judged(known, feed.at, after, over, above, is_live(known)), now)
                connection.execute(query("status_feed.thin_checkpoints"), {"source": source, "judged": after.at})
            if after.at >= known.first:
                known = known._replace(judged=after.at)
            store.put_source(connection, known._replace(tests=after.tests, problem=""))
        return after.at - feed.at

    def _from(self, connection: Connection, known: Known, changed: int | None) -> Feed:
        """The newest state before what changed; what was judged after it is forgotten."""
        if known.judged is None:
            return _cold(connection, known)
        before = known.judged + 1 if changed is None else min(changed, known.judged + 1)
        values = {"source": known.source, "before": before}
        row = connection.execute(query("status_feed.checkpoint"), values).first()
        try:
            feed = _cold(connection, known) if row is None else feed_codec.decode(bytes(row[1]))
        except BadInput as error:
            _log.warning("judging a source anew", source=known.source, reason=str(error))
            feed = _cold(connection, known)
        connection.execute(query("status_feed.drop_checkpoints"), {"source": known.source, "after": feed.at})
        return feed

    def _play(
        self, connection: Connection, known: Known, feed: Feed, until: int, tests: int
    ) -> tuple[Feed, list[Episode]]:
        """Judge minutes up to `until`, at most a chunk; states to judge again from are kept on the way."""
        source, over = known.source, list[Episode]()
        if min(feed.presence.gap) >= REST:
            feed = rested(feed, min(until, _next(connection, source, feed.at + 1, until + 1) - 1))
        end = min(until, feed.at + CHUNK)
        bounds = {"source": source, "start": (feed.at + 1) * MINUTE, "end": (end + 1) * MINUTE}
        counts = store.counts(connection, source, feed.at + 1, end + 1)
        renewals = {row[0] for row in connection.execute(query("status_feed.renewals"), bounds)}
        baselines = {row[0]: bytes(row[1]) for row in connection.execute(query("status_baselines.between"), bounds)}
        until_then = time.monotonic() + CHUNK_SECONDS
        while feed.at < end and min(feed.presence.gap) < REST and time.monotonic() < until_then:
            at = feed.at + 1
            if at in baselines:
                feed = rested(feed_codec.decode(baselines[at]), feed.at)
            if at in renewals:
                feed = renewed(feed, self._params)
            feed, _, finished = advance(feed, at, counts.get(at, NOTHING), self._params, tests)
            over += finished
            if _kept(at, until):
                _keep(connection, source, feed)
        if min(feed.presence.gap) >= REST:
            feed = rested(feed, end)
        _keep(connection, source, feed)
        return feed, over


def _taken(connection: Connection, source: str, before: Known | None) -> Changes | None:
    rows = list(connection.execute(query("status_feed.take_changes"), {"source": source}))
    if not rows:
        return None
    judged = range(0) if before is None or before.judged is None else range(before.first, before.judged + 1)
    minutes = [row[0] for row in rows]
    newest = max(minutes)
    came = max(at for minute, at in rows if minute == newest)
    return Changes(min(minutes), newest, came, sum(one in judged for one in minutes))


def _known(connection: Connection, source: str, before: Known | None, changes: Changes | None) -> Known | None:
    """What is known of a source with what came in; of our own it begins with the history that there is."""
    if changes is None:
        return before
    if before is None:
        first = changes.first
        if source in store.OWN:
            first = min(first, _next(connection, source, changes.newest - HISTORY, first))
        before = Known(source, first, changes.newest, changes.received_at)
    newest, received_at = max((before.newest, before.received_at), (changes.newest, changes.received_at))
    return before._replace(
        first=min(before.first, changes.first),
        newest=newest,
        received_at=received_at,
        late=before.late + changes.late,
    )


def closed(known: Known, now: float) -> int:
    """The newest minute of a source that is closed."""
    if known.source in store.OWN or is_live(known):
        return min(int((now - GRACE) // MINUTE) - 1, known.newest + REST)
    return known.newest if now - known.received_at >= GRACE else known.newest - 1


def _cold(connection: Connection, known: Known) -> Feed:
    """A source before its first minute: as a baseline has it that was in force then, else as nobody knows it."""
    values = {"source": known.source, "end": known.first * MINUTE}
    baseline = connection.execute(query("status_baselines.before"), values).scalar()
    try:
        return start(known.first - 1) if baseline is None else rested(feed_codec.decode(baseline), known.first - 1)
    except BadInput as error:
        _log.warning("a baseline cannot be read", source=known.source, reason=str(error))
        return start(known.first - 1)


def _due(known: Known, now: float) -> bool:
    return known.judged is None or closed(known, now) > known.judged


def is_live(known: Known) -> bool:
    return known.received_at - known.newest * MINUTE < LIVE


def _next(connection: Connection, source: str, first: int, otherwise: int) -> int:
    name = "next_slot" if source in store.OWN else "next_minute"
    found = connection.execute(query(f"status_feed.{name}"), {"source": source, "start": first * MINUTE}).scalar()
    return otherwise if found is None else int(found)


def _kept(at: int, until: int) -> bool:
    """Whether the state after a minute is kept to judge again from, as `status_feed.thin_checkpoints` has it."""
    age = until - at
    return any(at % every == 0 and age <= within for every, within in KEPT)


def _keep(connection: Connection, source: str, feed: Feed) -> None:
    values = {"source": source, "minute": feed.at, "state": feed_codec.encode(feed)}
    connection.execute(query("status_feed.put_checkpoint"), values)
