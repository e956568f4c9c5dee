"""Writes the episodes of the minutes that were judged: what went on keeps its id, what is none any more goes."""

from typing import Any, NamedTuple

from msgspec.structs import replace

from core.db.engine import Connection
from core.db.queries import query
from core.statuses import episode, store
from core.statuses.detector.episodes import Episode
from core.statuses.episode import MINUTE, Evidence, Stored
from core.statuses.feed import Counts, Feed
from core.statuses.store import Known
from statuses.where import located

LIVE = 600  # seconds: a feed whose rows come so soon after their minute goes on, an episode told so soon may page


class Judged(NamedTuple):
    """What was judged of a source: after minute `since`, up to the state of `feed`; the episodes that are over for
    good, the line in nats, and whether the feed goes on.
    """

    known: Known
    since: int
    feed: Feed
    over: list[Episode]
    line: float
    live: bool


class Around(NamedTuple):
    """Counts around some episodes by minute, and (onset, end) of those and of the ones before."""

    counts: dict[int, Counts]
    spans: list[tuple[int, int]]


def write(connection: Connection, judged: Judged, now: float) -> None:
    """Bring what is stored in line with what was judged."""
    values = {"source": judged.known.source, "after": judged.since, "until": judged.feed.at}
    left = {row[0]: tuple(row) for row in connection.execute(query("status_feed.episodes_after"), values)}
    found = [*judged.over, *judged.feed.episodes()]
    around = _around(connection, judged, found) if found else Around({}, [])
    for one in found:
        name = _name(judged, one, left)
        left.pop(name, None)
        evidence = _evidence(connection, judged, one, around)
        live = judged.live and (one.fired + 1) * MINUTE >= now - LIVE
        times = (one.onset, one.fired, one.ended, one.told)
        stored = Stored(name, judged.known.source, *times, pages=one.pages, live=live, evidence=evidence)
        store.put_episode(connection, stored, now)
    for name, _, fired, _, told in left.values():
        if fired > judged.since or told is None or told > judged.since:
            connection.execute(query("status_feed.drop_episode"), {"id": name})


def _around(connection: Connection, judged: Judged, found: list[Episode]) -> Around:
    source, after = judged.known.source, judged.feed.at + 1
    first = min(one.onset for one in found) - episode.FAR
    values = {"source": source, "after": judged.since, "start": first}
    before = [(row[0], row[1]) for row in connection.execute(query("status_feed.spans"), values)]
    spans = [(one.onset, one.ended or after) for one in found]
    return Around(store.counts(connection, source, first, after), before + spans)


def _name(judged: Judged, one: Episode, there: dict[str, tuple[Any, ...]]) -> str:
    """Its id: that of the stored episode with which it shares minutes, else one of its own."""
    name = episode.identify(judged.known.source, one.fired)
    if name in there:
        return name
    ends = judged.feed.at if one.told is None else one.told
    for known, onset, _, _, told in there.values():
        if onset <= ends and one.onset <= (judged.feed.at if told is None else told):
            return str(known)
    return name


def _evidence(connection: Connection, judged: Judged, one: Episode, around: Around) -> Evidence:
    feed, known = judged.feed, judged.known
    end = min(feed.at + 1, one.ended or feed.at + 1)
    before = store.totals(around.counts, episode.quiet(one.onset, known.first, around.spans))
    since = store.totals(around.counts, range(one.onset, end))
    alarms = sorted(one.alarms, key=lambda alarm: (not alarm.pages, -alarm.evidence, alarm.fired))
    moved = [episode.moved(alarm, feed, before, since) for alarm in alarms]
    changed = episode.others(moved, before, since)
    evidence = Evidence("", moved, round(judged.line, 1), changed)
    if known.source not in store.OWN:
        evidence = located(connection, known.source, evidence, end)
    clock = f"{one.onset // 60 % 24:02}:{one.onset % 60:02}"
    return replace(evidence, headline=episode.headline(moved, changed, clock, episode.located(evidence)))
