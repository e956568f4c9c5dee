"""Silences: who is not told of what, until when. Pure; the rows are in `silences`."""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple, TypeVar

from core.events.base import Severity


class Silence(NamedTuple):
    """An exact matcher means the very same text, '' included; any other is a pattern (`matches`). Times are aware."""

    id: int
    rule: str
    series: str
    severity: Severity | None
    owner: str
    reason: str
    starts_at: datetime
    ends_at: datetime
    created_at: datetime | None = None
    ended_by: str | None = None
    warned_at: datetime | None = None
    exact_rule: bool = False
    exact_series: bool = False


S = TypeVar("S", bound=Silence)


def matches(pattern: str, text: str, exact: bool = False) -> bool:
    """True when `text` is meant by `pattern`: exactly itself, or '' everything, `x*` what begins with x."""
    if exact:
        return pattern == text
    if pattern.endswith("*"):
        return text.startswith(pattern[:-1])
    return not pattern or pattern == text


def concerns(silence: Silence, rule: str, series: str, severity: str) -> bool:
    """True when the silence is about that series, whenever it is in force."""
    return concerns_rule(silence, rule, severity) and matches(silence.series, series, silence.exact_series)


def concerns_rule(silence: Silence, rule: str, severity: str) -> bool:
    """True when the silence is about series of that rule, whichever they are."""
    return matches(silence.rule, rule, silence.exact_rule) and silence.severity in (None, severity)


def means_every_series(silence: Silence) -> bool:
    """True when the series does not matter to it."""
    return not silence.exact_series and silence.series in ("", "*")


def covers(silence: Silence, rule: str, series: str, severity: str, at: float) -> bool:
    """True when the silence mutes that series at that time (epoch seconds): starts_at ≤ at < ends_at."""
    begins, ends = silence.starts_at.timestamp(), silence.ends_at.timestamp()
    return begins <= at < ends and concerns(silence, rule, series, severity)


def first(silences: Iterable[S], rule: str, series: str, severity: str, at: float) -> S | None:
    """The silence that mutes, the one that ends last; None when people are told."""
    found = [one for one in silences if covers(one, rule, series, severity, at)]
    return max(found, key=lambda one: one.ends_at, default=None)
