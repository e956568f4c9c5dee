"""What a minute that is still coming in says, against a source's state before it. Pure."""

from collections.abc import Mapping
from typing import NamedTuple

from core.statuses.detector import alarm, composition, line, volume
from core.statuses.detector.detector import SHIPPED
from core.statuses.detector.episodes import Episode
from core.statuses.detector.params import DAY, Params
from core.statuses.feed import CODE, NOTHING, OTHER, STATUS, TOTAL, WATCHED, Counts, Feed, Step, advance, rested

MOST = DAY  # minutes that are caught up with; over a longer gap what was learnt rests


class Advice(NamedTuple):
    """Of one series: whether it alarms, the range that is expected (counts a minute), and its evidence in nats."""

    alerts: bool
    low: float
    high: float
    evidence: float


class Preview(NamedTuple):
    """A minute as it looks now: the advice of each series by kind (status, code) and name, the line, and the episode
    that is open or would be.
    """

    series: dict[tuple[int, str], Advice]
    line: float
    episode: Episode | None


class Steps:
    """Steps of a source: a minute that was looked at, and stayed as it was, is not judged again to go on from it."""

    def __init__(self, p: Params = SHIPPED) -> None:
        self._params = p
        self._last: tuple[Feed, int, Counts, int] | None = None
        self._step: Step | None = None

    def after(self, before: Feed, at: int, counts: Counts, tests: int = 0) -> Step:
        """The source after minute `at`, and what that minute said."""
        asked = before, at, counts, tests
        if self._step is None or self._last is None or before is not self._last[0] or asked[1:] != self._last[1:]:
            self._last, self._step = asked, advance(before, at, counts, self._params, tests)
        return self._step


def caught_up(feed: Feed, at: int, counts: Mapping[int, Counts], steps: Steps, tests: int = 0) -> Feed:
    """The source after the minute before `at`."""
    if at - 1 - feed.at > MOST:
        return rested(feed, at - 1)
    while feed.at < at - 1:
        feed = steps.after(feed, feed.at + 1, counts.get(feed.at + 1, NOTHING), tests).feed
    return feed


def look(step: Step, counts: Counts, p: Params = SHIPPED, tests: int = 0) -> Preview:
    """What the counts of a minute say of every series that they name, once it is judged."""
    feed, evidence, _ = step
    shares, past = evidence.composition, evidence.volume
    firing = feed.state.composition[composition.ALARM][alarm.FIRED] > 0
    rows = feed.state.volume.rows
    dropped = (rows[volume.ALARM][alarm.FIRED] > 0) & (rows[volume.DIRECTION] < 0)
    above = line.line(p.budget, max(tests, feed.tests))
    found = {}
    for kind, given in ((STATUS, counts.statuses), (CODE, counts.codes)):
        for name in given or ():
            column = feed.column(kind, name)
            column = feed.column(kind, OTHER) if column is None else column
            assert column is not None
            place = WATCHED if (kind, name) == (STATUS, feed.watched) else None
            alerts = bool(firing[column] or (kind == STATUS and dropped[TOTAL if place is None else place]))
            nats = float(
                shares.evidence[column] if place is None else max(shares.evidence[column], past.evidence[place])
            )
            low = 0.0 if place is None else float(past.expected[place])
            nats = max(nats, above) if alerts else nats  # while it fires nothing more is summed
            found[kind, name] = Advice(alerts, low, float(shares.expected[column]), nats)
    open_now = [one for one in feed.episodes() if one.told is None]
    return Preview(found, above, open_now[-1] if open_now else None)


def expected(feed: Feed, kind: int, name: str, total: float, p: Params = SHIPPED) -> float | None:
    """How many of a series are expected at most among a total; None where it is not known."""
    column = feed.column(kind, name)
    if column is None:
        return None
    typical = feed.state.source.typical[kind]
    rate = composition.rate(feed.state.composition, typical, p.composition.bound)[column]
    tolerance = p.composition.first_day if feed.state.source.age[kind] < DAY else p.composition.tolerance
    return float(rate * total * (1 + tolerance))


def volumes(feed: Feed, p: Params = SHIPPED) -> dict[str, tuple[float, float]]:
    """The counts from which the next minute is a drop and a rise of the total ("") and of the watched status."""
    low, high = volume.limits(feed.state.volume, feed.state.source.age[[STATUS, STATUS]], feed.at + 1, p)
    names = ("", feed.watched)
    return {name: (float(low[i]), float(high[i])) for i, name in enumerate(names)}
