"""A day of a noisy platform, simulated with the product's own pure parts: who is told of what, before and after.

10,000 accounts that meet wrong second factors now and then, an attack on many at once, the collector away for forty
minutes, a launch, and now and then a fraud attack. States, grouping, inhibition and the order in a channel are those of
the worker; time is virtual. `is_before`: each incident is told alone, in the order of writing, as it was.
"""

import heapq
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from alerts.evaluate.dependencies import Dependencies, Source, sources
from alerts.evaluate.machine import Input, State, Timing, step
from alerts.evaluate.rule import Judgement
from alerts.notify.stages import group, inhibit
from alerts.notify.stages.group import Candidate, Group, Key

TICK, DAY = 5.0, 86_400.0
ACCOUNTS = 10_000
PER_MINUTE = 60.0  # messages that the channel takes
WINDOWS = 12  # rules that lose their data with the collector
OUTAGE = (36_000.0, 38_400.0)
ATTACK = (50_000.0, 51_200.0)
LAUNCH = (68_000.0, 71_600.0)
FRAUD = [(3_000.0, 4_500.0), (50_300.0, 52_000.0), (69_000.0, 70_000.0)]
TIMINGS = {
    "A4": Timing(keep=900.0),
    "A1": Timing(hold=60.0, keep=120.0),
    "processes": Timing(hold=30.0, keep=30.0),
    "errors": Timing(hold=60.0, keep=60.0),
    **{f"W{n}": Timing(no_data_after=600.0) for n in range(WINDOWS)},
}
SEVERITY = {"A4": "high", "A1": "critical", "processes": "critical", "errors": "high"}
NEEDS = Dependencies(
    sources([("collector", Source("processes", "collector"))]),
    {rule: ("collector",) for rule in TIMINGS if rule[0] == "W" or rule == "errors"},
)


class Message(NamedTuple):
    """What a person gets. `urgency` decides among those that wait."""

    urgency: int
    written: float
    number: int
    lead: str
    event: str
    rule: str


@dataclass
class Story:
    """What happened. `late` are seconds from the opening of a critical incident to the message about it."""

    messages: int = 0
    triggers: int = 0
    pages: int = 0
    incidents: int = 0
    told: set[str] = field(default_factory=set)
    opened: set[str] = field(default_factory=set)
    inhibited: set[str] = field(default_factory=set)
    ended_untold: set[str] = field(default_factory=set)
    critical: list[float] = field(default_factory=list)
    unresolved: set[str] = field(default_factory=set)


@dataclass
class Incident:
    """One that was opened."""

    id: str
    key: Key
    series: str
    opened_at: float
    home: str = ""
    told_at: float | None = None
    over: bool = False


class Day:
    """`play()` runs it."""

    def __init__(self, seed: int, is_before: bool) -> None:
        self.random = random.Random(seed)
        self.is_before = is_before
        self.states: dict[tuple[str, str], State] = {}
        self.incidents: dict[str, Incident] = {}
        self.waiting: dict[str, Incident] = {}
        self.groups: dict[str, list[Incident]] = {}
        self.queue: list[Message] = []
        self.free_at = 0.0
        self.story = Story()
        self.number = 0
        self.bad_until: dict[str, float] = {}
        self.critical_at: dict[str, float] = {}
        self.sent: set[str] = set()

    def play(self) -> Story:
        """The whole day."""
        for tick in range(int(DAY / TICK)):
            now = tick * TICK
            for rule, series, judgement in self.seen(now):
                self.judge(rule, series, judgement, now)
            self.tell(now)
            self.send(now + TICK)
        self.send(DAY * 10)
        self.story.unresolved = {one.id for one in self.incidents.values() if not one.over}
        return self.story

    def seen(self, now: float) -> Iterator[tuple[str, str, Judgement]]:
        """What each series that matters now says."""
        away = OUTAGE[0] <= now < OUTAGE[1]
        yield "processes", "collector", "bad" if away else "good"
        missing = OUTAGE[0] + 30 <= now < OUTAGE[1] + 30
        for n in range(WINDOWS):
            yield f"W{n}", "", "no_data" if missing else "good"
        yield "A1", "", "bad" if any(begin <= now < end for begin, end in FRAUD) else "good"
        rate = 0.002 if not ATTACK[0] <= now < ATTACK[1] else 8.0
        while self.random.random() < rate / (1 + rate):
            self.bad_until[f"account-{self.random.randrange(ACCOUNTS):05}"] = now + 300
        launching = LAUNCH[0] <= now < LAUNCH[1]
        for n in range(40 if launching else 2):
            if self.random.random() < (0.3 if launching else 0.0005):
                self.bad_until[f"service-{n}"] = now + self.random.uniform(60, 240)
        for series in [*self.bad_until]:
            rule = "A4" if series.startswith("account") else "errors"
            yield rule, series, "bad" if self.bad_until[series] > now else "good"
            if self.bad_until[series] <= now and (rule, series) not in self.states:
                del self.bad_until[series]

    def judge(self, rule: str, series: str, judgement: Judgement, now: float) -> None:
        """The state machine's step and what it means for incidents."""
        state = self.states.get((rule, series), State(since=now))
        state, done = step(rule, series, state, TIMINGS[rule], Input(judgement, now, TICK))
        for one in done:
            if one.what in ("fired", "missing"):
                severity = SEVERITY.get(rule, "medium") if one.what == "fired" else "medium"
                found = Incident(one.incident, (rule, one.kind, severity), series, now)
                self.incidents[found.id] = self.waiting[found.id] = found
                self.story.opened.add(found.id)
                if severity == "critical":
                    self.critical_at[found.id] = now
            elif one.what in ("resolved", "found") and one.incident in self.incidents:
                self.end(self.incidents[one.incident], now)
        if state.is_active or rule in ("processes", "A1") or rule[0] == "W":
            self.states[rule, series] = state
        else:
            self.states.pop((rule, series), None)

    def end(self, one: Incident, now: float) -> None:
        """It is over; whoever was told of it is told, of a group when it is the last."""
        one.over = True
        if self.waiting.pop(one.id, None) is not None and one.told_at is None:
            self.story.ended_untold.add(one.id)
            return
        members = self.groups.get(one.home, [one])
        if all(other.over or other.told_at is None for other in members):
            self.write("resolve", one.home or one.id, one.key, now)

    def tell(self, now: float) -> None:
        """Decide as the evaluator does, and write the messages."""
        candidates = [one for one in self.waiting.values() if self.is_before or not self.is_held(one, now)]
        live = [self.live(name, members) for name, members in self.groups.items()]
        found = [Candidate(one.id, one.key, one.opened_at, one.series, one.home) for one in candidates]
        terms = None if self.is_before else group.GroupingPolicy()
        made = group.plan(found, [one for one in live if one], dict.fromkeys(TIMINGS, terms), now)
        for name, home in made.joined.items():
            self.incidents[name].home = home
            self.groups.setdefault(home, []).append(self.incidents[name])
        for telling in made.tellings:
            for name in telling.fresh:
                self.incidents[name].told_at = now
                self.story.told.add(name)
                del self.waiting[name]
            self.write("trigger", telling.lead, self.incidents[telling.lead].key, now)

    def is_held(self, one: Incident, now: float) -> bool:
        """Whether a cause explains it."""
        causes = []
        for source in NEEDS.causes(one.key[0], one.series):
            state = self.states.get((source.rule, source.series or ""), State())
            hold = TIMINGS[source.rule].hold
            causes.append(
                inhibit.Cause(source.rule, source.series or "", state.phase, state.since, state.incident, hold)
            )
        over = [cause.since for cause in causes if one.id in self.story.inhibited and cause.phase == "inactive"]
        waiting = inhibit.Waiting(one.key[1], one.opened_at, max(over, default=None))  # type: ignore[arg-type]
        held = inhibit.held(waiting, causes, one.key[2] == "critical", inhibit.InhibitRule(), now)
        if held and held.cause:
            self.story.inhibited.add(one.id)
        return held is not None

    def live(self, name: str, members: list[Incident]) -> Group | None:
        """The group as the database tells of it."""
        told = [one.told_at for one in members if one.told_at is not None]
        if not any(not one.over and one.told_at is not None for one in members):
            return None
        grew = max(one.opened_at for one in members)
        return Group(name, members[0].key, len(told), len(set(told)), max(told), grew, True)

    def write(self, event: str, lead: str, key: Key, now: float) -> None:
        """A message into the channel's queue."""
        self.number += 1
        urgency = 6 if event == "resolve" else ("critical", "high", "medium", "low").index(key[2])
        heapq.heappush(self.queue, Message(0 if self.is_before else urgency, now, self.number, lead, event, key[0]))

    def send(self, until: float) -> None:
        """Send at the channel's pace until then."""
        while self.queue and max(self.free_at, self.queue[0].written) < until:
            one = heapq.heappop(self.queue)
            self.free_at = max(self.free_at, one.written) + 60.0 / PER_MINUTE
            self.story.messages += 1
            self.story.triggers += one.event == "trigger"
            if one.event == "trigger" and one.lead not in self.sent:
                self.story.pages += 1
                if one.lead in self.critical_at:
                    self.story.critical.append(self.free_at - self.critical_at[one.lead])
            self.sent.add(one.lead)
