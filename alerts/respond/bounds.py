"""What keeps an action within its bounds (A10). Pure: the times at which it acted before, and the time, come in.

Times are epoch seconds. A clock that was set back makes earlier applications lie in the future; they count as if they
had just happened, so that setting it back never allows more.
"""

from collections.abc import Sequence
from typing import Annotated, NamedTuple

from msgspec import Meta

from core import clock
from core.config import Count, Frozen, Minutes

HOUR = 3600.0
NotNegative = Annotated[float, Meta(ge=0, le=366 * 1440)]


class Bounds(Frozen, frozen=True):
    """Of one action: minutes between two applications, applications an hour, minutes until it is undone.

    What has `revert_after_minutes` is undone after that time, or when its incident ends, whichever comes first; but the
    end of the incident undoes it only after `least_minutes`, or what has cured the trouble would bring it back.
    """

    cooldown_minutes: NotNegative
    per_hour: Count
    revert_after_minutes: Minutes | None = None
    least_minutes: NotNegative = 0.0


class BoundsDecision(NamedTuple):
    """Whether an application is allowed now; if not, why, and from when on it would be."""

    allowed: bool
    reason: str = ""
    until: float | None = None


def reach(bounds: Bounds) -> float:
    """How many seconds back applications matter."""
    return max(HOUR, bounds.cooldown_minutes * 60)


def judge(bounds: Bounds, begun: Sequence[float], now: float) -> BoundsDecision:
    """Whether one more application is within the bounds; `begun`: when this action acted before."""
    times = sorted(min(at, now) for at in begun)
    if times and now < times[-1] + bounds.cooldown_minutes * 60:
        until = times[-1] + bounds.cooldown_minutes * 60
        return BoundsDecision(False, f"in cooldown until {_utc(until)} ({bounds.cooldown_minutes:g} minutes)", until)
    recent = [at for at in times if at > now - HOUR]
    if len(recent) >= bounds.per_hour:
        until = recent[-bounds.per_hour] + HOUR
        return BoundsDecision(
            False, f"it ran {len(recent)} times within an hour; next run possible at {_utc(until)}", until
        )
    return BoundsDecision(True)


def revert_at(bounds: Bounds, now: float) -> float | None:
    """When what is applied now is undone at the latest; None when it is not."""
    return None if bounds.revert_after_minutes is None else now + bounds.revert_after_minutes * 60


def kept_until(bounds: Bounds, applied_at: float, now: float) -> float | None:
    """Until when it stays although its incident has ended; None when it may be undone now.

    A clock that was set back does not prolong it: what was applied in the future may be undone.
    """
    until = applied_at + bounds.least_minutes * 60
    return until if applied_at <= now < until else None


def raised(current: int, step: int, maximum: int) -> int:
    """The absolute level of something countable, `step` higher at most and never above `maximum`.

    What stands above the maximum already, because a person put it there, is not lowered.
    """
    return max(current, min(current + step, maximum))


def backoff(attempt: int, first: float = 2.0, longest: float = 300.0) -> float:
    """Seconds to wait before trying again after the given number of attempts."""
    return float(min(longest, first * 2.0 ** min(max(attempt - 1, 0), 20)))


def _utc(seconds: float) -> str:
    return f"{clock.to_datetime(seconds):%Y-%m-%d %H:%M:%S} UTC"
