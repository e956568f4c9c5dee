"""Few messages in a storm (A14): of the incidents of one rule, the first is told at once and the rest together. Pure.

A group is named by the incident that was told first; that id is what receivers know it by. It takes further incidents
of the same rule, kind and severity while nobody has acknowledged all of it and it still grows. Its messages grow rarer:
the pause before the next doubles from `wait` to `interval`.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from alerts.config import GroupingConfig, RuleConfig
from alerts.durations import running, seconds

Key = tuple[str, str, str]


class GroupingPolicy(NamedTuple):
    """Seconds: the pause after the first message, the longest pause, and how long after it last grew a group takes
    more."""

    wait: float = 10.0
    interval: float = 300.0
    lasting: float = 1800.0


class Candidate(NamedTuple):
    """An open incident that people may be told of now. `group`: the one that it waits in, or ''."""

    id: str
    key: Key
    opened_at: float
    series: str = ""
    group: str = ""


class Group(NamedTuple):
    """A group of which something that was told is not over.

    `told` counts all of which people were told, `messages` how often; `takes`: nobody has acknowledged all of it.
    """

    id: str
    key: Key
    told: int
    messages: int
    told_at: float
    grew_at: float
    takes: bool


class Telling(NamedTuple):
    """A message: of the incidents `fresh`, to whoever hears of `lead`. `more` counts the others of the group.

    `group`: whether `lead` names one; without, an incident is told alone.
    """

    lead: str
    fresh: tuple[str, ...]
    more: int = 0
    group: bool = True


class Plan(NamedTuple):
    """Messages to write now, and which incidents begin to wait in which group."""

    tellings: list[Telling]
    joined: dict[str, str]


def plan(
    candidates: Iterable[Candidate], groups: Sequence[Group], terms: Mapping[str, GroupingPolicy | None], now: float
) -> Plan:
    """Who is told of what now. `terms` of each rule; None, or a rule without: each of its incidents is told alone."""
    live = {one.id: one for one in groups}
    alone: list[Telling] = []
    found: dict[str, list[Candidate]] = {}
    fresh: dict[Key, list[Candidate]] = {}
    for one in sorted(candidates, key=lambda one: (one.opened_at, one.series, one.id)):
        if terms.get(one.key[0]) is None:
            alone.append(Telling(one.id, (one.id,), group=False))
        elif home := _home(one, live, terms, now):
            found.setdefault(home, []).append(one)
        else:
            fresh.setdefault(one.key, []).append(one)
    joined = {one.id: home for home, members in found.items() for one in members if one.group != home}
    told = [Telling(members[0].id, tuple(one.id for one in members), len(members) - 1) for members in fresh.values()]
    joined |= {member: one.lead for one in told for member in one.fresh}
    for home, members in found.items():
        group, pause = live[home], pause_of(live[home], terms[live[home].key[0]] or GroupingPolicy())
        if not running(group.told_at, pause, now):
            told.append(Telling(home, tuple(one.id for one in members), group.told + len(members) - 1))
    return Plan(alone + told, joined)


def terms_of(rule: RuleConfig, general: GroupingConfig) -> GroupingPolicy | None:
    """How incidents of a rule are told together: by its own lengths, else by those of all; None: each alone."""
    if not rule.group:
        return None
    wait = general.wait if rule.group_wait is None else rule.group_wait
    lasting = general.lasting if rule.group_lasting is None else rule.group_lasting
    return GroupingPolicy(seconds(wait), seconds(general.longest), seconds(lasting))


def pause_of(group: Group, terms: GroupingPolicy) -> float:
    """How long after its last message a group's next one may come."""
    doubled = terms.wait * 2.0 ** min(max(group.messages - 1, 0), 30)
    return min(doubled, max(terms.interval, terms.wait))


def _home(one: Candidate, live: Mapping[str, Group], terms: Mapping[str, GroupingPolicy | None], now: float) -> str:
    """The group that an incident belongs to; '' when it begins one."""
    if one.group in live:
        return one.group
    lasting = (terms.get(one.key[0]) or GroupingPolicy()).lasting
    open_ones = [
        group for group in live.values() if group.key == one.key and group.takes and now - group.grew_at < lasting
    ]
    return max(open_ones, key=lambda group: group.grew_at).id if open_ones else ""


MOST_NAMES = 10


def others(names: Sequence[str], count: int) -> str:
    """A sentence about the others of a group: `And 149 more: a, b and 147 others; the incident page lists them.`"""
    if count < 1:
        return ""
    shown = [name for name in names if name][:MOST_NAMES]
    left = count - len(shown)
    listed = ", ".join(shown) + (
        f" and {left} others" if shown and left > 1 else " and 1 other" if shown and left else ""
    )
    return f"And {count} more" + (f": {listed}" if listed else "") + "; the incident page lists them."
