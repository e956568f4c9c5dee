"""A year of pages by the shipped rules, and what proposals make of them month by month (N2).

`python -m bench alert_quality_year`. A simulated year (`_alert_year.py`): rates with season and launches, noise, and
incidents of every scenario, all with known truth. The shipped rules run over it through the production evaluator and
the grouping of messages; people judge most of the messages by the truth. At the end of each month the production search
proposes a setting for each rule from the three months before, and a person applies it. Counted are the months after the
first, with proposals and without: messages about nothing real, incidents lost, delay. Goal: at most half as many false
messages, and no incident lost. `GATEHOUSE_BENCH_DAYS=90` runs a quarter of it, `GATEHOUSE_BENCH_SEED=2` another year.
"""

import os
import statistics
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple
from zlib import crc32

import numpy as np

from alerts.backtest.messages import Message, messages
from alerts.backtest.proposal import MARGIN, Search
from alerts.backtest.spec import Firing, Variant, varied
from alerts.backtest.track import Run, Track
from alerts.durations import seconds
from alerts.evaluate import ruleset
from alerts.evaluate.ruleset import Rule, Rules
from alerts.notify.stages.group import GroupingPolicy, terms_of
from bench import _alert_readings as readings
from bench import _alert_windows as windows
from bench._alert_year import Happening, World
from core import settings
from core.alerting.judgement import Judgement, Told
from core.clock import to_datetime
from core.settings import Settings

DAYS, SEED = 365, 1
MONTH, LEARNT = 30 * 86_400, 92 * 86_400  # seconds
SLOWER = 600  # seconds between two evaluations of a rule that learns what is usual anew at each
JUDGED = 0.8  # of the incidents, by people
SLOTS = ("A1", "A2", "K1", "K2", "K3", "K4", "error-rate", "approval-rate", "feed", "traffic-anomaly")
RULES = (*SLOTS, *readings.RULES)
HEAD = f"{'rule':16}{'messages':>14}{'false':>12}{'incidents':>12}{'delay':>8}  applied"


class Pages(NamedTuple):
    """What people got of a rule in the months that count: messages, those about nothing real, and when each real
    incident was told first, by its name.
    """

    sent: int
    false: int
    told: dict[tuple[str, int], float]


class Walk(NamedTuple):
    """A rule through the year: without and with proposals, what was applied by month; messages that grouping saved."""

    rule: str
    before: Pages
    after: Pages
    applied: list[tuple[int, dict[str, Any]]]
    grouped: int


class Total(NamedTuple):
    """All rules: false messages, incidents that no rule tells any more, of a rule alone, and seconds added."""

    before: int
    after: int
    lost: list[str]
    lost_by_rule: list[str]
    delay: float
    longest: float

    @property
    def cut(self) -> float:
        """The share of false messages that there are no more."""
        return 1 - self.after / self.before if self.before else 0.0


def main() -> int:
    """Print the ledger; 0 when the goals are met."""
    days = int(os.environ.get("GATEHOUSE_BENCH_DAYS", str(DAYS)))
    seed = int(os.environ.get("GATEHOUSE_BENCH_SEED", str(SEED)))
    began = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        known = settings.load({"GATEHOUSE_DATA_DIR": folder})
        world = World(known, days, seed)
        walks, rules = [], ruleset.load(known)
        print(HEAD)
        for rule in RULES:
            walks.append(walk(known, rules, world, rule))
            print(line(walks[-1]), flush=True)
    total = sum_of(walks)
    print(f"messages that other grouping saved: {sum(one.grouped for one in walks)}")
    real = sum(one.real for one in world.happenings)
    print(f"{days} days, seed {seed}: {real} real incidents, {len(world.happenings) - real} other happenings")
    met = total.cut >= 0.5 and not total.lost
    print(
        f"false messages {total.before} -> {total.after}: {100 * total.cut:.0f} % fewer; incidents lost "
        f"{len(total.lost)} (by a rule but not by all {len(total.lost_by_rule)}); those told later are so by "
        f"{total.delay:.0f} s (median), {total.longest:.0f} s at most; {time.perf_counter() - began:.0f} s; "
        f"{'met' if met else 'NOT MET'}"
    )
    for name in [*total.lost, *total.lost_by_rule]:
        print(f"  lost: {name}")
    return 0 if met else 1


def walk(known: Settings, rules: Rules, world: World, name: str) -> Walk:
    """One rule, month by month."""
    rule, calendars = rules.by_id()[name], known.config.windows
    track = read(world, rule)
    month, learnt = (int(length / track.step) for length in (MONTH, LEARNT))
    plain, run = Run(track, calendars), Run(track, calendars)
    now, applied = rule, list[tuple[int, dict[str, Any]]]()
    sent, without = list[Message](), list[Message]()
    for first in range(0, len(track), month):
        last = min(first + month, len(track))
        firings = run.over(now, first, last)
        begin = float(track.times[first])
        sent += told_from(now, firings, terms_of(now.config, rules.settings.grouping), begin)
        without += told_from(now, firings, terms_of(rule.config, rules.settings.grouping), begin)
        if last < len(track):
            part = track.part(max(0, last - learnt), last)
            told = incidents(world, now, firings, sent, float(part.times[0]))
            found = Search(now, rules.settings, part, calendars, told).best()
            if found.set:
                now = varied(now.config, rules.settings, Variant("applied", found.set))
                applied.append((last // month, found.set))
    before = plain.over(rule)
    usual = told_from(rule, before, terms_of(rule.config, rules.settings.grouping), 0.0)
    counted = float(world.start + MONTH)
    return Walk(
        name,
        pages(world, rule, before, usual, counted),
        pages(world, rule, run.found.firings, sent, counted),
        applied,
        len(without) - len(sent),
    )


def read(world: World, rule: Rule) -> Track:
    """The readings of the year: of slots as the production reader has them, else those that the world has."""
    if rule.id in readings.RULES:
        return readings.track(world, rule.id)
    window = seconds(rule.parameters.window)
    if rule.config.kind == "window":
        return windows.track(world, rule.parameters.metric, window)
    past = rule.kind.past(world.history(window), rule.parameters)  # type: ignore[attr-defined]
    return Track.of(((float(at), past(float(at))) for at in world.times(SLOWER)), float(SLOWER))


def told_from(rule: Rule, firings: Sequence[Firing], terms: GroupingPolicy | None, begin: float) -> list[Message]:
    """The messages about what fired from `begin` on."""
    places = [place for place, firing in enumerate(firings) if firing.start >= begin]
    sent = messages(rule, [firings[place] for place in places], terms)
    return [one._replace(of=tuple(places[place] for place in one.of)) for one in sent]


def incidents(world: World, rule: Rule, firings: Sequence[Firing], sent: Sequence[Message], begin: float) -> list[Told]:
    """What people were told of since `begin`, most of it judged by the truth."""
    found = []
    for message in sent:
        for place in message.of:
            one = firings[place]
            if one.start < begin:
                continue
            is_judged = crc32(f"{rule.id}/{one.series}/{one.start:.0f}".encode()) % 1000 < 1000 * JUDGED
            is_right = bool(reasons(world, rule, one))
            over = None if one.end is None else to_datetime(one.end)
            began, opened, told = (to_datetime(at) for at in (one.began, one.start, message.at))
            judgement: Judgement | None = ("right" if is_right else "wrong") if is_judged else None
            found.append(Told(
                f"{place}", rule.id, one.series, rule.config.severity, rule.config.title, began, opened, told, None,
                over, judgement))  # fmt: skip
    return found


def reasons(world: World, rule: Rule, firing: Firing) -> list[Happening]:
    """The real incidents that a firing is about: it overlaps them, or their end within the rule's window."""
    slack = MARGIN + (seconds(rule.parameters.window) if hasattr(rule.parameters, "window") else 0.0)
    until = firing.end if firing.end is not None else float(world.end)
    return [
        one
        for one in world.happenings
        if one.real
        and rule.id in one.rules
        and firing.series in (one.rules[rule.id] or (f"{one.name}-{one.number}",))
        and firing.began <= one.end + slack
        and until >= one.start - MARGIN
    ]


def pages(world: World, rule: Rule, firings: Sequence[Firing], sent: Sequence[Message], counted: float) -> Pages:
    """The messages from `counted` on against the truth."""
    total, false, told = 0, 0, dict[tuple[str, int], float]()
    for message in sent:
        if message.at < counted:
            continue
        about = [one for place in message.of for one in reasons(world, rule, firings[place])]
        total, false = total + 1, false + (not about)
        begins = min((one.start for one in about), default=0.0)
        for one in about:
            # One that began while another was told already is told by it only if that was real too.
            if message.at >= min(one.start, begins) - MARGIN and one.start >= counted:
                key = (one.name, one.number)
                told[key] = min(told.get(key, message.at), message.at) if key in told else message.at
    return Pages(total, false, told)


def sum_of(walks: Sequence[Walk]) -> Total:
    """All rules together."""
    before, after = (first(walks, side) for side in ("before", "after"))
    lost = [f"{name} {number}" for name, number in sorted(before.keys() - after.keys())]
    alone = [
        f"{name} {number} by {one.rule}"
        for one in walks
        for name, number in sorted(one.before.told.keys() - one.after.told.keys())
        if (name, number) in after
    ]
    later = [after[key] - at for key, at in before.items() if key in after and after[key] > at]
    return Total(
        sum(one.before.false for one in walks),
        sum(one.after.false for one in walks),
        lost,
        alone,
        statistics.median(later) if later else 0.0,
        max(later, default=0.0),
    )


def first(walks: Sequence[Walk], side: str) -> Mapping[tuple[str, int], float]:
    """When each incident was told first by any rule."""
    found: dict[tuple[str, int], float] = {}
    for one in walks:
        for key, at in getattr(one, side).told.items():
            found[key] = min(found.get(key, at), at)
    return found


def line(one: Walk) -> str:
    """A rule: messages and false ones before and after, incidents told, delay added, what was applied."""
    later = [one.after.told[key] - at for key, at in one.before.told.items() if key in one.after.told]
    delay = f"{np.median(later):.0f} s" if later else "-"
    applied = "; ".join(
        f"month {month}: " + ", ".join(f"{name}={value}" for name, value in changed.items())
        for month, changed in one.applied
    )
    return (
        f"{one.rule:16}{f'{one.before.sent} -> {one.after.sent}':>14}"
        f"{f'{one.before.false} -> {one.after.false}':>12}"
        f"{f'{len(one.before.told)} -> {len(one.after.told)}':>12}{delay:>8}  {applied}"
    )


if __name__ == "__main__":
    sys.exit(main())
