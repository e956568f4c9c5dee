"""Which setting of a rule would have been quieter without missing anything that people called right (N2).

Every setting that is tried runs through the production evaluator over the same stored history, and its firings through
the grouping of messages. One is proposed only if each incident that was judged right is still told in time, also by a
setting half as strict again, and fewer messages are about nothing but what was judged wrong or useless. A person
applies it, or does not: rules are files.
"""

import statistics
from collections.abc import Mapping, Sequence
from itertools import product
from typing import Any, NamedTuple

from msgspec import Struct

from alerts import durations
from alerts.backtest.messages import Message, messages
from alerts.backtest.spec import Firing, Variant, varied
from alerts.backtest.track import Track, firings_of
from alerts.config import AlertsConfig
from alerts.evaluate.ruleset import Rule
from alerts.notify.stages.group import terms_of
from core.alerting.judgement import Told
from core.config import Calendar

MARGIN = 120.0  # seconds by which a firing may miss an incident and still be the same
FACTORS = (1.0, 1.1, 1.25, 1.5, 2.0)  # of an upper limit; a lower one is divided by them
HOLDS = (0.0, 120.0, 300.0, 600.0, 900.0)  # seconds more than now
KEEPS = (0.0, 300.0, 900.0, 1800.0)
WAITS = ("", "1m", "5m", "15m")  # between the messages of a group; "": as now
LASTINGS = ("", "2h")
FEW = 3  # right incidents below which only the smaller changes are tried; without any, limits stay as they are
SMALLER = (1.25, 300.0)  # factor and seconds
SAFETY = 1.5  # a setting so much further away must lose none either
MOST_DELAY = {"critical": 60.0, "high": 600.0, "medium": 900.0, "low": 1800.0}  # seconds, of any right one


class Setting(NamedTuple):
    """Fields of the rule that change, and how far: factor of the limits, seconds added to `for` and to the rest."""

    set: dict[str, Any]
    factor: float = 1.0
    hold: float = 0.0
    keep: float = 0.0


class Score(NamedTuple):
    """What a setting would have done to the incidents that people judged. `delay` is the median in seconds."""

    false: int
    lost: list[str]
    unjudged: int
    delay: float
    longest: float = 0.0


class Side(Struct):
    """A setting: firings and messages, those about nothing but what was wrong or useless, and the median delay."""

    pages: int
    false: int
    unjudged: int
    delay: float = 0.0
    messages: int = 0


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


class Search:
    """The settings of one rule over one track; `general` has the grouping of all rules."""

    def __init__(
        self, rule: Rule, general: AlertsConfig, track: Track, windows: Mapping[str, Calendar], told: Sequence[Told]
    ) -> None:
        self._rule, self._general, self._track, self._windows = rule, general, track, windows
        self._told = told
        self._end = float(track.times[-1]) + track.step if len(track) else 0.0
        self._firings: dict[str, list[Firing]] = {}

    def best(self) -> Proposal:
        """The setting with the fewest false messages that loses none; of equal ones the nearest to today's."""
        start = float(self._track.times[0]) if len(self._track) else 0.0
        right = sum(one.judgement == "right" for one in self._told)
        false = sum(one.judgement in ("wrong", "useless") for one in self._told)
        found = Proposal(self._rule.config.id, start, self._end, 0, right, false)
        base, found.before = self.score({})
        if not base.false:
            found.why = "no message of this span was judged wrong or useless"
            return found
        scored = [(*self.score(one.set), one) for one in self._settings(right)]
        found.tried = len(scored)
        quieter = [one for one in scored if self._keeps_all(one[0], base) and one[0].false < base.false]
        for score, side, setting in sorted(quieter, key=lambda one: _order(one[0], one[2])):
            further, _ = self.score(self._further(setting))
            if self._keeps_all(further, base) and score.false <= base.false:
                found.set, found.after = setting.set, side
                return found
        found.why = "no setting that was tried has fewer false messages without losing or delaying one that was right"
        return found

    def score(self, changed: Mapping[str, Any]) -> tuple[Score, Side]:
        """What the rule does with some fields set otherwise."""
        rule = varied(self._rule.config, self._general, Variant("tried", dict(changed))) if changed else self._rule
        judged_by = rule.fingerprint
        if judged_by not in self._firings:
            self._firings[judged_by] = firings_of(rule, self._track, self._windows)
        firings = self._firings[judged_by]
        sent = messages(rule, firings, terms_of(rule.config, self._general.grouping))
        found = score(firings, sent, self._told, self._end)
        return found, Side(len(firings), found.false, found.unjudged, found.delay, len(sent))

    def _settings(self, right: int) -> list[Setting]:
        """What is tried; grouping only where there are several series, or each incident is told alone now."""
        several = len({one.series for one in self._told}) > 1
        factor, hold = SMALLER if right < FEW else (FACTORS[-1], HOLDS[-1])
        factor, hold = factor if right else 1.0, min(hold, MOST_DELAY[self._rule.config.severity])
        limited = [one for one in settings_of(self._rule) if one.factor <= factor and one.hold <= hold]
        grouped = groupings_of(self._rule) if several else [{}]
        return [one._replace(set=one.set | more) for one, more in product(limited, grouped) if one.set or more]

    def _further(self, setting: Setting) -> dict[str, Any]:
        grouping = {name: value for name, value in setting.set.items() if name.startswith("group")}
        factor = 1 + SAFETY * (setting.factor - 1)
        return _changed(self._rule, factor, SAFETY * setting.hold, SAFETY * setting.keep) | grouping

    def _keeps_all(self, one: Score, base: Score) -> bool:
        most = base.longest + MOST_DELAY[self._rule.config.severity]
        return set(one.lost) <= set(base.lost) and one.longest <= most


def settings_of(rule: Rule) -> list[Setting]:
    """Limits, `for` and `keep_firing_for`, the nearest to today's first; a state has no other limit."""
    limits = any(isinstance(rule.config.parameters.get(name), int | float) for name in ("above", "below"))
    factors = FACTORS if limits and not rule.config.words else (1.0,)
    found = [Setting(_changed(rule, *one), *one) for one in product(factors, HOLDS, KEEPS)]
    return sorted(found, key=lambda one: (len(one.set), *one[1:]))


def groupings_of(rule: Rule) -> list[dict[str, Any]]:
    """How messages of several series may be grouped; the first is as now."""
    now = {} if rule.config.group else {"group": True}
    found = [
        now | ({"group_wait": wait} if wait else {}) | ({"group_lasting": lasting} if lasting else {})
        for wait, lasting in product(WAITS, LASTINGS)
    ]
    return found if rule.config.group else [{}, *found]


def score(firings: Sequence[Firing], sent: Sequence[Message], told: Sequence[Told], end: float) -> Score:
    """The messages of a setting against the incidents that people were told of."""
    false, unjudged, first, matched = 0, 0, dict[str, float](), _matched(firings, told, end)
    for message in sent:
        about = [one for place in message.of for one in matched.get(place, ())]
        words = {one.judgement for one in about}
        false += bool(words & {"wrong", "useless"}) and "right" not in words
        unjudged += words == {None}
        begins = [one.began_at.timestamp() for one in about if one.judgement == "right"]
        for one in about:
            # What began while another was told already is told only if that was right.
            if message.at >= one.began_at.timestamp() - MARGIN or message.at >= min(begins, default=0.0) - MARGIN:
                first[one.id] = min(first.get(one.id, message.at), message.at)
    right = [one for one in told if one.judgement == "right"]
    lost = [one.id for one in right if one.id not in first]
    delays = [max(0.0, first[one.id] - one.opened_at.timestamp()) for one in right if one.id in first]
    return Score(false, lost, unjudged, statistics.median(delays) if delays else 0.0, max(delays, default=0.0))


def _matched(firings: Sequence[Firing], told: Sequence[Told], end: float) -> dict[int, list[Told]]:
    """The incidents that each firing is about."""
    found: dict[int, list[Told]] = {}
    by_series: dict[str, list[Told]] = {}
    for one in told:
        by_series.setdefault(one.series, []).append(one)
    for place, firing in enumerate(firings):
        found[place] = [one for one in by_series.get(firing.series, ()) if _is_same(firing, one, end)]
    return found


def _changed(rule: Rule, factor: float, hold: float, keep: float) -> dict[str, Any]:
    parameters, changed = rule.config.parameters, dict[str, Any]()
    for name in ("above", "below"):
        value = parameters.get(name)
        if factor != 1.0 and isinstance(value, int | float):
            changed[name] = _limit(name, value, factor, rule.config.unit)
    if hold:
        changed["for"] = _written(durations.seconds(rule.config.hold) + hold)
    if keep:
        changed["keep_firing_for"] = _written(durations.seconds(rule.config.keep_firing_for) + keep)
    return changed


def _limit(name: str, value: float, factor: float, unit: str) -> float:
    """A limit further away from what is usual; an upper one of a percentage at most half the way to 100."""
    if name == "below":
        return float(f"{value / factor:.4g}")
    most = (value + 100) / 2 if unit == "%" and value < 100 else value * factor
    return float(f"{min(value * factor, most):.4g}")


def _order(score: Score, setting: Setting) -> tuple[float, ...]:
    return score.false, score.delay, len(setting.set), setting.factor, setting.hold, setting.keep


def _written(length: float) -> str:
    """Seconds as rules.toml has them."""
    return f"{length / 60:g}m" if length % 60 == 0 else f"{length:g}s"


def _is_same(firing: Firing, one: Told, end: float) -> bool:
    over = one.resolved_at.timestamp() if one.resolved_at else end
    until = firing.end if firing.end is not None else end
    return firing.start <= over + MARGIN and until >= one.began_at.timestamp() - MARGIN
