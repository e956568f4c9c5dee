"""A world in which the strict profile raises the blocked rate, judged and acted upon by the product's own pure parts.

Each series is a random history of ten-second slots: a quiet share of sure frauds (score 0.70 and more) with attacks now
and then, a share in the grey zone (0.60 to 0.70) that only the strict profile blocks, customers who try again when they
are blocked, gaps without data, a clock that steps, a worker that is away, people who approve, revert and throw the kill
switch. The rule's limits and state machine, and the bounds of the action, are the shipped ones.
"""

import random
from collections import deque
from dataclasses import dataclass, field

from alerts.evaluate.machine import Input, State, Timing, step
from alerts.evaluate.rule import Limits, Reading, against
from alerts.respond import bounds
from alerts.respond.bounds import Bounds

SLOT = 10.0
WINDOW = 60  # slots: ten minutes
LIMITS = Limits(above=3.0, recovered_below=2.5, minimum=50)
TIMING = Timing(hold=600.0, keep=120.0)
BOUNDS = Bounds(cooldown_minutes=15, per_hour=2, revert_after_minutes=120)


@dataclass
class Applied:
    """One time that the strict profile was put in force: by the true clock, by the worker's, and until when."""

    true: float
    clock: float
    revert_at: float
    ended: float | None = None
    ended_clock: float | None = None


@dataclass
class Story:
    """What happened. `calm_strict` is how long the strict profile stood in a row though nothing was wrong, seconds."""

    applied: list[Applied] = field(default_factory=list)
    refused: int = 0
    resolved_without_data: int = 0
    over_time: int = 0
    switched_off_applied: int = 0
    calm_strict: float = 0.0
    strict: float = 0.0
    forward: float = 0.0
    fired: int = 0


class World:
    """One series; `plain` judges the rate as it is instead of what the normal profile would have given."""

    def __init__(self, seed: int, plain: bool = False, hours: float = 3.0) -> None:
        self.random = random.Random(seed)
        self.plain = plain
        self.slots = int(hours * 3600 / SLOT)
        self.quiet = self.random.uniform(0.002, 0.02)
        self.grey = self.random.uniform(0.005, 0.06)
        self.again = self.random.uniform(0.0, 0.8)  # share of those blocked in the grey zone who try again
        self.rate = self.random.uniform(10.0, 60.0)
        self.attack = (0, 0.0)
        self.gap = self.away = 0
        self.offset = 0.0
        self.is_on = True
        self.state = State()
        self.window: deque[tuple[int, int, int]] = deque(maxlen=WINDOW)  # all, blocked, blocked by the normal profile
        self.incident = ""
        self.wanted: list[str] = []
        self.tried = 0.0
        self.calm = 0.0
        self.story = Story()

    def play(self) -> Story:
        """The whole series."""
        for number in range(self.slots):
            true = number * SLOT
            self.chance()
            self.traffic()
            if self.away:
                self.away -= 1
            else:
                self.judge(true)
                self.act(true)
            self.watch()
        return self.story

    @property
    def in_force(self) -> Applied | None:
        """The strict profile, while it is in force."""
        return next((one for one in self.story.applied if one.ended is None), None)

    def chance(self) -> None:
        """What happens by itself."""
        pick = self.random.random
        count, share = self.attack
        self.attack = (count - 1, share) if count else (0, 0.0)
        if not count and pick() < 0.002:
            self.attack = (self.random.randint(6, 360), self.random.uniform(0.02, 0.15))
        self.gap = self.gap - 1 if self.gap else (self.random.randint(1, 120) if pick() < 0.002 else 0)
        if not self.away and pick() < 0.002:
            self.away = self.random.randint(1, 30)
        if pick() < 0.001:
            jump = self.random.choice((-7200.0, -600.0, -5.0, 5.0, 600.0))
            self.offset += jump
            self.story.forward += max(jump, 0.0)
        if pick() < 0.0005:
            self.is_on = not self.is_on

    def traffic(self) -> None:
        """One slot of transactions; none during a gap."""
        if self.gap:
            self.window.append((0, 0, 0))
            return
        n = self.rate * self.random.uniform(0.5, 1.5)
        sure, grey = n * (self.quiet + self.attack[1]), n * self.grey
        if self.in_force:
            grey *= 1 + self.again
        total = round(n + (grey - n * self.grey))
        sure_n, grey_n = self._whole(sure), self._whole(grey)
        self.window.append((total, sure_n + (grey_n if self.in_force else 0), sure_n))

    def judge(self, true: float) -> None:
        """One evaluation of A1."""
        total, blocked, normal = (sum(column) for column in zip(*self.window, strict=True))
        value = (blocked if self.plain else normal) / total * 100 if total else None
        verdict = against(LIMITS, Reading("", value, total))
        seen = Input(verdict.state, true, SLOT, value, verdict.limit)
        self.state, transitions = step("A1", "", self.state, TIMING, seen)
        for one in transitions:
            if one.what == "fired":
                self.story.fired += 1
                self.incident = one.incident
                self.wanted.append(one.incident)
            elif one.what == "resolved":
                self.story.resolved_without_data += verdict.state == "no_data"
                self.recovered(true)

    def recovered(self, true: float) -> None:
        """The incident is over: nothing waits any more, and what is in force is due to be reverted."""
        self.incident, self.wanted = "", []
        if found := self.in_force:
            found.revert_at = min(found.revert_at, true + self.offset)

    def act(self, true: float) -> None:
        """What a worker does with what waits, and what people do about it."""
        now = true + self.offset
        found = self.in_force
        if found and (now >= found.revert_at or self.random.random() < 0.0005):  # in time, or by a person
            found.ended, found.ended_clock = true, now
        if self.incident and not self.wanted and not self.in_force and self.random.random() < 0.02:
            self.wanted.append(self.incident)  # a person approves what was refused
        while self.wanted:
            self.wanted.pop()
            for _ in range(self.random.choice((1, 1, 2))):  # two workers may both come for it
                self.apply(true, now)

    def apply(self, true: float, now: float) -> None:
        """One application, as `alerts.respond.action_runner` does it: the switch, the bounds, and what is in force
        already.
        """
        begun = [one.clock for one in self.story.applied if one.clock > now - bounds.reach(BOUNDS)]
        if self.in_force or not self.is_on or not bounds.judge(BOUNDS, begun, now).allowed:
            self.story.refused += 1
            return
        self.story.switched_off_applied += not self.is_on
        until = bounds.revert_at(BOUNDS, now)
        assert until is not None
        self.story.applied.append(Applied(true, now, until))

    def watch(self) -> None:
        """How long the strict profile stands, and for how long in a row without any reason."""
        found = self.in_force
        total, _, normal = (sum(column) for column in zip(*self.window, strict=True))
        is_calm = total >= LIMITS.minimum and normal / total * 100 <= 2.5 and not self.gap and not self.away
        self.story.strict += SLOT if found else 0.0
        self.calm = self.calm + SLOT if found and is_calm else 0.0
        self.story.calm_strict = max(self.story.calm_strict, self.calm)

    def _whole(self, expected: float) -> int:
        whole = int(expected)
        return whole + (self.random.random() < expected - whole)
