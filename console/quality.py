"""How good alerts are, by rule and by week, from the incidents that people were told of (N2). Pure.

Counted: incidents, by what people said of them. Estimated: the hours they cost, minutes for each by configuration.
Precision is right of all that were judged, with Wilson's interval of 95 %; below `FEWEST` there is none.
"""

import statistics
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple, TypeVar
from zoneinfo import ZoneInfo

from core.alerting.judgement import Told
from core.models.performance.interval import Interval, wilson
from core.quality_config import QualityConfig

FEWEST = 5
T = TypeVar("T")


class Quality(NamedTuple):
    """Figures of some incidents; seconds to acknowledge and to recover are medians, None where there is nothing."""

    incidents: int
    right: int
    wrong: int
    useless: int
    at_night: int
    acknowledge: float | None
    recover: float | None
    hours: float
    hours_for_nothing: float

    @property
    def judged(self) -> int:
        """How many people said something of."""
        return self.right + self.wrong + self.useless

    @property
    def for_nothing(self) -> int:
        """How many were wrong or useless."""
        return self.wrong + self.useless

    @property
    def precision(self) -> float | None:
        """Right of all judged, 0..1; None below `FEWEST`."""
        return self.right / self.judged if self.judged >= FEWEST else None

    @property
    def interval(self) -> Interval | None:
        """Its 95 % interval."""
        return wilson(self.right, self.judged) if self.judged >= FEWEST else None


def of(told: Sequence[Told], terms: QualityConfig) -> Quality:
    """The figures of some incidents."""
    by = {word: sum(one.judgement == word for one in told) for word in ("right", "wrong", "useless")}
    hours = terms.minutes / 60
    return Quality(
        incidents=len(told),
        right=by["right"],
        wrong=by["wrong"],
        useless=by["useless"],
        at_night=sum(is_night(one.notified_at, terms) for one in told),
        acknowledge=_median((one.acknowledged_at, one.notified_at) for one in told),
        recover=_median((one.resolved_at, one.began_at) for one in told),
        hours=len(told) * hours,
        hours_for_nothing=(by["wrong"] + by["useless"]) * hours,
    )


def by_rule(told: Sequence[Told], terms: QualityConfig) -> dict[str, Quality]:
    """Of each rule, that which cost the most for nothing first."""
    found = {rule: of(some, terms) for rule, some in _grouped(told, lambda one: one.rule).items()}
    return dict(sorted(found.items(), key=lambda pair: (-pair[1].hours_for_nothing, -pair[1].incidents, pair[0])))


def by_week(told: Sequence[Told], terms: QualityConfig) -> dict[datetime, Quality]:
    """Of each week, from its Monday 00:00 in the zone, the oldest first."""
    return {week: of(some, terms) for week, some in sorted(_grouped(told, lambda one: week_of(one, terms)).items())}


def week_of(one: Told, terms: QualityConfig) -> datetime:
    """The Monday of the week in which people were told."""
    local = one.notified_at.astimezone(ZoneInfo(terms.zone))
    return (local - timedelta(days=local.weekday())).replace(hour=0, minute=0, second=0, microsecond=0)


def is_night(at: datetime, terms: QualityConfig) -> bool:
    """Whether it is night where people are."""
    hour = at.astimezone(ZoneInfo(terms.zone)).hour
    if terms.night_from <= terms.night_to:
        return terms.night_from <= hour < terms.night_to
    return hour >= terms.night_from or hour < terms.night_to


def _grouped(told: Sequence[Told], key: Callable[[Told], T]) -> dict[T, list[Told]]:
    found: dict[T, list[Told]] = defaultdict(list)
    for one in told:
        found[key(one)].append(one)
    return found


def _median(pairs: Iterable[tuple[datetime | None, datetime]]) -> float | None:
    lengths = [max(0.0, (end - start).total_seconds()) for end, start in pairs if end is not None]
    return statistics.median(lengths) if lengths else None
