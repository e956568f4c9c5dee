"""What the page Statuses and the page of an episode are put together from: names, times, chips."""

from typing import Any

from dash import html

from console import format
from core import clock
from core.statuses.codes import titled
from core.statuses.episode import MINUTE, Moved, Stored, chance, leading

JUDGED = {
    "right": ("good", "check-circle-fill", "Was right"), "wrong": ("blocked", "x-octagon-fill", "Was wrong"),
    "new-normal": ("ok", "arrow-repeat", "New normal"), "": ("", "dash-circle", "Not judged"),
}  # fmt: skip


def address(one: Stored) -> str:
    """Of an episode's page, under the prefix."""
    return f"statuses/{one.id}"


def label(kind: str, name: str) -> str:
    """A series as people read it: `denied`, `51 Insufficient funds`, `total volume`."""
    if kind == "volume":
        return f"volume of {name}" if name else "total volume"
    return titled(name) if kind == "code" else name or "feed"


def finding(one: Stored) -> str:
    """The headline as a sentence begins."""
    text = one.evidence.headline or "Episode"
    return text[:1].upper() + text[1:]


def seen(one: Stored) -> str:
    """How probable it is by chance, as its headline says it."""
    moved = one.evidence.moved
    return f"p < {chance(leading(moved).nats if moved else 0.0)}"


def points(one: Moved) -> str:
    """The change of a share in percentage points; of a volume in percent of the usual."""
    if one.kind == "silence":
        return format.NONE
    if one.kind == "volume":
        return format.NONE if not one.usual else f"{100 * (one.now / one.usual - 1):+.0f} %".replace("-", "−")
    return f"{one.points:+.1f} points".replace("-", "−")


def minute(value: int) -> Any:
    """A minute of the epoch, UTC."""
    at = clock.to_datetime(value * MINUTE)
    return html.Time(f"{at:%Y-%m-%d %H:%M}", dateTime=at.isoformat(), className="mono")


def lasted(one: Stored, now: float) -> str:
    """From its onset to its end, or until now."""
    end = now if one.told is None else (one.ended or one.told) * MINUTE
    return format.duration(max(60.0, end - one.onset * MINUTE))
