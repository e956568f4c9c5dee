"""What a silence mutes. Pure: a silence is a value, the time is given.

An empty matcher matches everything; `rule` and `series` match exactly, or by their beginning when they end in `*`.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Silence:
    """A row of `silences`: messages about what it matches wait while `starts_at` ≤ now < `ends_at`."""

    id: int
    rule: str
    series: str
    severity: str | None
    owner: str
    reason: str
    starts_at: datetime
    ends_at: datetime
    created_at: datetime
    ended_by: str | None = None
    warned_at: datetime | None = None

    def is_in_force(self, now: datetime) -> bool:
        """Whether it mutes at this moment."""
        return self.starts_at <= now < self.ends_at

    def matches(self, rule: str, series: str, severity: str) -> bool:
        """Whether it is about this series of this rule."""
        return _fits(self.rule, rule) and _fits(self.series, series) and self.severity in (None, severity)


def muting(silences: Iterable[Silence], rule: str, series: str, severity: str, now: datetime) -> Silence | None:
    """The silence in force that mutes this series longest, or None."""
    found = [one for one in silences if one.is_in_force(now) and one.matches(rule, series, severity)]
    return max(found, key=lambda one: one.ends_at, default=None)


def _fits(pattern: str, value: str) -> bool:
    return not pattern or value == pattern or (pattern.endswith("*") and value.startswith(pattern[:-1]))
