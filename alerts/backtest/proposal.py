"""Which setting of a rule would have been quieter without missing anything that people called right (N2).

Every setting that is tried runs through the production evaluator over the same stored history. One is proposed only if
each incident that was judged right still fires and fewer of those that were judged wrong or useless do. A person
applies it, or does not: rules are files.
"""

import statistics
from collections.abc import Iterator, Sequence
from itertools import product
from typing import Any, NamedTuple

from msgspec import Struct

from alerts import durations
from alerts.backtest.spec import BacktestResult, Firing, Variant
from alerts.evaluate.ruleset import Rule
from core.alerting.judgement import Told

MARGIN = 120.0  # seconds by which a firing may miss an incident and still be the same
MOST = 36
FACTORS = (1.0, 1.1, 1.25, 1.5, 2.0)  # of an upper limit; a lower one is divided by them
HOLDS = (0.0, 120.0, 300.0, 600.0)  # seconds more than now
KEEPS = (0.0, 300.0, 900.0)


class Score(NamedTuple):
    """What a setting would have done to the incidents that people judged."""

    false: int
    lost: list[str]
    unjudged: int
    delay: float


class Side(Struct):
    """A setting: how often it fires, how many of those judged wrong or useless, and the median delay in seconds."""

    pages: int
    false: int
    unjudged: int
    delay: float = 0.0


class Proposal(Struct):
    """The best setting that was found, or why there is none. `set` are the fields of the rule that change."""

    rule: str
    start: float
    end: float
    tried: int
    right: int
    false: int
    before: Side | None = None
    after: Side | None = None
    set: dict[str, Any] = {}
    why: str = ""


def settings_of(rule: Rule) -> list[Variant]:
    """What is tried: limits, `for` and `keep_firing_for`, the nearest to today's first; at most `MOST`."""
    limits = {name: rule.config.parameters.get(name) for name in ("above", "below")}
    known = {name: value for name, value in limits.items() if isinstance(value, int | float)}
    found = []
    for factor, hold, keep in product(FACTORS if known else (1.0,), HOLDS, KEEPS):
        changed: dict[str, Any] = {}
        if factor != 1.0:
            changed |= {name: _limit(name, value, factor) for name, value in known.items()}
        if hold:
            changed["for"] = _written(durations.seconds(rule.config.hold) + hold)
        if keep:
            changed["keep_firing_for"] = _written(durations.seconds(rule.config.keep_firing_for) + keep)
        if changed:
            found.append((len(changed), factor, hold, keep, changed))
    found.sort(key=lambda one: one[:4])
    return [Variant(f"setting {number}", one[4]) for number, one in enumerate(found[:MOST], 1)]


def batches(variants: Sequence[Variant], size: int) -> Iterator[list[Variant]]:
    """Variants in groups of so many."""
    for first in range(0, len(variants), size):
        yield list(variants[first : first + size])


def score(result: BacktestResult, told: Sequence[Told], end: float) -> Score:
    """A setting against the incidents that people were told of."""
    false, lost, unjudged, delays = 0, list[str](), 0, list[float]()
    for one in told:
        firing = next((firing for firing in result.firings if _is_same(firing, one, end)), None)
        if one.judgement == "right":
            if firing is None:
                lost.append(one.id)
            else:
                delays.append(max(0.0, firing.start - one.opened_at.timestamp()))
        elif firing is not None:
            false += one.judgement is not None
            unjudged += one.judgement is None
    return Score(false, lost, unjudged, statistics.median(delays) if delays else 0.0)


def choose(
    rule: Rule, now: BacktestResult, tried: Sequence[BacktestResult], told: Sequence[Told], start: float, end: float
) -> Proposal:
    """The setting with the fewest false ones that loses none; of equal ones the one with the least delay; pure."""
    right = sum(one.judgement == "right" for one in told)
    false = sum(one.judgement in ("wrong", "useless") for one in told)
    found = Proposal(rule.config.id, start, end, len(tried), right, false)
    base = score(now, told, end)
    found.before = Side(now.pages, base.false, base.unjudged, base.delay)
    if not false:
        found.why = "no incident of this span was judged wrong or useless"
        return found
    scored = [(score(one, told, end), one) for one in tried]
    good = [(one, of) for one, of in scored if set(one.lost) <= set(base.lost) and one.false < base.false]
    if not good:
        found.why = "no setting that was tried has fewer false incidents without losing one that was right"
        return found
    best, of = min(good, key=lambda pair: (pair[0].false, pair[0].delay, len(pair[1].set), -pair[1].pages))
    found.set, found.after = of.set, Side(of.pages, best.false, best.unjudged, best.delay)
    return found


def _written(length: float) -> str:
    """Seconds as rules.toml has them."""
    return f"{length / 60:g}m" if length % 60 == 0 else f"{length:g}s"


def _limit(name: str, value: float, factor: float) -> float:
    """A limit further away from what is usual; 0 has no further."""
    return float(f"{value * factor if name == 'above' else value / factor:.4g}")


def _is_same(firing: Firing, one: Told, end: float) -> bool:
    if firing.series != one.series:
        return False
    over = one.resolved_at.timestamp() if one.resolved_at else end
    until = firing.end if firing.end is not None else end
    return firing.start <= over + MARGIN and until >= one.began_at.timestamp() - MARGIN
