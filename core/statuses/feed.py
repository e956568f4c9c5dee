"""One source's statuses and codes through the detector, minute by minute, as they come in. Pure.

Series are added as they are named; one that is new has been zero since the source began, so it starts as the copy of a
series that nobody ever named. Statuses are shares of the total of statuses, codes of the total of codes; the total, and
the status that most transactions have, are watched as volumes, too. Beyond `MOST` series of a kind, new names count
together as "other".

A minute without any row: a source that reports in nearly every minute did not report, which is no evidence and after
three minutes a silence; where minutes without a row are usual, it was zero.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from core.statuses.detector import alarm, composition, detector, volume
from core.statuses.detector.arrays import FLOAT, kept
from core.statuses.detector.detector import SHIPPED, Evidence, Layout, Minute, State
from core.statuses.detector.episodes import TOGETHER, Alarm, Episode, Log, Series, episodes
from core.statuses.detector.line import line
from core.statuses.detector.params import Params
from core.statuses.history import SILENT

STATUS, CODE = 0, 1  # the two kinds of shares, and their numbers as sources of the detector
KINDS = ("status", "code")
TOTAL, WATCHED = 0, 1  # the two volumes
MOST = 500
OTHER = "other"
SILENCE = Series("silence", 0)
_UNSEEN = 2  # the first columns: a status and a code that nobody names
# Of minutes with rows, from where on a missing one was not reported; from where on even zeros are always reported; and
# how many transactions must have been due in a silence of a source between the two.
DENSE, _ALWAYS, _DUE = 0.98, 0.995, 7.0
_PRESENCE = kept(180)


class Counts(NamedTuple):
    """What a minute had, by status and by code; None where it had no row of that kind."""

    statuses: Mapping[str, float] | None
    codes: Mapping[str, float] | None


NOTHING = Counts(None, None)


class Presence(NamedTuple):
    """Of statuses and of codes: forgotten numbers of minutes with rows and of all, and the minutes since the last."""

    seen: tuple[float, float] = (0.0, 0.0)
    all: tuple[float, float] = (0.0, 0.0)
    gap: tuple[int, int] = (0, 0)

    def share(self, kind: int) -> float:
        """Of the minutes those with rows; 0 where there never was one."""
        return self.seen[kind] / self.all[kind] if self.all[kind] else 0.0


_NEVER = Presence()


@dataclass(frozen=True, slots=True)
class Feed:
    """Everything that is remembered of a source after minute `at`. `names` are the series in the order they came, each
    with its kind; `watched` is the status whose volume is judged by itself.
    """

    at: int
    names: tuple[tuple[int, str], ...]
    watched: str
    state: State
    presence: Presence = _NEVER
    log: Log = field(default_factory=Log)

    @property
    def layout(self) -> Layout:
        """Which column belongs to which kind."""
        return _layout(tuple(kind for kind, _ in self.names))

    @property
    def tests(self) -> int:
        """How many alternatives are tested at once."""
        return self.layout.tests

    def column(self, kind: int, name: str) -> int | None:
        """The column of a series; None where it is not known."""
        return _columns(self.names).get((kind, name))

    def label(self, series: Series) -> tuple[str, str]:
        """Kind (status, code, volume or silence) and name of a series; the total's name is ''."""
        if series.kind == "composition":
            kind, name = self.names[series.number - _UNSEEN]
            return KINDS[kind], name
        if series.kind == "volume":
            return "volume", "" if series.number == TOTAL else self.watched
        return "silence", ""

    def episodes(self) -> list[Episode]:
        """Those that are open or ended just now."""
        return episodes(self.log.alarms)


class Step(NamedTuple):
    """The source after a minute, what the minute said, and the episodes that are over for good."""

    feed: Feed
    evidence: Evidence
    finished: list[Episode]


def start(at: int) -> Feed:
    """A source of which nothing is known; its first minute is `at` + 1."""
    return Feed(at, (), "", detector.start(_layout(())))


def advance(before: Feed, at: int, counts: Counts, p: Params = SHIPPED, tests: int = 0) -> Step:
    """The source after minute `at`. `tests` are those of all sources that share the budget."""
    feed = named(before, counts)
    presence = _present(feed.presence, counts)
    minute = _minute(feed, at, counts)
    above = line(p.budget, max(tests, feed.tests))
    state, evidence = detector.step(feed.state, minute, feed.layout, p, above)
    log = feed.log.copy()
    log.take(at, evidence)
    _silence(log, feed, presence, at, above, p)
    after = replace(feed, at=at, state=state, presence=presence, log=log)
    return Step(*_settled(after, evidence))


def named(feed: Feed, counts: Counts) -> Feed:
    """The source with a series for everything that a minute names."""
    known = set(feed.names)
    new: list[tuple[int, str]] = []
    for kind, given in enumerate(counts):
        room = MOST - sum(one == kind for one, _ in feed.names)
        names = sorted(name for name in given or () if (kind, name) not in known and name != OTHER)
        new += [(kind, name) for name in names[: max(0, room)]]
        if (len(names) > room or OTHER in (given or ())) and (kind, OTHER) not in known:
            new.append((kind, OTHER))
    watched = feed.watched or _most(counts.statuses)
    if not new:
        return feed if watched == feed.watched else replace(feed, watched=watched)
    columns = [kind for kind, _ in new]
    shares = np.concatenate([feed.state.composition, feed.state.composition[:, columns]], axis=1)
    return replace(feed, names=(*feed.names, *new), watched=watched, state=feed.state._replace(composition=shares))


def renewed(feed: Feed, p: Params = SHIPPED) -> Feed:
    """As somebody said that what goes on is the new normal: whatever fires learns its level in the next minute."""
    shares = feed.state.composition.copy()
    rows = feed.state.volume.rows.copy()
    for fired in (shares[composition.ALARM][alarm.FIRED], rows[volume.ALARM][alarm.FIRED]):
        fired[fired > 0] = p.common.new_normal + 1
    return replace(feed, state=feed.state._replace(composition=shares, volume=feed.state.volume._replace(rows=rows)))


def rested(feed: Feed, at: int) -> Feed:
    """What was learnt, as if nothing were suspicious, to go on after minute `at`: of a baseline, or after long rest."""
    state = feed.state
    shares, past = composition.quiet(state.composition), volume.quiet(state.volume, np.arange(2))
    source = state.source._replace(before=np.full_like(state.source.before, np.nan))
    return replace(feed, at=at, state=State(shares, past, source), log=Log())


@lru_cache(maxsize=256)
def _columns(names: tuple[tuple[int, str], ...]) -> dict[tuple[int, str], int]:
    return {name: _UNSEEN + place for place, name in enumerate(names)}


@lru_cache(maxsize=256)
def _layout(kinds: tuple[int, ...]) -> Layout:
    return Layout(2, np.array([STATUS, CODE, *kinds], int), np.zeros(2, int))


def _most(counts: Mapping[str, float] | None) -> str:
    return max(sorted(counts), key=lambda name: counts[name]) if counts else ""


def _present(before: Presence, counts: Counts) -> Presence:
    """A gap counts when it is over; a long silence as a short one, or whoever always reports would seldom do so."""
    seen, every, gap = list(before.seen), list(before.all), list(before.gap)
    for kind, given in enumerate(counts):
        if given is None:
            gap[kind] += 1
            continue
        missed = min(SILENT, gap[kind]) if before.share(kind) >= DENSE else gap[kind]
        keep = _PRESENCE ** (missed + 1)
        every[kind] = every[kind] * keep + (missed + 1 if seen[kind] else 1)
        seen[kind] = seen[kind] * keep + 1
        gap[kind] = 0
    return Presence((seen[0], seen[1]), (every[0], every[1]), (gap[0], gap[1]))


def _minute(feed: Feed, at: int, counts: Counts) -> Minute:
    """The minute's counts as columns: 0 for what it does not name, NaN where nothing was reported."""
    values = np.zeros(_UNSEEN + len(feed.names), FLOAT)
    totals = np.zeros(2, FLOAT)
    volumes = np.zeros(2, FLOAT)
    of = feed.layout.composition
    for kind, given in enumerate(counts):
        if given is None:
            if feed.presence.all[kind] == 0 or feed.presence.share(kind) >= DENSE:
                values[of == kind] = totals[kind] = np.nan
                volumes[:] = np.nan if kind == STATUS else volumes
            continue
        for name, count in given.items():
            column = feed.column(kind, name)
            values[feed.column(kind, OTHER) if column is None else column] += count
        totals[kind] = sum(given.values())
    if counts.statuses is not None:
        volumes[:] = totals[STATUS], counts.statuses.get(feed.watched, 0)
    return Minute(at, values, totals, volumes)


def _silence(log: Log, feed: Feed, presence: Presence, at: int, above: float, p: Params) -> None:
    """Whether the feed fell silent in this minute, or is heard again. Of codes alone nobody is told."""
    kind = STATUS if feed.presence.all[STATUS] else CODE
    gap = presence.gap[kind]
    firing = log.open.get(SILENCE)
    if firing is not None and (gap == 0 or at - firing.fired > p.common.new_normal):
        firing.told, firing.new_normal = at, gap > 0
        firing.ended = at
        del log.open[SILENCE]
    elif firing is None and gap == SILENT and feed.state.source.age[kind] >= p.composition.warm_up:
        share = presence.share(kind)
        due = gap * float(feed.state.source.typical[kind])
        if share >= _ALWAYS or (share >= DENSE and due >= _DUE):
            fired = Alarm(SILENCE, at - gap + 1, at, -1, above)
            log.alarms.append(fired)
            log.open[SILENCE] = fired


def _settled(feed: Feed, evidence: Evidence) -> tuple[Feed, Evidence, list[Episode]]:
    """The source without the alarms of episodes to which nothing more can come."""
    found = feed.episodes() if feed.log.alarms else []
    over = [one for one in found if one.told is not None and feed.at - one.latest(feed.at) > TOGETHER]
    if not over:
        return feed, evidence, []
    gone = {id(alarm) for one in over for alarm in one.alarms}
    left = Log([alarm for alarm in feed.log.alarms if id(alarm) not in gone], feed.log.open)
    return replace(feed, log=left), evidence, over
