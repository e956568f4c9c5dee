"""Finds where a correlation holds among the events of one group, in order of time. Pure.

Once it holds, the match takes in everything of its group from a timespan before its first event to a timespan after the
one that completed it, and a new match starts from nothing: an attack that goes on gives about one match a timespan,
not one an event, and events that arrive late or in any order do not make more of them.
"""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from collector.correlation.rules import Correlation

Interval = tuple[float, float]


@dataclass(frozen=True)
class Hit:
    """An event that a detection means: epoch seconds, storing number, the detection's name, the event's flat fields."""

    at: float
    seq: int
    rule: str
    event: dict[str, Any]


@dataclass(frozen=True)
class Match:
    """Where a correlation held: the events of the window, the last of which completed it, and what it takes in."""

    hits: tuple[Hit, ...]
    taken: Interval


def find(rule: Correlation, hits: Sequence[Hit], taken: Sequence[Interval] = ()) -> list[Match]:
    """The matches in the hits of one group, ordered by time; `taken` are the intervals of earlier matches."""
    matches: list[Match] = []
    closed = list(taken)
    window: deque[Hit] = deque()
    for hit in hits:
        if any(start <= hit.at <= end for start, end in closed):
            continue
        window.append(hit)
        while window[0].at < hit.at - rule.timespan:
            window.popleft()
        if _holds(rule, window):
            taken_in = (window[0].at - rule.timespan, hit.at + rule.timespan)
            matches.append(Match(tuple(window), taken_in))
            closed.append(taken_in)
            window.clear()
    return matches


def _holds(rule: Correlation, window: deque[Hit]) -> bool:
    if rule.type == "event_count":
        return len(window) >= rule.least
    if rule.type == "value_count":
        values = {str(value) for hit in window if (value := hit.event.get(rule.field)) is not None}
        return len(values) >= rule.least
    if rule.type == "temporal":
        return {hit.rule for hit in window} >= set(rule.rules)
    wanted = iter(rule.rules)
    following = next(wanted, None)
    for hit in window:
        if hit.rule == following:
            following = next(wanted, None)
    return following is None
