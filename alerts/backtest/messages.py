"""The messages that people would have got of firings, grouped as the notifier groups incidents (A14). Pure.

Nobody acknowledges anything here, so a group takes incidents until it has not grown for its time or is over.
"""

import math
from collections.abc import Sequence
from typing import NamedTuple

from alerts.backtest.spec import Firing
from alerts.evaluate.ruleset import Rule
from alerts.notify.stages.group import Candidate, Group, GroupingPolicy, pause_of, plan


class Message(NamedTuple):
    """A message at `at` about some firings, by their place in the list."""

    at: float
    of: tuple[int, ...]


def messages(rule: Rule, firings: Sequence[Firing], terms: GroupingPolicy | None) -> list[Message]:
    """The messages, the oldest first. What is over before its message comes is not told."""
    order = sorted(range(len(firings)), key=lambda place: firings[place].start)
    if terms is None:
        return [Message(firings[place].start, (place,)) for place in order]
    key = (rule.id, "alert", rule.config.severity)
    sent: list[Message] = []
    groups: dict[str, Group] = {}
    over: dict[str, float] = {}  # when the last that was told of a group ends
    waiting: dict[str, Candidate] = {}
    following, now = 0, -math.inf
    while following < len(order) or waiting:
        turns = [_turn(groups[one.group], over[one.group], terms) for one in waiting.values()]
        now = max(now, min([*turns, *(firings[place].start for place in order[following : following + 1])]))
        while following < len(order) and firings[order[following]].start <= now:
            place = order[following]
            waiting[str(place)] = Candidate(str(place), key, firings[place].start, firings[place].series)
            following += 1
        waiting = {name: one for name, one in waiting.items() if _end(firings[int(name)]) > now}
        groups = {name: one for name, one in groups.items() if over[name] > now}
        found = plan(waiting.values(), list(groups.values()), {rule.id: terms}, now)
        for one in found.tellings:
            fresh, before = [int(name) for name in one.fresh], groups.get(one.lead)
            told, count = (before.told, before.messages) if before else (0, 0)
            grew = max([before.grew_at if before else 0.0, *(firings[place].start for place in fresh)])
            groups[one.lead] = Group(one.lead, key, told + len(fresh), count + 1, now, grew, takes=True)
            over[one.lead] = max([over.get(one.lead, 0.0), *(_end(firings[place]) for place in fresh)])
            sent.append(Message(now, tuple(fresh)))
            for name in one.fresh:
                del waiting[name]
        for name in waiting.keys() & found.joined.keys():
            home = found.joined[name]
            waiting[name] = waiting[name]._replace(group=home)
            groups[home] = groups[home]._replace(grew_at=max(groups[home].grew_at, waiting[name].opened_at))
    return sent


def _turn(group: Group, over: float, terms: GroupingPolicy) -> float:
    """When those that wait in a group are told: with its next message, or by themselves when it is over."""
    return min(group.told_at + pause_of(group, terms), over)


def _end(firing: Firing) -> float:
    return math.inf if firing.end is None else firing.end
